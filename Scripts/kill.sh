#!/usr/bin/env bash
# Kills runs of `generate` at random moments and completes them: each loses at most the batch that
# was in flight, leaves no half file, and ends with the bytes of a run that was not killed.
#
#   Scripts/kill.sh             fifty times
#   Scripts/kill.sh COUNT       so many times
set -euo pipefail
cd "$(dirname "$0")/.."
source Scripts/lib/checks.sh

count=${1:-50}
[[ $count =~ ^[0-9]+$ ]] || { echo "the number of runs must be a number, not '$count'" >&2; exit 64; }
swift build -c release --product generate >/dev/null
generate=$(swift build -c release --show-bin-path)/generate
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

images=30 batch=2
# run FOLDER OPTION…: 30 images in batches of two, and their latents.
run() {
  local folder=$1
  shift
  "$generate" --class bag --class sneaker -b $((images / 2)) --batch-size $batch --steps 3 --quiet \
    -o "$folder/" --latents-out "$folder/{seed}.npy" "$@"
}

# sums FOLDER: the files of a folder and their hashes.
sums() { (cd "$1" && sha256sum -- *); }

mkdir "$work/whole"
start=$(date +%s%N)
run "$work/whole"
milliseconds=$((($(date +%s%N) - start) / 1000000))
sums "$work/whole" >"$work/expected"
[[ $(wc -l <"$work/expected") == $((2 * images)) ]] || { failed "a whole run has not all files"; finish; }

lost=0 killed=0
for ((i = 1; i <= count; i++)); do
  folder=$work/killed
  rm -rf "$folder"
  mkdir "$folder"
  # Told on standard error after each step: what was finished before the batch in flight.
  "$generate" --class bag --class sneaker -b $((images / 2)) --batch-size $batch --steps 3 --json-progress \
    -o "$folder/" --latents-out "$folder/{seed}.npy" 2>"$work/progress" >/dev/null &
  process=$!
  sleep "$(awk -v r=$RANDOM -v m=$milliseconds 'BEGIN { printf "%.3f", r / 32768 * m / 1000 }')"
  kill -9 $process 2>/dev/null || true
  wait $process 2>/dev/null && continue # It was done before.
  killed=$((killed + 1))
  finished=$(sed -nE 's/.*"finishedImages":([0-9]+).*/\1/p' "$work/progress" | tail -n 1)
  # Every file that has its name is whole: it is one of the expected ones, byte for byte.
  found=$(cd "$folder" && ls | wc -l)
  if ((found > 0)) && ! (cd "$folder" && sha256sum -- * | grep -vxFf "$work/expected" >"$work/wrong"; [[ ! -s $work/wrong ]]); then
    failed "run $i: a half file: $(cat "$work/wrong")"
  fi
  if ((found < 2 * ${finished:-0})); then
    failed "run $i: $found files, and ${finished:-0} images were finished before the batch in flight"
    lost=$((lost + 1))
  fi
  run "$folder" --skip-existing
  find "$folder" -name '.*.tmp' -delete
  if ! sums "$folder" | cmp -s - "$work/expected"; then failed "run $i: completed to other bytes"; fi
done
((failures)) || ok "killed $killed of $count runs: no half file, nothing lost but the batch in flight, completed to the same bytes"
finish
