public import _KernelsMicro

#if arch(x86_64)
internal import _Builtin_intrinsics.intel
#endif

/// What every machine of the architecture has: SSE2 on x86-64, NEON on arm64.
enum Baseline: InstructionSet {
  typealias F32 = SIMD4<Float>

  static var name: StaticString { "baseline" }

  // SSE2 has no fused multiply-add: `addingProduct` would call the C library for every lane.
  #if arch(arm64)
  @inline(__always)
  static func multiplyAdd(_ a: F32, _ b: F32, _ c: F32) -> F32 { c.addingProduct(a, b) }
  #else
  @inline(__always)
  static func multiplyAdd(_ a: F32, _ b: F32, _ c: F32) -> F32 { a * b + c }
  #endif

  #if arch(x86_64)
  @inline(__always)
  static func squareRoot(_ x: F32) -> F32 { _mm_sqrt_ps(x) }

  @inline(__always)
  static func stream(_ vector: F32, _ place: UnsafeMutableRawPointer) {
    _mm_stream_ps(place.assumingMemoryBound(to: Float.self), vector)
  }
  #endif

  @inline(__always)
  static func add(_ a: F32, _ b: F32) -> F32 { a + b }

  @inline(__always)
  static func subtract(_ a: F32, _ b: F32) -> F32 { a - b }

  @inline(__always)
  static func multiply(_ a: F32, _ b: F32) -> F32 { a * b }

  @inline(__always)
  static func divide(_ a: F32, _ b: F32) -> F32 { a / b }

  @inline(__always)
  static func larger(_ a: F32, _ b: F32) -> F32 { b.replacing(with: a, where: a .> b) }

  @inline(__always)
  static func transpose(load: (Int) -> F32, store: (Int, F32) -> Void) {
    Square<4>.transpose(Self.self, load: load, store: store)
  }

  @inline(__always)
  static func smaller(_ a: F32, _ b: F32) -> F32 { b.replacing(with: a, where: a .< b) }

  @inline(__always)
  static func choose(_ a: F32, where x: F32, isLess y: F32, else b: F32) -> F32 {
    b.replacing(with: a, where: x .< y)
  }
}

#if arch(arm64)
private typealias BaselineTile = Tile<5, 4>  // 32 registers, seven of them for what surrounds it
#else
private typealias BaselineTile = Tile<3, 3>  // 16 registers, one for a product before its sum
#endif

/// The kernels for the baseline.
public let kernelsBaseline = KernelTable(Baseline.self, BaselineTile.self)

/// Conversions, copies and equality.
public let conversionKernels = ConversionKernels(Baseline.self)

/// Elementwise operations on signed bytes.
public let int8Kernels = ElementKernels(Baseline.self, Int8.self)

/// Elementwise operations on unsigned bytes.
public let uint8Kernels = ElementKernels(Baseline.self, UInt8.self)

/// Elementwise operations on 32-bit integers.
public let int32Kernels = ElementKernels(Baseline.self, Int32.self)

/// Elementwise operations on 64-bit integers.
public let int64Kernels = ElementKernels(Baseline.self, Int64.self)
