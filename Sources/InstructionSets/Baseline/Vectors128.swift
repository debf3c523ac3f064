public import _KernelsMicro

/// What instruction sets with vectors of 128 bits share: the operators of the language.
public protocol Vectors128: InstructionSet where F32 == SIMD4<Float> {}

extension Vectors128 {
  // SSE2 has no fused multiply-add: `addingProduct` would call the C library for every lane.
  #if arch(arm64)
  /// `a * b + c`, fused.
  @inlinable @inline(__always)
  public static func multiplyAdd(_ a: F32, _ b: F32, _ c: F32) -> F32 { c.addingProduct(a, b) }
  #else
  /// `a * b + c`.
  @inlinable @inline(__always)
  public static func multiplyAdd(_ a: F32, _ b: F32, _ c: F32) -> F32 { a * b + c }
  #endif

  /// The lanewise sum.
  @inlinable @inline(__always)
  public static func add(_ a: F32, _ b: F32) -> F32 { a + b }

  /// The lanewise difference.
  @inlinable @inline(__always)
  public static func subtract(_ a: F32, _ b: F32) -> F32 { a - b }

  /// The lanewise product.
  @inlinable @inline(__always)
  public static func multiply(_ a: F32, _ b: F32) -> F32 { a * b }

  /// The lanewise quotient.
  @inlinable @inline(__always)
  public static func divide(_ a: F32, _ b: F32) -> F32 { a / b }

  /// The larger of both in each lane.
  @inlinable @inline(__always)
  public static func larger(_ a: F32, _ b: F32) -> F32 { b.replacing(with: a, where: a .> b) }

  /// The smaller of both in each lane.
  @inlinable @inline(__always)
  public static func smaller(_ a: F32, _ b: F32) -> F32 { b.replacing(with: a, where: a .< b) }

  /// `a` in the lanes where `x < y`, and `b` in the others.
  @inlinable @inline(__always)
  public static func choose(_ a: F32, where x: F32, isLess y: F32, else b: F32) -> F32 {
    b.replacing(with: a, where: x .< y)
  }

  /// Transposes 4 vectors.
  @_alwaysEmitIntoClient @inline(__always)
  public static func transpose(load: (Int) -> F32, store: (Int, F32) -> Void) {
    Square<4>.transpose(Self.self, load: load, store: store)
  }
}
