#!/usr/bin/env bash
# Tests the kernels of arm64: compiles them as Embedded Swift, which needs no runtime of Swift for
# arm64, looks at the machine code of their register tile, and runs Tests/Emulated on an emulator.
#
#   Scripts/neon.sh        exit code 2 where the tools for arm64 are missing
#
# One line a check or a kernel, `ok` or `FAILED`.
set -euo pipefail
cd "$(dirname "$0")/.."
source Scripts/lib/checks.sh

missing=
command -v qemu-aarch64-static >/dev/null || missing+=" qemu-user-static"
command -v aarch64-linux-gnu-gcc >/dev/null || missing+=" gcc-aarch64-linux-gnu"
[[ -e /usr/aarch64-linux-gnu/lib/libc.a ]] || missing+=" libc6-dev-arm64-cross"
if [[ -n $missing ]]; then
  echo "skipped: tools for arm64 are missing; apt-get install$missing"
  exit 2
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
resources=$(swift -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
PATH="$resources/../../bin:$PATH"

# The targets' modules, with Package.swift's optimisation. A class of Embedded Swift may not have the
# generic initialiser of the kernel table, a structure may.
cp -r Sources/InstructionSets/{Micro,Baseline,NEONDot} "$work"
sed -Ei 's/final class (KernelTable|VectorKernels)/struct \1/' "$work/Micro/KernelTable.swift"

build() {  # build MODULE FILE…, with the flags of $level
  local module=$1
  shift
  # shellcheck disable=SC2086  # level is words
  swiftc ${level-} -Ounchecked -wmo -parse-as-library -swift-version 6 -package-name emulated \
    -target aarch64-none-none-elf -enable-experimental-feature Embedded \
    -enable-experimental-feature Extern -Xcc -fPIC -I "$work" -module-name "$module" \
    -emit-module -emit-module-path "$work/$module.swiftmodule" -c "$@" -o "$work/$module.o" \
    >"$work/log" 2>&1 || { failed "$module does not compile"; head -n 40 "$work/log"; exit 1; }
}
build _KernelsMicro "$work"/Micro/*.swift
build _KernelsBaseline "$work"/Baseline/*.swift
level="-Xcc -march=armv8.2-a+dotprod" build _KernelsNEONDot "$work"/NEONDot/*.swift
# Embedded Swift compiles what a module takes from others once more.
level="-Xcc -march=armv8.2-a+dotprod" build Emulated Tests/Emulated/*.swift Tests/TestSupport/Reference*.swift

# The kernels come first: the linker keeps the first of the copies that each module has of them.
clang -fuse-ld=lld --target=aarch64-linux-gnu --gcc-toolchain=/usr -static \
  "$work/_KernelsBaseline.o" "$work/_KernelsNEONDot.o" "$work/_KernelsMicro.o" \
  "$work/Emulated.o" -lm \
  -L "$resources/embedded/aarch64-none-none-elf" -lswiftUnicodeDataTables -o "$work/tests" \
  >"$work/log" 2>&1 || { failed "the tests do not link"; head -n 40 "$work/log"; exit 1; }

# Register tiles, as in Scripts/symbols.sh.
llvm-objdump -d --no-show-raw-insn --no-leading-headers "$work/_KernelsBaseline.o" >"$work/code"
awk -f Scripts/lib/neon.awk "$work/code" >"$work/loops"
shape=$(llvm-nm "$work/_KernelsBaseline.o" | swift demangle \
  | sed -nE '/Narrow/!s/.*<_KernelsBaseline\.Baseline, ([0-9]+), ([0-9]+)>.*/\1 * \2/p' | sort -u)
whole=0
while read -r products broadcasts loads moves stack; do
  line="NEON tile loop: $products multiply-adds, $broadcasts broadcasts, $loads loads,"
  line+=" $moves moves, $stack of the stack"
  if ((stack > 0 || moves > 0)); then failed "$line"; else ok "$line"; fi
  if ((products % (shape) == 0)); then whole=1; fi
done <"$work/loops"
if ((whole)); then ok "NEON: one loop holds the whole tile, $shape"; else
  failed "NEON: no loop holds the whole tile, $shape"; fi

status=0
timeout 300 qemu-aarch64-static "$work/tests" || status=$?
if ((status == 0)); then ok "the kernels on an emulated arm64"; else
  failed "the kernels on an emulated arm64: exit code $status"; fi
finish
