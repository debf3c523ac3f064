#!/usr/bin/env bash
# Measures what docs/evidence.md tells: every method with its balanced settings against fewer steps,
# on the shipped model, 20 and 50 steps, 256 images; then the study of its blocks. Half an hour on
# two quiet cores; the same command goes on where it stopped.
#
#   Scripts/evidence.sh FOLDER    the reports go to FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:?name a folder for the reports}

for product in compare block-study generate; do
  swift build -c release --product $product >/dev/null
done
bin=$(swift build -c release --show-bin-path)
methods=()
for name in $("$bin/generate" --cache list | grep -E '^[a-z][a-z-]*$'); do
  methods+=(--method "$name:balanced")
done
common=(--precision bf16 --cfg-scale 4 --images 256)
"$bin/compare" "${common[@]}" --steps 20 --ladder all --rounds 7 --output "$folder/20" "${methods[@]}"
"$bin/compare" "${common[@]}" --steps 50 --ladder some --output "$folder/50" "${methods[@]}"
"$bin/block-study" --precision bf16 --cfg-scale 4 --images 32 --steps 20 --output "$folder/blocks"
