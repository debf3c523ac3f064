internal import _Builtin_intrinsics.intel
public import _KernelsMicro

/// x86-64-v4: AVX-512 F, BW, CD, DQ and VL.
enum AVX512: InstructionSet {
  typealias F32 = SIMD16<Float>

  static var name: StaticString { "avx512" }

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
  static func smaller(_ a: F32, _ b: F32) -> F32 { b.replacing(with: a, where: a .< b) }

  @inline(__always)
  static func choose(_ a: F32, where x: F32, isLess y: F32, else b: F32) -> F32 {
    b.replacing(with: a, where: x .< y)
  }

  @inline(__always)
  static func squareRoot(_ x: F32) -> F32 { _mm512_sqrt_ps(x) }

  @inline(__always)
  static func scaled(_ x: F32, byPowerOfTwo n: F32) -> F32 { _mm512_scalef_ps(x, n) }

  @inline(__always)
  static func loadPart(_ pointer: UnsafePointer<Float>, count: Int, padding: Float) -> F32 {
    _mm512_mask_loadu_ps(F32(repeating: padding), first(count), pointer)
  }

  @inline(__always)
  static func storePart(_ vector: F32, _ pointer: UnsafeMutablePointer<Float>, count: Int) {
    _mm512_mask_storeu_ps(pointer, first(count), vector)
  }

  /// A mask of the first `count` lanes.
  @inline(__always)
  private static func first(_ count: Int) -> __mmask16 {
    __mmask16(truncatingIfNeeded: 1 &<< count &- 1)
  }
}

/// The kernels for AVX-512.
public let kernelsAVX512 = KernelTable(AVX512.self, Tile<12, 2>.self)
