// Elementwise operations on truth values, with broadcasting.
extension Tensor<Bool> {
  /// Where the truth value is false.
  ///
  ///     let a: Tensor<Bool> = [true, false], b: Tensor<Bool> = [true, true]
  ///     .!a      // [false, true]
  ///     a .& b   // [true, false]
  ///     a .| b   // [true, true]
  ///     a .^ b   // [false, true]
  public static prefix func .! (a: Tensor) -> Tensor { a.bytes .== 0 }

  /// Where both are true.
  public static func .& (a: Tensor, b: Tensor) -> Tensor { minimum(a.bytes, b.bytes).truthValues }

  /// Where at least one is true.
  public static func .| (a: Tensor, b: Tensor) -> Tensor { maximum(a.bytes, b.bytes).truthValues }

  /// Where just one is true.
  public static func .^ (a: Tensor, b: Tensor) -> Tensor { a.bytes .!= b.bytes }

  /// Whether every element is true; of nothing, yes.
  ///
  ///     Tensor<Bool>([true, false]).all()   // false
  public func all() -> Bool { self == Tensor(scalar: true).broadcast(to: shape) }

  /// Whether an element is true; of nothing, no.
  ///
  ///     Tensor<Bool>([true, false]).any()   // true
  public func any() -> Bool { self != Tensor(scalar: false).broadcast(to: shape) }

  /// Where every element over some axes is true; all of them where nil.
  ///
  ///     Tensor<Bool>([[true, false], [true, true]]).all(axis: 1)   // [false, true]
  public func all(
    axes: [Int]?, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    bytes.reduced(.minimum, axes, keepingAxes, empty: 1, file, line).truthValues
  }

  /// Where every element over an axis is true.
  public func all(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    all(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// Where an element over some axes is true; all of them where nil.
  ///
  ///     Tensor<Bool>([[false, false], [true, false]]).any(axis: 0)   // [true, false]
  public func any(
    axes: [Int]?, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    bytes.reduced(.maximum, axes, keepingAxes, empty: 0, file, line).truthValues
  }

  /// Where an element over an axis is true.
  public func any(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    any(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// How many elements over some axes are true; all of them by default.
  ///
  ///     let x: Tensor<Bool> = [[true, false], [true, true]]
  ///     x.count(axes: nil)   // 3
  ///     x.count(axis: 0)     // [2, 1]
  public func count(
    axes: [Int]?, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int64> {
    bytes.sum(as: Int64.self, axes: axes, keepingAxes: keepingAxes, file: file, line: line)
  }

  /// How many elements over an axis are true.
  public func count(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int64> {
    count(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

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
