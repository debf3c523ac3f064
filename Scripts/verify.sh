#!/usr/bin/env bash
# Decides what a machine can decide of what this package promises: one line a criterion, with the
# number it was decided by.
#
#   Scripts/verify.sh           everything, half an hour on two cores
#   Scripts/verify.sh --fast    what needs neither minutes of computing nor a quiet machine
set -euo pipefail
cd "$(dirname "$0")/.."
source Scripts/lib/checks.sh

case ${1-} in
  "" | --fast) mode=${1-} ;;
  *) echo "unknown option '$1'; there is --fast" >&2; exit 64 ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# json FILE KEY [N]: the N-th number with this key in a report.
json() { sed -nE "s/^ *\"$2\" : \"?([^\",]*)\"?,?\$/\1/p" "$1" | sed -n "${3:-1}p"; }

# require NAME VALUE BOUND: at least BOUND.
require() {
  if [[ -n $2 ]] && awk -v a="$2" -v b="$3" 'BEGIN { exit !(a + 0 >= b + 0) }'; then
    ok "$1: $2, at least $3"
  else
    failed "$1: ${2:-nothing}, at least $3"
  fi
}

# The shipped weights reach 0.865 in PyTorch (Examples/ShowcaseModel/fashion-dit/README.md).
class_accuracy() {
  require "class accuracy of 200 images" "$(json "$work/comparison" classAccuracy 1)" 0.7785
}

# With 8-bit integers no more than 2 points of f32's are lost.
quantized_accuracy() {
  "$generate" -b 20 --steps 20 --precision int8 --cache delta-dit:n=2,nc=9,b=12 --compare --json \
    -o "$work/grid.png" >"$work/quantized"
  require "class accuracy of 200 images in int8, of that in f32" \
    "$(json "$work/quantized" classAccuracy 1)" \
    "$(awk -v a="$(json "$work/comparison" classAccuracy 1)" 'BEGIN { print a - 0.02 }')"
}

cache_gain() {
  require "gain of Δ-DiT, N 2, 9 of 12 blocks, boundary 12 of 20" \
    "$(json "$work/comparison" speedUp 2)" 1.4
}

# The shipped model's step runs at half the speed of its largest product, or faster.
step_against_product() {
  "$benchmarks" -t 2 --json --filter gemm/f32/1280x768x192 >"$work/product"
  "$benchmarks" -t 2 --json --filter step/f32/fashion-dit >"$work/step"
  require "speed of a step over that of its largest product" \
    "$(awk -v a="$(json "$work/step" gigaflops)" -v b="$(json "$work/product" gigaflops)" \
      'BEGIN { printf "%.2f", a / b }')" 0.5
}

# bar NAME BOUND ISA CASES: the share of this machine's peak that cases reach on one core, in the
# geometric mean.
bar() {
  local isa=$3
  if [[ -n $isa ]] && ! "$benchmarks" --isa "$isa" --list >/dev/null 2>&1; then
    echo "skipped: this machine has no $isa"
    return
  fi
  "$benchmarks" ${isa:+--isa "$isa"} --threads 1 --json --filter "$4" >"$work/bar"
  require "$1" "$(sed -nE 's/^ *"share" : ([0-9.]+).*/\1/p' "$work/bar" \
    | awk '{ sum += log($1); n++ } END { if (n) printf "%.2f", exp(sum / n) }')" "$2"
}

# What the kernels reach of what the machine can do. Numbers of a busy machine say little.
bars() {
  local large=512x3456x1152,512x1152x1152,512x4608x1152,512x1152x4608
  # cases PREFIX: the large products, each with its prefix.
  cases() { sed "s|[^,]*|$1&|g" <<<"$large"; }
  bar "f32 products of DiT-XL, of the peak" 0.85 "" "$(cases gemm/f32/)"
  bar "f32 products of DiT-XL, of the peak of AVX2" 0.80 avx2 "$(cases gemm/f32/)"
  bar "bf16 products of DiT-XL, of the peak of the tile unit" 0.60 amx "$(cases gemm/bf16/)"
  bar "bf16 products of DiT-XL, of the peak in pairs" 0.60 avx512bf16 "$(cases gemm/bf16/)"
  bar "int8 products of DiT-XL, of the peak of VNNI" 0.75 avx512vnni "$(cases gemm/int8/)"
  bar "norms and casts, of the copy bandwidth" 0.80 "" \
    layer-norm-modulate/f32/2x1024,add-row/f32,cast-to
  # In L2: larger ones, such as the scores of DiT-XL, wait for memory.
  bar "gelu, silu and softmax in L2, of their multiply-adds" 0.67 "" \
    "$(for f in gelu-tanh gelu silu softmax; do printf '%s/f32/128x1024,' $f; done)"
  local precision bound threads
  while read -r precision bound; do
    for threads in 1 2; do
      "$benchmarks" --threads $threads --json --filter "step/$precision/dit-xl-2-256" \
        >"$work/step-$threads"
    done
    require "two threads against one, DiT-XL/2, $precision" \
      "$(awk -v a="$(json "$work/step-1" median)" -v b="$(json "$work/step-2" median)" \
        'BEGIN { printf "%.2f", a / b }')" "$bound"
  done <<<$'f32 1.85\nbf16 1.6'
  if [[ -n ${PEERS_PYTHON-} ]]; then
    "$PEERS_PYTHON" Benchmarks/peers/compare.py --binary "$benchmarks"
  else
    echo "skipped: PEERS_PYTHON names no Python with torch and diffusers to compare with"
  fi
}

# The same bytes from any number of threads and any batch, in every table.
same_bytes() {
  local isa precision threads batch results
  for isa in baseline avx2 avx512 avx512vnni avx512bf16 amx; do
    # The slow tables run bf16 as they run f32.
    for precision in $(case $isa in amx | avx512*) echo f32 bf16 int8 ;; *) echo f32 int8 ;; esac); do
      rm -f "$work"/*.npy
      for threads in 1 2 3; do
        for batch in 1 3 10; do
          if ! KERNELS_ISA=$isa "$generate" --precision $precision --steps 3 --threads $threads \
            --batch-size $batch --quiet -o "$work/grid.png" \
            --latents-out "$work/$threads-$batch.npy" 2>"$work/error"; then
            if grep -q "not available" "$work/error"; then
              echo "skipped: this machine has no $isa"
            else
              failed "$isa, $precision: $(cat "$work/error")"
            fi
            continue 3
          fi
        done
      done
      results=$(sha256sum "$work"/*.npy | cut -d' ' -f1 | sort -u)
      if [[ $(wc -l <<<"$results") == 1 ]]; then
        ok "$isa, $precision: the same bytes from 1, 2, 3 threads in batches of 1, 3, 10 (${results:0:12})"
      else
        failed "$isa, $precision: $(wc -l <<<"$results") results from 9 ways of computing one"
      fi
    done
  done
}

# Mistakes are refused before any work, with one line and the exit code that says whose they are.
refusals() {
  local code line options status
  while IFS='|' read -r code options; do
    # shellcheck disable=SC2086  # options are words
    status=0; line=$("$generate" $options -o "$work/none.png" 2>&1 >/dev/null) || status=$?
    if [[ $status == "$code" && $(wc -l <<<"$line") == 1 && ! -e $work/none.png ]]; then
      ok "refused with $code: $options"
    else
      failed "exit code $status instead of $code: $options: $line"
    fi
  done <<'EOF'
64|--bogus
64|--class nobody
64|--sampler nothing
64|--cache nothing
64|--steps 0
64|--shard 4/3
64|--shard auto
64|--skip-existing
64|-b -1
64|--cache delta-dit:nc=13
64|--cache delta-cache:range=3-12
1|--model /nowhere
EOF
  status=0; KERNELS_ISA=mmx "$generate" -o "$work/none.png" >/dev/null 2>&1 || status=$?
  if [[ $status == 64 ]]; then ok "refused with 64: KERNELS_ISA=mmx"; else
    failed "exit code $status instead of 64: KERNELS_ISA=mmx"; fi
}

# Runs all tests once, and looks for those that decide a criterion.
tests() {
  local suite tables
  check "swift test" swift test
  swift test --skip-build --filter 'KernelsTests|DiTTests' >"$work/tests" 2>&1 || true
  for suite in ForwardTests SamplingTests; do
    if grep -q "Suite $suite passed" "$work/tests"; then ok "golden files: $suite"; else
      failed "golden files: $suite"; fi
  done
  tables=$(sed -nE 's/.*table → ([a-z0-9]+).*/\1/p' "$work/tests" | sort -u | paste -sd' ')
  if [[ -n $tables ]]; then ok "tables tested: $tables"; else failed "no table was tested"; fi
}

emulation() {
  local script status
  for script in Scripts/tiles.sh Scripts/emulate.sh Scripts/neon.sh; do
    status=0
    $script || status=$?
    ((status == 0 || status == 2)) || failures=$((failures + 1))
  done
}

# What a killed run loses, and what a run gives that is spread over processes.
many_processes() {
  local script
  for script in "Scripts/kill.sh $1" Scripts/mpi.sh; do
    # shellcheck disable=SC2086  # a script and its option are words
    $script || failures=$((failures + 1))
  done
}

clean_clone() {
  git clone --quiet --no-tags "$PWD" "$work/clone"
  check ".ci/run from a clean clone" "$work/clone/.ci/run"
}

for product in generate benchmarks; do
  swift build -c release --product $product >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
done
generate=$(swift build -c release --show-bin-path)/generate
benchmarks=$(swift build -c release --show-bin-path)/benchmarks

same_bytes
refusals
emulation
many_processes "$([[ $mode == --fast ]] && echo 5 || echo 50)"
if [[ $mode != --fast ]]; then
  "$generate" -b 20 --steps 20 --cache delta-dit:n=2,nc=9,b=12 --compare --json \
    -o "$work/grid.png" >"$work/comparison"
  class_accuracy
  quantized_accuracy
  cache_gain
  step_against_product
  bars
  tests
  clean_clone
fi
finish
