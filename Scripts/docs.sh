#!/usr/bin/env bash
# Builds the documentation of every product into a folder, with what the toolchain brings; a public
# symbol without a comment fails in `swift format lint`.
#
#   Scripts/docs.sh [FOLDER]     the default is .build/documentation
set -euo pipefail
cd "$(dirname "$0")/.."
target=${1-.build/documentation}

command -v docc >/dev/null || { echo "skipped: this toolchain has no docc"; exit 0; }
find .build -type d -name symbolgraph -prune -exec rm -r {} +
# It fails for the modules of tests where those are not built.
swift package dump-symbol-graph --minimum-access-level public --skip-synthesized-members \
  >/dev/null 2>&1 || true
graphs=$(find .build -type d -name symbolgraph | head -1)
mkdir -p "$target"
for product in Tensor Kernels NN DiT; do
  own=$(mktemp -d)
  cp "$graphs/$product".symbols.json "$own"
  cp "$graphs/$product"@*.symbols.json "$own" 2>/dev/null || true  # extensions of other modules
  docc convert "Sources/$product/$product.docc" --additional-symbol-graph-dir "$own" \
    --fallback-display-name "$product" --fallback-bundle-identifier "swift-dit.$product" \
    --output-path "$target/$product.doccarchive" --warnings-as-errors
  rm -rf "$own"
  echo "ok: $target/$product.doccarchive"
done
