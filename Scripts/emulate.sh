#!/usr/bin/env bash
# Runs the kernels' tests on emulated processors that have less than this one, and checks that
# exactly the tables of their level were tested.
#
#   Scripts/emulate.sh        exit code 2 where there is no emulator
#
# One line a processor, `ok` or `FAILED`.
set -euo pipefail
cd "$(dirname "$0")/.."
source Scripts/lib/checks.sh

if ! command -v qemu-x86_64-static >/dev/null; then
  echo "skipped: qemu-x86_64-static is missing; apt-get install qemu-user-static"
  exit 2
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

swift build --build-tests >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
bundle=$(echo "$(swift build --show-bin-path)"/*PackageTests.xctest)

emulate() {  # emulate PROCESSOR TABLES: TABLES in alphabetical order
  local tables summary
  # The emulator reads the lanes that a masked load leaves out, so guard pages are for processors; and
  # what no table is an argument of is the same on all of them.
  if ! timeout 1800 qemu-x86_64-static -cpu "$1" "$bundle" --testing-library swift-testing \
    --filter KernelsTests \
    --skip 'KernelsTests.(Guarded|BufferPool|Mismatch|NumPyProduct|Patches|Workspace)' \
    --skip 'stays?Inside' >"$work/log" 2>&1; then
    failed "$1: the kernels' tests"
    grep -E '✘|error:|[Ff]atal' "$work/log" | head -n 20 | sed 's/^/    /' || true
    return
  fi
  tables=$(sed -nE 's/.*table → ([a-z0-9]+).*/\1/p' "$work/log" | sort -u | paste -sd' ')
  summary=$(sed -nE 's/.*Test run with (.*) passed.*/\1/p' "$work/log")
  if [[ $tables == "$2" && -n $summary ]]; then
    ok "$1: $summary, tables: $tables"
  else
    failed "$1: ${summary:-no tests}, tables '$tables' instead of '$2'"
  fi
}

refuse() {  # refuse PROCESSOR TABLE MESSAGE: a table that it lacks is a usage error
  local message status=0
  message=$(KERNELS_ISA=$2 qemu-x86_64-static -cpu "$1" "${bundle%/*}/generate" 2>&1) || status=$?
  if [[ $status == 64 && $message == *"'$2' is not available here; $3"* ]]; then
    ok "$1: KERNELS_ISA=$2 is refused"
  else
    failed "$1: KERNELS_ISA=$2 ends with $status: ${message##*$'\n'}"
  fi
}

emulate Nehalem "baseline"
emulate Haswell "avx2 baseline"
refuse Haswell amx "this machine has avx2, baseline"
refuse Nehalem avx2 "this machine has baseline"
finish
