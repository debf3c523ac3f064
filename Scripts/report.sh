#!/usr/bin/env bash
# Makes small reports of `compare` and `block-study`, and uses them in a headless Chromium: sorting,
# choosing a plot, flipping images, two widths, both colour schemes, without script, on paper.
#
#   Scripts/report.sh             where there is no Chromium it says so, and passes
#   Scripts/report.sh FOLDER      keeps the reports and their screenshots in FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
source Scripts/lib/checks.sh

browser=
for name in chromium chromium-browser google-chrome; do
  browser=${browser:-$(command -v $name || true)}
done
if [[ -z $browser ]]; then echo "skipped: there is no Chromium"; exit 0; fi
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
work=${1:-$temporary/reports}
mkdir -p "$work"

swift build -c release --product compare >/dev/null
swift build -c release --product block-study >/dev/null
bin=$(swift build -c release --show-bin-path)
# Without guidance one of these does not work, and its row says so.
"$bin/compare" --quiet --images 3 --steps 8 --reference-steps 12 --rounds 2 --cfg-scale 1 \
  --method delta-dit --method taylorseer --method first-block-cache --method faster-cache-guidance \
  --output "$work/compare"
"$bin/block-study" --quiet --images 3 --steps 6 --output "$work/blocks"

# headless OPTION…: what the browser prints; what it logs goes to a file.
headless() {
  timeout 120 "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run \
    --user-data-dir="$temporary/profile" --host-resolver-rules='MAP * ~NOTFOUND' \
    --enable-logging=stderr --v=0 "$@" 2>>"$temporary/log"
}

# use REPORT WIDTH SCHEME: runs the test in a copy of the page.
use() {
  local report=$1 width=$2 scheme=$3 dom skipped setting=1
  [[ $scheme == dark ]] && setting=0
  : >"$temporary/log"
  sed '/<\/body>/d; /<\/html>/d' "$work/$report/report.html" >"$temporary/page.html"
  { echo "<script>"; cat Scripts/lib/report-test.js; echo "</script></body></html>"; } \
    >>"$temporary/page.html"
  dom=$(headless --blink-settings=preferredColorScheme=$setting --window-size="$width,900" \
    --dump-dom "file://$temporary/page.html#$scheme" | sed -n '/id="test-result"/,$p')
  if [[ $dom == *$'\ndone'* && $dom != *FAILED* ]]; then
    skipped=$(grep '^skipped' <<<"$dom" || true)
    ok "$report, $width pixels, $scheme: $(grep -c '^ok' <<<"$dom") checks${skipped:+, $skipped}"
  else
    failed "$report, $width pixels, $scheme: $(grep FAILED <<<"$dom" || echo "the test did not end")"
  fi
  if grep -q 'CONSOLE' "$temporary/log"; then
    failed "$report: the console has $(grep -m 3 CONSOLE "$temporary/log")"
  fi
  headless --blink-settings=preferredColorScheme=$setting --window-size="$width,6000" \
    --screenshot="$work/$report-$width-$scheme.png" "file://$work/$report/report.html" >/dev/null
  [[ -s $work/$report-$width-$scheme.png ]] || failed "$report: no screenshot"
}

work=$(cd "$work" && pwd)
for report in compare blocks; do
  use $report 1280 light
  use $report 1280 dark
  use $report 500 light
  use $report 500 dark
  # Without script all is shown: only the script hides and changes anything.
  sed '/<script>/,/<\/script>/d' "$work/$report/report.html" >"$temporary/plain.html"
  if grep -q '<[^>]* hidden' "$temporary/plain.html"; then
    failed "$report: something is hidden without script"
  fi
  headless --window-size=1280,6000 --screenshot="$work/$report-without-script.png" \
    "file://$temporary/plain.html" >/dev/null
  [[ -s $work/$report-without-script.png ]] || failed "$report: no screenshot without script"
  headless --no-pdf-header-footer --print-to-pdf="$work/$report.pdf" \
    "file://$work/$report/report.html" >/dev/null
  [[ $(head -c 5 "$work/$report.pdf") == %PDF- ]] || failed "$report: it does not print"
  bytes=$(wc -c <"$work/$report/report.html")
  ((bytes < 15000000)) || failed "$report: $bytes bytes"
done
finish
