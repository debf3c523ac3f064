// Elementwise operations on truth values, with broadcasting.
extension Tensor<Bool> {
  /// Where the truth value is false.
  public static prefix func .! (a: Tensor) -> Tensor { a.bytes .== 0 }

  /// Where both are true.
  public static func .& (a: Tensor, b: Tensor) -> Tensor { minimum(a.bytes, b.bytes).truthValues }

  /// Where at least one is true.
  public static func .| (a: Tensor, b: Tensor) -> Tensor { maximum(a.bytes, b.bytes).truthValues }

  /// Where just one is true.
  public static func .^ (a: Tensor, b: Tensor) -> Tensor { a.bytes .!= b.bytes }

  /// Whether every element is true.
  public func all() -> Bool { self == Tensor(scalar: true).broadcast(to: shape) }

  /// Whether an element is true.
  public func any() -> Bool { self != Tensor(scalar: false).broadcast(to: shape) }

  /// The same memory as numbers, which are 0 and 1.
  private var bytes: Tensor<UInt8> {
    Tensor<UInt8>(storage: storage, offset: offset, shape: shape, strides: strides)
  }
}

extension Tensor<UInt8> {
  /// The same memory as truth values.
  ///
  /// - Precondition: Every number is 0 or 1.
  fileprivate var truthValues: Tensor<Bool> {
    Tensor<Bool>(storage: storage, offset: offset, shape: shape, strides: strides)
  }
}
