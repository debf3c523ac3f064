#!/usr/bin/env bash
# Runs a reader of files under libFuzzer with the address sanitizer, and says how many of its lines
# the inputs reach.
#
#   Scripts/fuzz.sh FORMAT [SECONDS]    safetensors, pytorch, npz, npy, png, inflate, index, quantized,
#                                       spiece or tokenizer; 60 s
#
# It begins with the golden files and those of Tests/Fuzz/Seeds, and keeps what it finds in
# .build-fuzz/corpus/FORMAT. An input that stops the reader is left in .build-fuzz/found. `ok` or
# `FAILED`.
set -euo pipefail
cd "$(dirname "$0")/.."
source Scripts/lib/checks.sh

format=${1:?which format?} seconds=${2:-60}
fixtures=Tests/Fixtures/formats
archive='Archives/(ZipArchive|ByteReader)'
case $format in  # what to begin with, and the files of the reader
  safetensors)
    golden=("$fixtures"/*.safetensors) reader='Safetensors/Safetensors(File|Header|Error)|Stored/|JSON' ;;
  pytorch) golden=("$fixtures"/*.pt "$fixtures"/*.bin) reader="PyTorch/|$archive" ;;
  npz) golden=("$fixtures"/*.npz) reader="NumPy/NumPy(Archive|Header|Error)|$archive" ;;
  npy) golden=("$fixtures"/*.npy) reader='NumPy/NumPy(File|Header|Error)' ;;
  png) golden=("$fixtures"/*.png) reader='PNG/PNG(Reader|Header|Pixels|Error)' ;;
  inflate) golden=() reader='Archives/(Inflate|HuffmanDecoder|ByteReader)' ;;
  index) golden=("$fixtures"/*.json) reader='Checkpoints/(Checkpoint|CheckpointIndex|FileFormat)[.]swift|JSON' ;;
  quantized) golden=() reader='NN/(QuantizedWeights|Weights|WeightError)[.]swift' ;;
  spiece) golden=(Tests/Fixtures/text/*/spiece.model Tests/Fixtures/text/*.model) \
    reader='Tokenizer/(SentencePiece|Protobuf|TokenizerDef|Unigram|PieceIndex|Character|TextNorm)' ;;
  tokenizer) golden=(Tests/Fixtures/text/*/tokenizer.json) \
    reader='Tokenizer/(TokenizerFile|TokenizerDef|Unigram|PieceIndex|Character|TextNorm)' ;;
  *) echo "unknown format '$format'" >&2; exit 64 ;;
esac

# The toolchain's own tools for coverage, which know the format of its compiler.
resources=$(swift -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
PATH="$resources/../../bin:$PATH"
export SWIFT_DIT_FUZZ=1 FUZZ_FORMAT=$format
scratch=.build-fuzz
corpus=$scratch/corpus/$format
mkdir -p "$corpus" "$scratch/found"
cp -n ${golden[@]+"${golden[@]}"} Tests/Fuzz/Seeds/"$format"/* "$corpus" 2>/dev/null || true

build() {  # build FOLDER FLAG…
  local folder=$1
  shift
  # Objects of files that have other names by now would be linked as well.
  rm -f "$folder"/release/*.build/*.o
  swift build -c release --scratch-path "$folder" --target Fuzz $(printf -- "-Xswiftc %s " "$@") \
    >"$scratch/log" 2>&1 && swiftc "$@" -use-ld=lld "$folder"/release/*.build/*.o \
    -o "$folder/fuzz" >>"$scratch/log" 2>&1 \
    || { failed "the fuzz target does not compile"; tail -n 25 "$scratch/log"; exit 1; }
}
build $scratch -sanitize=fuzzer,address
if $scratch/fuzz -max_total_time="$seconds" -max_len=65536 -rss_limit_mb=2048 -timeout=20 \
  -artifact_prefix=$scratch/found/ -print_final_stats=1 "$corpus" >"$scratch/log" 2>&1; then
  ok "$format: $(sed -n 's/^stat::number_of_executed_units: *//p' "$scratch/log") inputs in $seconds s"
else
  failed "$format"
  grep -E -A 12 'SUMMARY|ERROR|Fatal|Test unit' "$scratch/log" | head -n 40
fi

# Line coverage, in a build of its own: the same inputs once, without mutation.
build $scratch/coverage -sanitize=fuzzer -profile-generate -profile-coverage-mapping
LLVM_PROFILE_FILE=$scratch/fuzz.profraw $scratch/coverage/fuzz -runs=0 "$corpus" \
  >"$scratch/log" 2>&1 || true
llvm-profdata merge -sparse $scratch/fuzz.profraw -o $scratch/fuzz.profdata
llvm-cov report $scratch/coverage/fuzz -instr-profile=$scratch/fuzz.profdata \
    Sources/NN Sources/Tensor/Files Sources/DiT/Text/Tokenizer \
  | awk -v files="$reader" '$1 ~ files {
      print "    " $10, "of the lines of " $1; lines += $8; missed += $9
    } END { printf "    %.1f%% of the lines of the reader\n", 100 * (1 - missed / lines) }'
finish
