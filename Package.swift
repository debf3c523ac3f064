// swift-tools-version: 6.2
import PackageDescription

// The targets, from the lowest upwards; imports run downwards only (docs/architecture.md).
//
// A target's name is global to every client's package graph, so those that no product exports are
// underscored. There are no executable products for the same reason: examples run from a clone.

/// The thread sanitizer wraps calls for the sake of C++ exceptions; intrinsics such as prefetch and
/// xgetbv cannot be wrapped.
let withoutExceptionHandling = ["-Xllvm", "-tsan-handle-cxx-exceptions=0"]

/// Flags of a target that holds element loops, optimised in debug builds too.
///
/// It works on pointers and counts that its callers have checked, so arithmetic is not checked again.
///
/// Swift takes the instruction set of a target from Clang's `-march`. The levels are the ones that
/// `_KernelsActive` tests for before it touches the target's table.
func hot(
  _ level: String? = nil, arm64 armLevel: String? = nil, also features: [String] = [],
  defining macros: [String] = []
) -> [SwiftSetting] {
  var flags = ["-Ounchecked"]
  #if arch(x86_64)
  if let level {
    flags += ["-Xcc", "-march=\(level)", "-Xcc", "-mprefer-vector-width=512"]
    flags += features.flatMap { ["-Xcc", "-m\($0)"] } + macros.flatMap { ["-Xcc", "-D\($0)"] }
  }
  // A register tile lives in registers only if both of its loops are unrolled completely.
  flags += ["-Xllvm", "-unroll-threshold=4000"]
  #elseif arch(arm64)
  if let armLevel { flags += ["-Xcc", "-march=\(armLevel)"] }
  #endif
  flags += withoutExceptionHandling
  return common + [.unsafeFlags(flags)]
}

/// Every import says whether clients see it.
let common: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("ExistentialAny"),
]

/// Tests are optimised in debug builds too: their references are Double loops over millions of
/// products, and on an emulated processor they take minutes.
let testing = common + [.unsafeFlags(["-O"])]

let instructionSets = "Sources/InstructionSets"

let package = Package(
  name: "swift-dit",
  platforms: [.macOS("26.0"), .iOS("26.0")],  // InlineArray
  products: [
    .library(name: "Tensor", targets: ["Tensor"]),
    .library(name: "Kernels", targets: ["Kernels"]),
    .library(name: "NN", targets: ["NN"]),
    .library(name: "DiT", targets: ["DiT"]),
  ],
  targets: [
    .target(name: "_KernelsMicro", path: "\(instructionSets)/Micro", swiftSettings: hot()),
    .target(
      name: "_KernelsBaseline", dependencies: ["_KernelsMicro"],
      path: "\(instructionSets)/Baseline", swiftSettings: hot()),
    .target(
      name: "_KernelsNEONDot", dependencies: ["_KernelsMicro", "_KernelsBaseline"],
      path: "\(instructionSets)/NEONDot", swiftSettings: hot(arm64: "armv8.2-a+dotprod")),
    .target(
      name: "_KernelsAVX2", dependencies: ["_KernelsMicro"], path: "\(instructionSets)/AVX2",
      swiftSettings: hot("x86-64-v3")),
    .target(
      name: "_KernelsAVX512", dependencies: ["_KernelsMicro"], path: "\(instructionSets)/AVX512",
      swiftSettings: hot("x86-64-v4")),
    .target(
      name: "_KernelsAVX512VNNI", dependencies: ["_KernelsMicro", "_KernelsAVX512"],
      path: "\(instructionSets)/AVX512VNNI",
      swiftSettings: hot("x86-64-v4", also: ["avx512vnni"])),
    .target(
      name: "_KernelsAVX512BF16",
      dependencies: ["_KernelsMicro", "_KernelsAVX512", "_KernelsAVX512VNNI"],
      path: "\(instructionSets)/AVX512BF16",
      // Swift does not import Clang's type of bfloat16, nor the intrinsics that take vectors of it;
      // vectors of another type of 16 bits do as well.
      swiftSettings: hot("x86-64-v4", also: ["avx512bf16"], defining: ["__bf16=short"])),
    .target(
      name: "_KernelsAMX", dependencies: ["_KernelsMicro", "_KernelsAVX512", "_KernelsAVX512VNNI"],
      path: "\(instructionSets)/AMX",
      // The instructions of the tile unit that name a tile are builtins of the compiler alone.
      swiftSettings: hot(
        "x86-64-v4", also: ["amx-tile", "amx-bf16", "amx-int8", "avx512bf16", "avx512vbmi"],
        defining: ["__bf16=short"])
        + [.enableExperimentalFeature("BuiltinModule")]),
    .target(
      name: "_KernelsActive",
      dependencies: [
        "_KernelsMicro", "_KernelsBaseline", "_KernelsNEONDot", "_KernelsAVX2", "_KernelsAVX512",
        "_KernelsAVX512VNNI", "_KernelsAVX512BF16", "_KernelsAMX", "_LibC",
      ],
      path: "\(instructionSets)/Active",
      swiftSettings: common + [
        .unsafeFlags(["-Xcc", "-mxsave"] + withoutExceptionHandling)
      ]),
    .target(name: "_LibC", path: "Sources/LibC", swiftSettings: common),
    .target(
      name: "_KernelsSequential", dependencies: ["_KernelsMicro", "_LibC"],
      path: "\(instructionSets)/Sequential", swiftSettings: hot()),
    .target(
      name: "_Parallel", dependencies: ["_LibC"], path: "Sources/Parallel", swiftSettings: common),
    .target(
      name: "Tensor",
      dependencies: [
        "_KernelsMicro", "_KernelsActive", "_KernelsSequential", "_LibC", "_Parallel",
      ],
      swiftSettings: common),
    .target(
      name: "Kernels", dependencies: ["Tensor", "_Parallel", "_KernelsMicro", "_KernelsActive"],
      swiftSettings: common),
    .target(
      name: "NN", dependencies: ["Kernels", "Tensor", "_KernelsActive", "_KernelsMicro"],
      swiftSettings: common),
    .target(
      name: "DiT", dependencies: ["NN", "Kernels", "Tensor", "_KernelsActive", "_KernelsMicro"],
      swiftSettings: common),

    // The examples, and what they share.
    .target(
      name: "_ExampleCommandLine", dependencies: ["DiT", "Kernels", "Tensor"],
      path: "Examples/CommandLine", swiftSettings: common),
    .target(
      name: "ShowcaseModel", dependencies: ["NN", "Kernels", "Tensor"],
      path: "Examples/ShowcaseModel", exclude: ["LICENSE-Fashion-MNIST"],
      resources: [.copy("fashion-dit"), .copy("fashion-judge")],
      swiftSettings: common),
    .target(name: "_ExampleReport", path: "Examples/Report", swiftSettings: common),
    .target(
      name: "_ExampleStudy",
      dependencies: ["DiT", "Kernels", "Tensor", "ShowcaseModel", "_ExampleCommandLine"],
      path: "Examples/Study", swiftSettings: common),
    .executableTarget(
      name: "compare",
      dependencies: [
        "DiT", "Kernels", "Tensor", "_ExampleCommandLine", "_ExampleReport", "_ExampleStudy",
      ], path: "Examples/Compare", swiftSettings: common),
    .executableTarget(
      name: "block-study",
      dependencies: [
        "DiT", "Kernels", "Tensor", "_ExampleCommandLine", "_ExampleReport", "_ExampleStudy",
      ], path: "Examples/BlockStudy", swiftSettings: common),
    .executableTarget(
      name: "generate",
      dependencies: [
        "DiT", "Kernels", "Tensor", "ShowcaseModel", "_ExampleCommandLine", "_ExampleReport",
      ], path: "Examples/Generate", swiftSettings: common),
    .executableTarget(
      name: "inspect", dependencies: ["NN", "Kernels", "Tensor", "_ExampleCommandLine"],
      path: "Examples/Inspect",
      swiftSettings: common),

    .executableTarget(
      name: "digits", dependencies: ["NN", "Tensor", "_ExampleCommandLine"],
      path: "Examples/Digits",
      exclude: ["digits.safetensors", "train_digits.py"], swiftSettings: common),

    .executableTarget(
      name: "benchmarks",
      dependencies: [
        "DiT", "NN", "Kernels", "Tensor", "ShowcaseModel", "_ExampleCommandLine",
        "_KernelsActive", "_KernelsMicro", "_Parallel",
      ],
      path: "Benchmarks/Suite", swiftSettings: common),

    .target(
      name: "_TestSupport", dependencies: ["Tensor"], path: "Tests/TestSupport",
      swiftSettings: testing),
    .testTarget(
      name: "KernelsTests",
      dependencies: ["Kernels", "Tensor", "_KernelsActive", "_KernelsMicro", "_TestSupport"],
      swiftSettings: testing),
    .testTarget(
      name: "NNTests",
      dependencies: [
        "NN", "Kernels", "Tensor", "_KernelsActive", "_KernelsMicro", "_TestSupport",
      ], swiftSettings: testing),
    .testTarget(
      name: "DiTTests",
      dependencies: [
        "DiT", "NN", "Kernels", "Tensor", "_KernelsActive", "_KernelsMicro", "_TestSupport",
      ], swiftSettings: testing),
    .testTarget(
      name: "ExampleTests",
      dependencies: [
        "_ExampleCommandLine", "_ExampleReport", "_ExampleStudy", "ShowcaseModel", "DiT",
        "compare", "block-study", "digits", "generate", "inspect", "Kernels", "Tensor",
        "_TestSupport",
      ], swiftSettings: testing),
    .testTarget(
      name: "TensorTests",
      dependencies: ["Tensor", "_KernelsActive", "_KernelsMicro", "_TestSupport"],
      swiftSettings: testing),
  ],
  swiftLanguageModes: [.v6]
)

// Scripts/fuzz.sh builds this and links it with libFuzzer, which has the main function.
if Context.environment["SWIFT_DIT_FUZZ"] != nil {
  package.targets.append(
    .target(
      name: "Fuzz", dependencies: ["DiT", "Kernels", "NN", "Tensor"], path: "Tests/Fuzz",
      exclude: ["Seeds", "make_seeds.py"],
      swiftSettings: common))
}

// Scripts/tiles.sh runs the kernels' tests on an emulated tile unit; nothing else is built for it.
if Context.environment["SWIFT_DIT_EMULATED_TILES"] != nil {
  let needed: Set = ["Tensor", "Kernels", "KernelsTests", "_LibC", "_Parallel", "_TestSupport"]
  package.targets.removeAll { !needed.contains($0.name) && !$0.name.hasPrefix("_Kernels") }
  package.products.removeAll { !needed.contains($0.name) }
  package.targets.append(
    .target(
      name: "_EmulatedTiles", path: "Tests/EmulatedTiles",
      swiftSettings: hot("x86-64-v4")))
  for target in package.targets where target.name == "_KernelsActive" {
    target.dependencies.append("_EmulatedTiles")
    target.swiftSettings?.append(.define("EMULATED_TILES"))
  }
}
