internal import _KernelsMicro

// Sums, products and counts over some axes.
extension Tensor where Scalar: TensorNumeric {
  /// The sums over some axes, of which negative ones count from the end.
  ///
  /// Floating-point numbers are added in `Double` and rounded once. Integers wrap around;
  /// `sum(as: Int64.self)` does not.
  ///
  /// The result has the other axes; where `keepingAxes` says so, all of them, the summed ones of extent
  /// one.
  ///
  ///     let x: Tensor<Float> = [[1, 2, 3], [4, 5, 6]]
  ///     x.sum()                              // 21
  ///     x.sum(axis: 0)                       // [5, 7, 9]
  ///     x.sum(axis: -1, keepingAxes: true)   // [[6], [15]]
  public func sum(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    reduced(.sum, axes, keepingAxes, empty: .zero, file, line)
  }

  /// The sums over an axis.
  public func sum(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    sum(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The sums over some axes in another type, which small integers do not overflow.
  ///
  ///     Tensor<UInt8>([200, 100]).sum(as: Int64.self)   // 300
  public func sum<Wide: TensorNumeric>(
    as type: Wide.Type, axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor<Wide> {
    converted(to: type).sum(axes: axes, keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The sums over an axis in another type, which small integers do not overflow.
  public func sum<Wide: TensorNumeric>(
    as type: Wide.Type, axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor<Wide> {
    sum(as: type, axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The products over some axes.
  ///
  /// Those of integers wrap around. That of nothing is one.
  ///
  ///     Tensor([[1, 2], [3, 4]]).product(axis: 1)   // [2, 12]
  public func product(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    reduced(.product, axes, keepingAxes, empty: .one, file, line)
  }

  /// The products over an axis.
  public func product(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    product(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// How many elements over some axes are not zero; NaN counts.
  ///
  ///     Tensor([[0, 5], [7, 8]]).countNonzero(axis: 1)   // [1, 2]
  public func countNonzero(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int64> {
    (self .!= Tensor(scalar: .zero)).count(
      axes: axes, keepingAxes: keepingAxes, file: file, line: line)
  }

  /// How many elements over an axis are not zero; NaN counts.
  public func countNonzero(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int64> {
    countNonzero(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }
}
