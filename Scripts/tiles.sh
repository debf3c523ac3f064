#!/usr/bin/env bash
# Runs the kernels' tests on an emulated tile unit, on a processor that has all of its table (amx)
# but the unit itself: AVX-512 with BF16 and VBMI.
#
#   Scripts/tiles.sh        exit code 2 where the processor has the unit, or lacks more than it
#
# One line, `ok` or `FAILED`. Tests/EmulatedTiles is the unit.
set -euo pipefail
cd "$(dirname "$0")/.."
source Scripts/lib/checks.sh

features=$(sed -n 's/^flags.*: //p;T;q' /proc/cpuinfo 2>/dev/null || true)
if [[ " $features " == *" amx_tile "* ]]; then
  echo "skipped: this processor has a tile unit, so every run of the tests uses it"
  exit 2
fi
for feature in avx512_bf16 avx512vbmi; do
  if [[ " $features " != *" $feature "* ]]; then
    echo "skipped: this processor has no $feature"
    exit 2
  fi
done
log=$(mktemp)
trap 'rm -f "$log"' EXIT

export SWIFT_DIT_EMULATED_TILES=1
if timeout 1200 swift test --scratch-path .build-tiles --filter KernelsTests >"$log" 2>&1 \
  && grep -q 'table → amx' "$log"; then
  ok "an emulated tile unit: $(sed -nE 's/.*Test run with (.*) passed.*/\1/p' "$log")"
else
  failed "an emulated tile unit"
  grep -E '✘|error:|[Ff]atal' "$log" | head -n 20 | sed 's/^/    /' || true
fi
finish
