#!/usr/bin/env bash
# Runs all tests under the address and the thread sanitizer, each with a build of its own.
#
#   Scripts/sanitize.sh [address|thread]…     both where none is named
#
# One line each, `ok` or `FAILED` with what was found.
set -euo pipefail
cd "$(dirname "$0")/.."
source Scripts/lib/checks.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Leaks of the toolchain's own libraries, as of 6.3; the last is Foundation's Process.run.
printf 'leak:%s\n' libXCTest.so libFoundationEssentials.so s10Foundation7ProcessC3runyyKF \
  >"$work/suppressions"
export LSAN_OPTIONS=suppressions=$work/suppressions:print_suppressions=0

for sanitizer in "${@:-address thread}"; do
  for name in $sanitizer; do
    scratch=.build-${name:0:1}san
    if swift test --scratch-path "$scratch" --sanitize="$name" >"$work/log" 2>&1 \
      && ! grep -qE '(Address|Thread)Sanitizer' "$work/log"; then
      ok "$name: $(sed -nE 's/.*Test run with (.*) passed.*/\1/p' "$work/log")"
    else
      failed "$name sanitizer"
      grep -E -A 12 'error:|SUMMARY|(Address|Thread)Sanitizer|✘' "$work/log" | head -n 60 | sed 's/^/    /' || true
    fi
  done
done
finish
