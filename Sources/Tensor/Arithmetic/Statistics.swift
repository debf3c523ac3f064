internal import _KernelsSequential

// Statistics of floating-point numbers, worked out in `Double`.
extension Tensor where Scalar: TensorFloatingPoint {
  /// The softmax along an axis, eˣ / Σ eˣ.
  ///
  /// Infinity beside others and NaN give NaN. (`Kernels` has one for hot code, in a workspace.)
  ///
  /// The result has this tensor's shape.
  ///
  ///     Tensor([0, 0, 1]).softmax()   // [0.212, 0.212, 0.576]
  public func softmax(
    axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let powers = shifted(axis, "softmax", file, line).exp()
    return (powers / powers.sum(axis: axis, keepingAxes: true)).converted(to: Scalar.self)
  }

  /// The logarithms of the softmax along an axis, which do not underflow.
  ///
  ///     Tensor([0, 0]).logSoftmax()   // [-0.693, -0.693]
  public func logSoftmax(
    axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let shifted = shifted(axis, "logSoftmax", file, line)
    return (shifted - shifted.exp().sum(axis: axis, keepingAxes: true).log())
      .converted(to: Scalar.self)
  }

  /// The elements less the largest along an axis, in `Double`.
  private func shifted(
    _ axis: Int, _ name: String, _ file: StaticString, _ line: UInt
  ) -> Tensor<Double> {
    let wide = converted(to: Double.self)
    let axis = self.axis(axis, name, file, line)
    return wide - wide.reduced(.maximum, [axis], true, empty: 0, file, line)
  }

  /// The quantiles over some axes: for each fraction the number below which that share of the
  /// elements lies, interpolated linearly between two neighbours.
  ///
  ///     Tensor([1, 2, 3, 4]).quantiles([0.25, 0.5])   // [1.75, 2.5]
  ///
  /// - Parameters:
  ///   - fractions: Of any shape, from 0 to 1; its axes come first in the result.
  ///   - axes: The axes, all of them by default.
  ///   - keepingAxes: Whether they stay with extent one.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: NaN where there is one.
  /// - Precondition: There is at least one element to each result.
  public func quantiles(
    _ fractions: Tensor<Double>, axes: [Int]? = nil, keepingAxes: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    quantiles(fractions, axes, keepingAxes, leavesOutNaN: false, "quantiles", file, line)
  }

  /// The quantile over some axes, interpolated linearly between two neighbours; NaN where there is
  /// one.
  ///
  ///     Tensor([1, 2, 3, 4, 5]).quantile(0.9)   // 4.6
  ///
  /// - Precondition: There is at least one element to each result.
  public func quantile(
    _ fraction: Double, axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    quantiles(
      Tensor<Double>(scalar: fraction), axes: axes, keepingAxes: keepingAxes, file: file, line: line
    )
  }

  /// The same over an axis.
  public func quantile(
    _ fraction: Double, axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    quantile(fraction, axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The medians over some axes, NaN where there is one; of an even number the mean of both in the middle.
  ///
  ///     Tensor([[3, 1, 8], [2, 4, 6]]).median(axis: 1)   // [3, 4]
  ///
  /// - Precondition: There is at least one element to each result.
  public func median(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    quantile(0.5, axes: axes, keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The same over an axis.
  public func median(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    median(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The quantiles over some axes, as `quantiles`, of the elements that are numbers.
  ///
  ///     Tensor([1, .nan, 3]).quantilesOfNumbers([0, 0.5, 1])   // [1, 2, 3]
  ///
  /// - Parameters:
  ///   - fractions: Of any shape, from 0 to 1; its axes come first in the result.
  ///   - axes: The axes, all of them by default.
  ///   - keepingAxes: Whether they stay with extent one.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: NaN where no element is a number.
  /// - Precondition: There is at least one element to each result.
  public func quantilesOfNumbers(
    _ fractions: Tensor<Double>, axes: [Int]? = nil, keepingAxes: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    quantiles(fractions, axes, keepingAxes, leavesOutNaN: true, "quantilesOfNumbers", file, line)
  }

  /// The medians over some axes of the elements that are numbers; NaN where none is.
  ///
  ///     Tensor([1, .nan, 3]).medianOfNumbers()   // 2
  ///
  /// - Precondition: There is at least one element to each result.
  public func medianOfNumbers(
    axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    quantilesOfNumbers(
      Tensor<Double>(scalar: 0.5), axes: axes, keepingAxes: keepingAxes, file: file, line: line)
  }

  /// The same over an axis.
  public func medianOfNumbers(
    axis: Int, keepingAxes: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    medianOfNumbers(axes: [axis], keepingAxes: keepingAxes, file: file, line: line)
  }

  private func quantiles(
    _ fractions: Tensor<Double>, _ axes: [Int]?, _ keepingAxes: Bool, leavesOutNaN: Bool,
    _ name: String, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let axes = resolved(axes, name, file, line)
    let kept = shape.indices.filter { !axes.contains($0) }
    let length = axes.map { shape[$0] }.product
    check(length > 0, "\(name): axes \(axes) of \(shape) are empty", file: file, line: line)
    check(
      ((fractions .>= 0) .& (fractions .<= 1)).all(),
      "\(name): \(fractions) are not all from 0 to 1", file: file, line: line)
    // Sorting puts NaN last, so that the last place of a number is known.
    let sorted = permuted(kept + axes).reshaped(kept.map { shape[$0] } + [length]).sorted()
    let lastPlaces =
      leavesOutNaN
      ? maximum((.!sorted.isNaN()).count(axis: -1, keepingAxes: true) - 1, 0)
      : Tensor<Int64>(scalar: Int64(length - 1)).broadcast(to: sorted.shape.dropLast() + [1])
    let hasResult = .!sorted[.ellipsis, leavesOutNaN ? 0 : -1].isNaN()
    let parts = fractions.flattened().elements.map { fraction -> Tensor<Double> in
      let places = lastPlaces.converted(to: Double.self) * fraction
      let lower = places.floor()
      let lowerPlaces = lower.converted(to: Int64.self)
      let upperPlaces = minimum(lowerPlaces + 1, lastPlaces)
      let a = sorted.gathered(along: -1, lowerPlaces).squeezed(-1).converted(to: Double.self)
      let b = sorted.gathered(along: -1, upperPlaces).squeezed(-1).converted(to: Double.self)
      // From the nearer end, as NumPy does it, so that both ends are met.
      let t = (places - lower).squeezed(-1)
      let value = (a + (b - a) * t).where(t .< 0.5, else: b - (b - a) * (1 - t))
      // Equals may be infinite, whose difference is none.
      return value.where((a .!= b) .& (t .!= 0), else: a).where(hasResult, else: .nan)
    }
    var result =
      parts.isEmpty
      ? Tensor<Double>(zeros: fractions.shape + hasResult.shape)
      : Tensor<Double>(stacking: parts).reshaped(fractions.shape + hasResult.shape)
    if keepingAxes {
      result = axes.reduce(result) { $0.expanded(at: fractions.rank + $1) }
    }
    return result.converted(to: Scalar.self)
  }

  /// The means over some axes, in which each element counts by its weight.
  ///
  ///     Tensor([1, 5]).mean(weights: [3, 1])   // 2
  ///
  /// - Parameters:
  ///   - weights: Broadcast to this tensor's shape.
  ///   - axes: The axes, all of them by default.
  ///   - keepingAxes: Whether the axes stay with extent one.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The result.
  public func mean(
    weights: Tensor, axes: [Int]? = nil, keepingAxes: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    let wide = weights.broadcast(to: shape, file: file, line: line).converted(to: Double.self)
    let sums = (converted(to: Double.self) * wide)
      .sum(axes: axes, keepingAxes: keepingAxes, file: file, line: line)
    return (sums / wide.sum(axes: axes, keepingAxes: keepingAxes)).converted(to: Scalar.self)
  }

  /// The covariances of the rows of a matrix, each of which is a variable, and its columns samples.
  ///
  ///     Tensor([[1, 2, 3], [6, 4, 2]]).covariance()   // [[1, -2], [-2, 4]]
  ///
  /// - Parameters:
  ///   - correction: The sums are divided by the number of columns less this.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: A square matrix.
  public func covariance(
    correction: Double = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    check(rank == 2, "covariance: \(shape) is no matrix", file: file, line: line)
    let wide = converted(to: Double.self)
    let centered = (wide - wide.mean(axis: 1, keepingAxes: true)).contiguous()
    let turned = centered.transposed().contiguous()
    let product = Tensor<Double>(uninitialized: [shape[0], shape[0]])
    doubleProduct(centered, turned, into: product)
    return (product / Swift.max(Double(shape[1]) - correction, 0)).converted(to: Scalar.self)
  }

  /// The correlations of the rows of a matrix, each of which is a variable.
  ///
  ///     Tensor([[1, 2, 3], [6, 4, 2]]).correlation()   // [[1, -1], [-1, 1]]
  public func correlation(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    let covariance = converted(to: Double.self).covariance(file: file, line: line)
    let deviation = covariance.diagonal().squareRoot()
    return (covariance / deviation.expanded(at: 1) / deviation).converted(to: Scalar.self)
  }
}

/// The product of two matrices without gaps.
func doubleProduct(
  _ a: Tensor<Double>, _ b: Tensor<Double>, into output: Tensor<Double>
) {
  a.withUnsafeElements { x in
    b.withUnsafeElements { y in
      guard let x = x.baseAddress, let y = y.baseAddress else { return }
      Double._sequential.product(
        x, y, output.mutablePointer, a.shape[0], a.shape[1], b.shape[1])
    }
  }
}
