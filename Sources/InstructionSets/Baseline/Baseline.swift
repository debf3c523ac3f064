public import _KernelsMicro

#if arch(x86_64)
internal import _Builtin_intrinsics.intel
#endif

/// What every machine of the architecture has: SSE2 on x86-64, NEON on arm64.
enum Baseline: Vectors128 {
  static var name: StaticString { "baseline" }

  #if arch(x86_64)
  @inline(__always)
  static func squareRoot(_ x: F32) -> F32 { _mm_sqrt_ps(x) }

  @inline(__always)
  static func stream(_ vector: F32, _ place: UnsafeMutableRawPointer) {
    _mm_stream_ps(place.assumingMemoryBound(to: Float.self), vector)
  }

  @inline(__always)
  static func addInt8Products(_ a: F32, _ b: F32, to sums: F32) -> F32 {
    let products = _mm_madd_epi16(
      unsafeBitCast(a, to: SIMD2<Int64>.self), unsafeBitCast(b, to: SIMD2<Int64>.self))
    return unsafeBitCast(
      unsafeBitCast(sums, to: SIMD4<Int32>.self) &+ unsafeBitCast(products, to: SIMD4<Int32>.self),
      to: F32.self)
  }

  @inline(__always)
  static func loadInt8Elements(_ place: UnsafeRawPointer) -> F32 {
    let bytes = SIMD2<Int64>(place.loadUnaligned(as: Int64.self), 0)
    // Each byte in the upper half of 16 bits, and from there down with its sign.
    return unsafeBitCast(
      _mm_srai_epi16(_mm_unpacklo_epi8(SIMD2<Int64>.zero, bytes), 8), to: F32.self)
  }

  @inline(__always)
  static func floats(_ x: F32) -> F32 {
    _mm_cvtepi32_ps(unsafeBitCast(x, to: SIMD2<Int64>.self))
  }
  #endif
}

#if arch(arm64)
private typealias BaselineTile = Tile<5, 4>  // 32 registers, seven of them for what surrounds it
#else
private typealias BaselineTile = Tile<3, 3>  // 16 registers, one for a product before its sum
#endif

/// The kernels for the baseline.
public let kernelsBaseline = KernelTable(
  Baseline.self, BaselineTile.self, int8: BaselineTile.self)

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

/// Elementwise operations on 16-bit integers.
public let int16Kernels = ElementKernels(Baseline.self, Int16.self)

/// Elementwise operations on unsigned 16-bit integers.
public let uint16Kernels = ElementKernels(Baseline.self, UInt16.self)

/// Elementwise operations on unsigned 32-bit integers.
public let uint32Kernels = ElementKernels(Baseline.self, UInt32.self)

/// Elementwise operations on unsigned 64-bit integers.
public let uint64Kernels = ElementKernels(Baseline.self, UInt64.self)

/// Elementwise operations on numbers of bfloat16.
public let bfloat16Kernels = ElementKernels(Baseline.self, BFloat16.self)

#if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
/// Elementwise operations on 16-bit floating-point numbers.
public let float16Kernels = ElementKernels(Baseline.self, Float16.self)
#endif
