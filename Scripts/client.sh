#!/usr/bin/env bash
# Builds and runs a package that depends on this one as strangers do: by URL and version, in debug.
# What it gets is the last commit. One line a check, `ok` or `FAILED`.
set -euo pipefail
cd "$(dirname "$0")/.."
source Scripts/lib/checks.sh
source Scripts/lib/tutorial.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[[ -z $(git status --porcelain) ]] || echo "note: what is not committed is not tried"
git clone --quiet --no-tags "$PWD" "$work/swift-dit"
git -C "$work/swift-dit" -c advice.detachedHead=false tag 0.1.0

# The client has executables and a module with names that this package uses too.
mkdir -p "$work"/client/Sources/{generate,benchmarks,Active}
mkdir -p "$work"/client/Sources/{tensor-tutorial,porting-tutorial,docstring-examples}
cat >"$work/client/Package.swift" <<EOF
// swift-tools-version: 6.2
import PackageDescription

let products: [Target.Dependency] = ["Tensor", "Kernels", "NN", "DiT"].map {
  .product(name: \$0, package: "swift-dit")
}
let package = Package(
  name: "client",
  platforms: [.macOS("26.0")],
  dependencies: [.package(url: "file://$work/swift-dit", from: "0.1.0")],
  targets: [
    .target(name: "Active"),
    .executableTarget(name: "generate", dependencies: products + ["Active"]),
    .executableTarget(name: "benchmarks", dependencies: ["Active"]),
    .executableTarget(name: "tensor-tutorial", dependencies: products),
    .executableTarget(name: "porting-tutorial", dependencies: products),
    .executableTarget(
      name: "docstring-examples", dependencies: products,
      swiftSettings: [.unsafeFlags(["-suppress-warnings"])]),
  ])
EOF
echo 'public let active = "client"' >"$work/client/Sources/Active/Active.swift"
printf 'import Active\n\nprint(active)\n' >"$work/client/Sources/benchmarks/main.swift"
# The code of the tutorials, as the pages have it.
for page in tensor porting; do
  tutorial_code "docs/$page.md" >"$work/client/Sources/$page-tutorial/main.swift"
done
cp Examples/Digits/digits.safetensors "$work/client"
# The examples of docstrings; what is printed is held against their comments.
examples=$work/client/Sources/docstring-examples
cp Scripts/lib/examples.swift "$examples/Expect.swift"
mapfile -t sources < <(find Sources/Tensor -name '*.swift' | sort)
check "the examples of docstrings are blocks of code" \
  awk -v target="$examples" -f Scripts/lib/examples.awk "${sources[@]}"
cat >"$work/client/Sources/generate/main.swift" <<'EOF'
import Active
import DiT
import Kernels
import NN
import Tensor

let rows = Tensor((0..<64 * 48).map { Float($0 % 7) - 3 }, shape: [64, 48])
let weights = Tensor((0..<32 * 48).map { Float($0 % 5) - 2 }, shape: [32, 48])
let workspace = Workspace()
let product = linear(Operand(rows), PackedMatrix(weights), in: workspace)
// Small whole numbers: both ways of summing are exact.
let byHand = matmul(rows, weights.permuted([1, 0]), in: workspace)
precondition(product.shape == [64, 32] && product.elements == byHand.elements)
let sum = product + product
precondition(zip(sum.elements, product.elements).allSatisfy { $0 == 2 * $1 })
let model = DiffusionTransformer.Configuration.small(patchSize: 2)
let plan = try DeltaDiT().plan(
  for: RunOutline(
    architecture: model.architecture, timesteps: (0..<20).map { 999 - 50 * Double($0) },
    sampler: "ddim", guidanceScale: 4))
print(workspace.instructionSet, active, plan.computedBlocks)
EOF

cd "$work/client"
check "a client by URL and version builds in debug" swift build --product generate
if output=$(swift run --skip-build generate 2>&1); then ok "it computes: $output"; else
  failed "it runs"; echo "$output" | sed 's/^/    /'; fi
check "its own 'benchmarks' runs" swift run benchmarks
for page in tensor porting; do
  check "the code of docs/$page.md runs" swift run "$page-tutorial"
done
if output=$(swift run docstring-examples 2>&1); then
  ok "the examples of docstrings run: ${output##*$'\n'}"
else
  failed "the examples of docstrings run"; echo "$output" | tail -n 40 | sed 's/^/    /'
fi
weights=$(find .build -name '*.safetensors' ! -path '*/checkouts/*')
if [[ -z $weights ]]; then ok "no weights in its build"; else
  failed "weights in its build"; echo "$weights" | sed 's/^/    /'; fi
finish
