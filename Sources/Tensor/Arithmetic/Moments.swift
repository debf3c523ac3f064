internal import _KernelsMicro

// Means, variances and standard deviations over some axes, worked out in `Double`.
extension Tensor where Scalar: TensorFloatingPoint {
  /// The means over some axes, in `Double` and rounded once; NaN where there are no elements.
  ///
  ///     Tensor([[1, 2], [3, 5]]).mean(axis: 0)   // [2, 3.5]
  public func mean(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    reduced(.mean, axes, keepingAxes, empty: Scalar(.nan), file, line)
  }

  /// The means over an axis, in `Double` and rounded once; NaN where there are no elements.
  public func mean(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    mean(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The variances over some axes: the means of the squared differences from the mean.
  ///
  /// Both means are in `Double`, and rounded once; NaN where there are no elements. With a
  /// correction the sum of the squares is divided by the number of elements less that: 1 is NumPy's
  /// `ddof=1`, and PyTorch's default.
  ///
  ///     let x: Tensor<Float> = [1, 2, 3, 4]
  ///     x.variance()                // 1.25
  ///     x.variance(correction: 1)   // 1.667
  public func variance(
    correction: Double = 0, axes: [Int]? = nil, keepingAxes: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    corrected(correction, axes, keepingAxes, file, line) { $0 }
  }

  /// The variances over an axis.
  public func variance(
    correction: Double = 0, axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    variance(correction: correction, axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The square roots of the variances over some axes.
  ///
  ///     Tensor([[1, 3], [5, 9]]).standardDeviation(axis: 1)   // [1, 2]
  public func standardDeviation(
    correction: Double = 0, axes: [Int]? = nil, keepingAxes: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    corrected(correction, axes, keepingAxes, file, line) { $0.squareRoot() }
  }

  /// The square roots of the variances over an axis.
  public func standardDeviation(
    correction: Double = 0, axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    standardDeviation(
      correction: correction, axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  private func corrected(
    _ correction: Double, _ axes: [Int]?, _ keepingAxes: Bool, _ file: StaticString, _ line: UInt,
    _ finish: (Tensor<Double>) -> Tensor<Double>
  ) -> Tensor {
    let axes = resolved(axes, "variance", file, line)
    let count = Double(axes.map { shape[$0] }.product)
    let variance = inDouble()
      .reduced(.variance, axes, keepingAxes, empty: .nan, file, line)
    let divisor = Swift.max(count - correction, 0)
    return finish(correction == 0 ? variance : variance * (count / divisor))
      .converted(to: Scalar.self)
  }
}

extension Tensor where Scalar: TensorNumeric {
  /// The means over some axes in another type: of integers, with a fraction.
  ///
  ///     Tensor<UInt8>([1, 2]).mean(as: Float.self)   // 1.5
  public func mean<Wide: TensorFloatingPoint>(
    as type: Wide.Type, axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor<Wide> {
    converted(to: type).mean(axes: axes, keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The means over an axis in another type: of integers, with a fraction.
  public func mean<Wide: TensorFloatingPoint>(
    as type: Wide.Type, axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor<Wide> {
    mean(as: type, axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }
}
