internal import _KernelsMicro

// Reductions that leave NaN out.
extension Tensor where Scalar: TensorFloatingPoint {
  /// The sums over some axes, ignoring NaN.
  ///
  ///     Tensor([1, .nan, 3]).sumOfNumbers()   // 4
  public func sumOfNumbers(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    replacingNaN(with: Tensor(scalar: .zero)).sum(
      axes: axes, keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The sums over an axis, ignoring NaN.
  public func sumOfNumbers(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    sumOfNumbers(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The products over some axes, ignoring NaN.
  ///
  ///     Tensor([2, .nan, 3]).productOfNumbers()   // 6
  public func productOfNumbers(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    replacingNaN(with: Tensor(scalar: .one)).product(
      axes: axes, keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The products over an axis, ignoring NaN.
  public func productOfNumbers(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    productOfNumbers(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The largest elements over some axes, ignoring NaN; NaN where every element is.
  ///
  ///     Tensor([1, .nan, 3]).maxOfNumbers()   // 3
  ///
  /// - Precondition: There is at least one element to each result.
  public func maxOfNumbers(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    bestOfNumbers(.maximum, axes, keepingAxes, file, line)
  }

  /// The largest elements over an axis, ignoring NaN; NaN where every element is.
  public func maxOfNumbers(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    maxOfNumbers(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The smallest elements over some axes, ignoring NaN; NaN where every element is.
  ///
  ///     Tensor([1, .nan, 3]).minOfNumbers()   // 1
  ///
  /// - Precondition: There is at least one element to each result.
  public func minOfNumbers(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    bestOfNumbers(.minimum, axes, keepingAxes, file, line)
  }

  /// The smallest elements over an axis, ignoring NaN; NaN where every element is.
  public func minOfNumbers(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    minOfNumbers(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The means over some axes, ignoring NaN; NaN where every element is.
  ///
  ///     Tensor([1, .nan, 3]).meanOfNumbers()   // 2
  public func meanOfNumbers(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    momentOfNumbers(axes, keepingAxes, file, line).mean.converted(to: Scalar.self)
  }

  /// The means over an axis, ignoring NaN; NaN where every element is.
  public func meanOfNumbers(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    meanOfNumbers(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The variances over some axes, ignoring NaN.
  ///
  ///     Tensor([1, .nan, 5]).varianceOfNumbers()   // 4
  public func varianceOfNumbers(
    correction: Double = 0, axes: [Int]? = nil, keepingAxes: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let variance = momentOfNumbers(axes, keepingAxes, file, line).variance(correction)
    // No number is at a distance from an infinite mean.
    let hasInfinity = (inDouble().absolute() .== Double.infinity)
      .any(axes: axes, keepingAxes: keepingAxes)
    return Tensor<Double>.select(hasInfinity, Tensor<Double>(scalar: .nan), variance)
      .converted(to: Scalar.self)
  }

  /// The variances over an axis, ignoring NaN.
  public func varianceOfNumbers(
    correction: Double = 0, axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    varianceOfNumbers(
      correction: correction, axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The square roots of the variances over some axes, ignoring NaN.
  ///
  ///     Tensor([1, .nan, 5]).standardDeviationOfNumbers()   // 2
  public func standardDeviationOfNumbers(
    correction: Double = 0, axes: [Int]? = nil, keepingAxes: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    inDouble().varianceOfNumbers(
      correction: correction, axes: axes, keepingAxes: keepingAxes, file: file, line: line
    ).squareRoot().converted(to: Scalar.self)
  }

  /// The square roots of the variances over an axis, ignoring NaN.
  public func standardDeviationOfNumbers(
    correction: Double = 0, axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    standardDeviationOfNumbers(
      correction: correction, axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The places of the largest elements along an axis, ignoring NaN; the first of equals.
  ///
  ///     Tensor([1, .nan, 3]).argmaxOfNumbers(axis: 0)   // 2
  ///
  /// - Precondition: The axis exists and is not empty. Where every element is NaN, the place is 0.
  public func argmaxOfNumbers(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int64> {
    replacingNaN(with: Tensor(scalar: Scalar(-.infinity)))
      .argmax(axis: axis, keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The places of the smallest elements along an axis, ignoring NaN; the first of equals.
  ///
  ///     Tensor([1, .nan, 3]).argminOfNumbers(axis: 0)   // 0
  ///
  /// - Precondition: The axis exists and is not empty. Where every element is NaN, the place is 0.
  public func argminOfNumbers(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int64> {
    replacingNaN(with: Tensor(scalar: Scalar(.infinity)))
      .argmin(axis: axis, keepingAxes: keepingAxes, file: file, line: line)
  }

  private func bestOfNumbers(
    _ operation: Reduction, _ axes: [Int]?, _ keepingAxes: Bool, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let other = Scalar(operation == .maximum ? -Double.infinity : .infinity)
    let best = replacingNaN(with: Tensor(scalar: other))
      .reduced(operation, axes, keepingAxes, empty: nil, file, line)
    let isNothing = isNaN().all(axes: axes, keepingAxes: keepingAxes)
    return best.where(.!isNothing, else: Tensor(scalar: Scalar(.nan)))
  }

  private func momentOfNumbers(
    _ axes: [Int]?, _ keepingAxes: Bool, _ file: StaticString, _ line: UInt
  ) -> (mean: Tensor<Double>, variance: (Double) -> Tensor<Double>) {
    let wide = inDouble()
    let isNumber = .!wide.isNaN()
    let count = isNumber.count(axes: axes, keepingAxes: true, file: file, line: line)
      .converted(to: Double.self)
    let mean = wide.sumOfNumbers(axes: axes, keepingAxes: true, file: file, line: line) / count
    func squeezed(_ x: Tensor<Double>) -> Tensor<Double> {
      keepingAxes
        ? x : resolved(axes, "mean", file, line).reversed().reduce(x) { $0.squeezed($1) }
    }
    return (
      squeezed(mean),
      { correction in
        let difference = wide - mean
        let squares = (difference * difference).sumOfNumbers(axes: axes, keepingAxes: true)
        return squeezed(squares / maximum(count - correction, 0))
      }
    )
  }
}
