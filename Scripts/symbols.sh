#!/usr/bin/env bash
# Looks at the machine code of the instruction-set targets, in the linked release executable.
#
#   Scripts/symbols.sh            builds `generate` and looks at it
#
# Which function came from which target is taken from the linker's map, which says of every
# address what object file it is from: names alone would miss code that has no symbol of its own.
# One line a check, `ok` or `FAILED`; exit code 1 if one failed.
set -euo pipefail
cd "$(dirname "$0")/.."
source Scripts/lib/checks.sh

product=${SYMBOLS_PRODUCT:-generate}
scratch=${SYMBOLS_SCRATCH:-.build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
PATH="$(swift -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')/../../bin:$PATH"

# What the sources say.

none() {  # none NAME FILE: succeeds if the file is empty, else fails with its first lines
  if [[ -s $2 ]]; then failed "$1: $(wc -l <"$2")"; head -n 10 "$2" | sed 's/^/    /'; else ok "$1"; fi
}

git ls-files | grep -E '\.(c|cc|cpp|cxx|m|mm|s|S|h|hpp|modulemap)$' >"$work/c" || true
none "no C, C++, assembler or header file" "$work/c"
grep -nE '\.package\(' Package.swift >"$work/dependencies" || true
none "no package dependency" "$work/dependencies"
grep -rnE '^[^/]*import +([a-z]+ +)?Foundation' \
  Sources/InstructionSets Sources/Parallel Sources/Kernels >"$work/foundation" || true
none "no Foundation below Tensor's files" "$work/foundation"

# The executable, and where its parts come from.

swift build -c release --scratch-path "$scratch" --product "$product" \
  -Xlinker "-Map=$work/map" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
binaries=$(swift build -c release --scratch-path "$scratch" --show-bin-path)

# Ranges of code, "start end set": the map gives the address and size of each object's sections.
sed -nE '/^ ?\.[a-z]/h; G
  s|^.* (0x[0-9a-f]+) +(0x[0-9a-f]+) .*/_Kernels(Baseline\|AVX2\|AVX512\|AVX512VNNI\|AVX512BF16\|AMX)\.build/[^/]*\.o\n ?\.text.*|\1 \2 \3|p' \
  "$work/map" \
  | while read -r start size set; do
      if ((start > 0 && size > 0)); then
        printf '%016x %016x %s\n' "$((start))" "$((start + size))" "$set"
      fi
    done | LC_ALL=C sort >"$work/ranges"
for set in Baseline AVX2 AVX512 AVX512VNNI AVX512BF16 AMX; do
  grep -q " $set\$" "$work/ranges" || { failed "the linker's map names no code of _Kernels$set"; exit 1; }
done

llvm-objdump -d --no-show-raw-insn --no-leading-headers "$binaries/$product" >"$work/code"
awk -v ranges="$work/ranges" -f Scripts/lib/code.awk "$work/code" \
  | swift demangle >"$work/findings"

awk -F '\t' '$1 == "encoding" { print $2 }' "$work/findings" | sort | uniq -c >"$work/encoding"
none "nothing beyond SSE2 outside the targets for it, no AVX-512 in _KernelsAVX2, tiles in _KernelsAMX" \
  "$work/encoding"

# Functions that several objects may define. The linker keeps one, perhaps the one that needs
# more than this machine has; so in an instruction-set object all of them carry its tag, or at least
# the name of the target.
for set in Baseline AVX2 AVX512 AVX512VNNI AVX512BF16 AMX; do
  llvm-nm --defined-only "$binaries/_Kernels$set.build"/*.o | swift demangle >"$work/names.$set"
  awk -v tag="_Kernels$set." '$2 == "W" && !index($0, tag) && !/ W one-time init/ { sub(/^[0-9a-f]+ W /, ""); print }' \
    "$work/names.$set" >"$work/weak"
  none "_Kernels$set shares no function with another object" "$work/weak"
done

awk -F '\t' '$1 == "call" { print $2 ": " $4 " from " $3 }' "$work/findings" | sort | uniq -c >"$work/calls"
none "no call out of the kernels" "$work/calls"

# Register tiles: the loops that multiply each element with several vectors, shared by products and
# attention. "set multiplyAdds broadcasts loads moves stack".
awk -F '\t' '$1 == "loop" { print $2, $4, $5, $6, $7, $8 }' "$work/findings" >"$work/loops"
for set in Baseline AVX2 AVX512 AVX512VNNI AVX512BF16; do
  # The rows and vectors of the tile stand in the names of the specialised kernels of products.
  shapes=$(sed -nE "/Narrow/!s/.*<_Kernels$set\.$set, ([0-9]+), ([0-9]+)>.*/\1*\2/p" "$work/names.$set" | sort -u)
  whole=
  while read -r _ products broadcasts loads moves stack; do
    line="$set tile loop: $products multiply-adds, $broadcasts broadcasts, $loads loads,"
    line+=" $moves moves, $stack of the stack"
    # SSE2 overwrites a factor with the product, so it copies one first.
    spare=$([[ $set == Baseline ]] && echo "$products" || echo 2)
    if ((stack > 0 || moves > spare)); then failed "$line"; else ok "$line"; fi
    for shape in $shapes; do
      if ((products % (shape) == 0)); then whole+=" $shape "; fi
    done
  done < <(grep "^$set " "$work/loops")
  for shape in $shapes; do
    if [[ $whole == *" $shape "* ]]; then ok "$set: one loop holds the whole tile, $shape"; else
      failed "$set: no loop holds the whole tile, $shape"; fi
  done
done
finish
