/// An instruction set that the kernels are instantiated for.
///
/// Each conforming tag type is declared in the target compiled for it. Every generic kernel takes
/// the tag as its first argument, so that its name is part of each specialised symbol and two
/// instruction sets never share one.
///
/// Operations on vectors are requirements, because in generic code Swift resolves the operators of
/// `SIMD` to loops over the lanes.
public protocol InstructionSet: SendableMetatype {
  /// A vector that fills one register.
  associatedtype F32: SIMD where F32.Scalar == Float

  /// The name, as `KERNELS_ISA` takes it.
  static var name: StaticString { get }

  /// `a * b + c`, fused where the instruction set fuses.
  static func multiplyAdd(_ a: F32, _ b: F32, _ c: F32) -> F32

  /// `a * b + c` for one element, rounded as the vector form rounds.
  static func multiplyAdd(_ a: Float, _ b: Float, _ c: Float) -> Float

  /// The lanewise sum.
  static func add(_ a: F32, _ b: F32) -> F32

  /// The lanewise difference.
  static func subtract(_ a: F32, _ b: F32) -> F32

  /// The lanewise product.
  static func multiply(_ a: F32, _ b: F32) -> F32

  /// The larger of both in each lane; the second where either is NaN.
  static func larger(_ a: F32, _ b: F32) -> F32

  /// Transposes as many vectors as a vector has elements: `Square` of that width does it.
  static func transpose(load: (Int) -> F32, store: (Int, F32) -> Void)
}

extension InstructionSet {
  /// The number of elements in a vector.
  @inlinable @inline(__always)
  public static var width: Int { F32.scalarCount }

  /// The vector that starts at `pointer`, which need not be aligned.
  @inlinable @inline(__always)
  public static func load(_ pointer: UnsafePointer<Float>) -> F32 {
    UnsafeRawPointer(pointer).loadUnaligned(as: F32.self)
  }

  /// The vector that starts at `pointer`, which need not be aligned.
  @inlinable @inline(__always)
  public static func load(_ pointer: UnsafeMutablePointer<Float>) -> F32 {
    UnsafeRawPointer(pointer).loadUnaligned(as: F32.self)
  }

  /// Writes `vector` from `pointer` on, which need not be aligned.
  @inlinable @inline(__always)
  public static func store(_ vector: F32, _ pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: vector, as: F32.self)
  }
}
