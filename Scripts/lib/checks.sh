# What the scripts share: one line a check, and a count of those that failed.

failures=0

ok() { echo "ok $*"; }

failed() { echo "FAILED $*"; failures=$((failures + 1)); }

# Runs a command and reports it under a name; its output is shown only where it fails.
check() {  # check NAME COMMAND…
  local name=$1 log
  shift
  log=$(mktemp)
  if "$@" >"$log" 2>&1; then ok "$name"; else failed "$name"; tail -n 25 "$log" | sed 's/^/    /'; fi
  rm -f "$log"
}

finish() { if ((failures)); then echo "$failures failed"; exit 1; fi; }
