public import _KernelsMicro

/// What every machine of the architecture has: SSE2 on x86-64, NEON on arm64.
enum Baseline: InstructionSet {
  typealias F32 = SIMD4<Float>

  static var name: StaticString { "baseline" }

  // SSE2 has no fused multiply-add: `addingProduct` would call the C library for every lane.
  #if arch(arm64)
  @inline(__always)
  static func multiplyAdd(_ a: F32, _ b: F32, _ c: F32) -> F32 { c.addingProduct(a, b) }

  @inline(__always)
  static func multiplyAdd(_ a: Float, _ b: Float, _ c: Float) -> Float { c.addingProduct(a, b) }
  #else
  @inline(__always)
  static func multiplyAdd(_ a: F32, _ b: F32, _ c: F32) -> F32 { a * b + c }

  @inline(__always)
  static func multiplyAdd(_ a: Float, _ b: Float, _ c: Float) -> Float { a * b + c }
  #endif

  @inline(__always)
  static func add(_ a: F32, _ b: F32) -> F32 { a + b }

  @inline(__always)
  static func subtract(_ a: F32, _ b: F32) -> F32 { a - b }

  @inline(__always)
  static func multiply(_ a: F32, _ b: F32) -> F32 { a * b }

  @inline(__always)
  static func larger(_ a: F32, _ b: F32) -> F32 { b.replacing(with: a, where: a .> b) }
}

#if arch(arm64)
/// The kernels for the baseline.
public let kernelsBaseline = KernelTable(Baseline.self, Tile<8, 3>.self)  // 32 registers
#else
/// The kernels for the baseline.
public let kernelsBaseline = KernelTable(Baseline.self, Tile<6, 2>.self)  // 16 registers
#endif

/// Conversions, copies and equality.
public let conversionKernels = ConversionKernels(Baseline.self)

/// Elementwise operations on `Int8`.
public let int8Kernels = ElementKernels(Baseline.self, Int8.self)
/// Elementwise operations on `UInt8`.
public let uint8Kernels = ElementKernels(Baseline.self, UInt8.self)
/// Elementwise operations on `Int32`.
public let int32Kernels = ElementKernels(Baseline.self, Int32.self)
/// Elementwise operations on `Int64`.
public let int64Kernels = ElementKernels(Baseline.self, Int64.self)
