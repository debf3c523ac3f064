#!/usr/bin/env bash
# Spreads a run over processes, with `--shard` and with Open MPI's `mpirun`, and compares the bytes.
set -euo pipefail
cd "$(dirname "$0")/.."
source Scripts/lib/checks.sh

swift build -c release --product generate >/dev/null
generate=$(swift build -c release --show-bin-path)/generate
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# draw FOLDER OPTION…: 40 images.
draw() {
  local folder=$1
  shift
  "$@" "$generate" --class bag --class sneaker -b 20 --steps 2 --quiet -o "$work/$folder/" "${options[@]}"
}

# same NAME FOLDER: whether a folder has the bytes of the whole run.
same() {
  if diff -rq "$work/whole" "$work/$2"; then ok "$1: the same 40 images"; else failed "$1"; fi
}

options=()
draw whole
for count in 3 8; do
  for ((number = 1; number <= count; number++)); do
    options=(--shard "$number/$count")
    draw "$count" &
    # One of the processes dies at once.
    ((number == 2)) && kill -9 $!
  done
  wait
  options=(--shard "2/$count" --skip-existing)
  draw "$count"
  find "$work/$count" -name '.*.tmp' -delete
  same "$count shards, one of them killed and completed" "$count"
done

if command -v mpirun >/dev/null; then
  options=(--shard auto)
  root=$([[ $(id -u) == 0 ]] && echo --allow-run-as-root || true)
  draw mpi mpirun $root --oversubscribe -n 4
  same "mpirun -n 4" mpi
else
  echo "skipped: there is no mpirun (openmpi-bin)"
fi
finish
