#!/usr/bin/env bash
# Spreads a run over processes, with `--shard` and with Open MPI's `mpirun`, and compares the bytes.
set -euo pipefail
cd "$(dirname "$0")/.."
source Scripts/lib/checks.sh

swift build -c release --product generate >/dev/null
generate=$(swift build -c release --show-bin-path)/generate
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

words=("$generate" --class bag --class sneaker -b 20 --steps 2 --quiet)

# same NAME FOLDER: whether a folder has the bytes of the whole run.
same() {
  if diff -rq "$work/whole" "$work/$2"; then ok "$1: the same 40 images"; else failed "$1"; fi
}

"${words[@]}" -o "$work/whole/"
for count in 3 8; do
  for ((number = 1; number <= count; number++)); do
    "${words[@]}" -o "$work/$count/" --shard "$number/$count" &
    # One of the processes dies at once.
    if ((number == 2)); then kill -9 $!; fi
  done
  wait
  "${words[@]}" -o "$work/$count/" --shard "2/$count" --skip-existing
  find "$work/$count" -name '.*.tmp' -delete
  same "$count shards, one of them killed and completed" "$count"
done

if command -v mpirun >/dev/null; then
  root=()
  if [[ $(id -u) == 0 ]]; then root=(--allow-run-as-root); fi
  mpirun "${root[@]}" --oversubscribe -n 4 "${words[@]}" -o "$work/mpi/" --shard auto
  same "mpirun -n 4" mpi
else
  echo "skipped: there is no mpirun (openmpi-bin)"
fi
finish
