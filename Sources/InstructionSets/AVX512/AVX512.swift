public import _Builtin_intrinsics.intel
public import _KernelsMicro

/// What every instruction set with vectors of 512 bits shares: AVX-512 F, BW, CD, DQ and VL.
public protocol AVX512Vectors: InstructionSet where F32 == SIMD16<Float> {}

extension AVX512Vectors {
  @inlinable @inline(__always)
  public static func multiplyAdd(_ a: F32, _ b: F32, _ c: F32) -> F32 { c.addingProduct(a, b) }

  @inlinable @inline(__always)
  public static func add(_ a: F32, _ b: F32) -> F32 { a + b }

  @inlinable @inline(__always)
  public static func subtract(_ a: F32, _ b: F32) -> F32 { a - b }

  @inlinable @inline(__always)
  public static func multiply(_ a: F32, _ b: F32) -> F32 { a * b }

  @inlinable @inline(__always)
  public static func divide(_ a: F32, _ b: F32) -> F32 { a / b }

  @inlinable @inline(__always)
  public static func larger(_ a: F32, _ b: F32) -> F32 { b.replacing(with: a, where: a .> b) }

  @inlinable @inline(__always)
  public static func transpose(load: (Int) -> F32, store: (Int, F32) -> Void) {
    Square<16>.transpose(Self.self, load: load, store: store)
  }

  @inlinable @inline(__always)
  public static func smaller(_ a: F32, _ b: F32) -> F32 { b.replacing(with: a, where: a .< b) }

  @inlinable @inline(__always)
  public static func choose(_ a: F32, where x: F32, isLess y: F32, else b: F32) -> F32 {
    b.replacing(with: a, where: x .< y)
  }

  @inlinable @inline(__always)
  public static func squareRoot(_ x: F32) -> F32 { _mm512_sqrt_ps(x) }

  @inlinable @inline(__always)
  public static func scaled(_ x: F32, byPowerOfTwo n: F32) -> F32 { _mm512_scalef_ps(x, n) }

  @inlinable @inline(__always)
  public static func loadPart(_ pointer: UnsafePointer<Float>, count: Int, padding: Float) -> F32 {
    _mm512_mask_loadu_ps(F32(repeating: padding), first(count), pointer)
  }

  @inlinable @inline(__always)
  public static func storePart(_ vector: F32, _ pointer: UnsafeMutablePointer<Float>, count: Int) {
    _mm512_mask_storeu_ps(pointer, first(count), vector)
  }

  /// A mask of the first `count` lanes.
  @inlinable @inline(__always)
  static func first(_ count: Int) -> __mmask16 {
    __mmask16(truncatingIfNeeded: 1 &<< count &- 1)
  }
}

/// x86-64-v4.
enum AVX512: AVX512Vectors {
  static var name: StaticString { "avx512" }
}

/// The kernels for AVX-512.
public let kernelsAVX512 = KernelTable(AVX512.self, Tile<12, 2>.self)
