#if arch(x86_64)
internal import _Builtin_intrinsics.intel
public import _KernelsMicro

/// x86-64-v3: AVX2 with FMA.
enum AVX2: InstructionSet {
  typealias F32 = SIMD8<Float>

  static var name: StaticString { "avx2" }

  @inline(__always)
  static func multiplyAdd(_ a: F32, _ b: F32, _ c: F32) -> F32 { c.addingProduct(a, b) }

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
    Square<8>.transpose(Self.self, load: load, store: store)
  }

  @inline(__always)
  static func smaller(_ a: F32, _ b: F32) -> F32 { b.replacing(with: a, where: a .< b) }

  @inline(__always)
  static func choose(_ a: F32, where x: F32, isLess y: F32, else b: F32) -> F32 {
    b.replacing(with: a, where: x .< y)
  }

  @inline(__always)
  static func squareRoot(_ x: F32) -> F32 { _mm256_sqrt_ps(x) }

  @inline(__always)
  static func loadPart(_ pointer: UnsafePointer<Float>, count: Int, padding: Float) -> F32 {
    let mask = first(count)
    let part = _mm256_maskload_ps(pointer, unsafeBitCast(mask, to: SIMD4<Int64>.self))
    return F32(repeating: padding).replacing(with: part, where: mask)
  }

  @inline(__always)
  static func storePart(_ vector: F32, _ pointer: UnsafeMutablePointer<Float>, count: Int) {
    _mm256_maskstore_ps(pointer, unsafeBitCast(first(count), to: SIMD4<Int64>.self), vector)
  }

  @inline(__always)
  static func stream(_ vector: F32, _ place: UnsafeMutableRawPointer) {
    _mm256_stream_ps(place.assumingMemoryBound(to: Float.self), vector)
  }

  @inline(__always)
  static func addInt8Products(_ a: F32, _ b: F32, to sums: F32) -> F32 {
    let products = _mm256_madd_epi16(
      unsafeBitCast(a, to: SIMD4<Int64>.self), unsafeBitCast(b, to: SIMD4<Int64>.self))
    return unsafeBitCast(
      unsafeBitCast(sums, to: SIMD8<Int32>.self) &+ unsafeBitCast(products, to: SIMD8<Int32>.self),
      to: F32.self)
  }

  @inline(__always)
  static func loadInt8Elements(_ place: UnsafeRawPointer) -> F32 {
    unsafeBitCast(
      _mm256_cvtepi8_epi16(place.loadUnaligned(as: SIMD2<Int64>.self)), to: F32.self)
  }

  @inline(__always)
  static func floats(_ x: F32) -> F32 {
    _mm256_cvtepi32_ps(unsafeBitCast(x, to: SIMD4<Int64>.self))
  }

  /// A mask of the first `count` lanes.
  @inline(__always)
  private static func first(_ count: Int) -> SIMDMask<SIMD8<Int32>> {
    F32(0, 1, 2, 3, 4, 5, 6, 7) .< F32(repeating: Float(count))
  }
}

/// The kernels for AVX2.
public let kernelsAVX2 = KernelTable(
  AVX2.self, Tile<4, 3>.self, int8: Tile<5, 2>.self)
#endif
