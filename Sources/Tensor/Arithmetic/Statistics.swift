internal import _KernelsSequential

// Statistics of floating-point numbers, worked out in `Double`.
extension Tensor where Scalar: TensorFloatingPoint {
  /// The softmax along an axis, eˣ / Σ eˣ.
  ///
  ///     logits.softmax(axis: -1)
  ///
  /// Infinity beside others and NaN give NaN. (`Kernels` has one for hot code, in a workspace.)
  public func softmax(
    axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let powers = shifted(axis, "softmax", file, line).exp()
    return (powers / powers.sum(axis: axis, keepingAxes: true)).converted(to: Scalar.self)
  }

  /// The logarithms of the softmax along an axis, which do not underflow.
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
  ///     x.quantiles([0.25, 0.5, 0.75], axes: [0])
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
    let axes = resolved(axes, "quantiles", file, line)
    let kept = shape.indices.filter { !axes.contains($0) }
    let length = axes.map { shape[$0] }.product
    check(length > 0, "quantiles: axes \(axes) of \(shape) are empty", file: file, line: line)
    check(
      ((fractions .>= 0) .& (fractions .<= 1)).all(),
      "quantiles: \(fractions) are not all from 0 to 1", file: file, line: line)
    let sorted = permuted(kept + axes).reshaped(kept.map { shape[$0] } + [length])
      .converted(to: Double.self).sorted()
    let last = sorted[.ellipsis, length - 1]
    let parts = fractions.flattened().elements.map { fraction -> Tensor<Double> in
      let place = fraction * Double(length - 1)
      let lower = place.rounded(.down)
      let (a, b) = (
        sorted[.ellipsis, Int(lower)], sorted[.ellipsis, Swift.min(Int(lower) + 1, length - 1)]
      )
      // From the nearer end, as NumPy does it, so that both ends are met.
      let t = place - lower
      let value = t == 0 ? a : t < 0.5 ? a + (b - a) * t : b - (b - a) * (1 - t)
      // Sorting puts NaN last. Equals may be infinite, whose difference is none.
      return value.where(a .!= b, else: a).where(.!last.isNaN(), else: last)
    }
    var result =
      parts.isEmpty
      ? Tensor<Double>(zeros: fractions.shape + last.shape)
      : Tensor<Double>(stacking: parts).reshaped(fractions.shape + last.shape)
    if keepingAxes {
      result = axes.reduce(result) { $0.expanded(at: fractions.rank + $1) }
    }
    return result.converted(to: Scalar.self)
  }

  /// The quantile over some axes, interpolated linearly between two neighbours; NaN where there is
  /// one.
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

  /// The means over some axes, in which each element counts by its weight.
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
  public func correlation(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
    let covariance = converted(to: Double.self).covariance(file: file, line: line)
    let deviation = covariance.diagonal().squareRoot()
    return (covariance / deviation.expanded(at: 1) / deviation).converted(to: Scalar.self)
  }
}

/// The product of two matrices without gaps.
private func doubleProduct(
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

extension Tensor where Scalar: TensorNumeric {
  /// How many elements there are between neighbouring edges: NumPy's `histogram`.
  ///
  ///     let (counts, edges) = x.histogram(bins: 10)
  ///
  /// - Parameters:
  ///   - bins: The number of intervals of one width, at least one.
  ///   - range: From where to where; from the smallest element to the largest by default.
  ///   - weights: What each element counts, of this tensor's shape; one by default.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The counts, and one edge more. Elements outside of the range and NaN are not counted.
  public func histogram(
    bins: Int = 10, range: ClosedRange<Double>? = nil, weights: Tensor<Double>? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> (counts: Tensor<Double>, edges: Tensor<Double>) {
    check(bins > 0, "histogram: \(bins) bins", file: file, line: line)
    let wide = converted(to: Double.self)
    var (low, high) = range.map { ($0.lowerBound, $0.upperBound) } ?? (0, 1)
    if range == nil && count > 0 { (low, high) = (wide.min().item, wide.max().item) }
    check(
      low.isFinite && high.isFinite, "histogram: the elements are from \(low) to \(high)",
      file: file, line: line)
    if low == high { (low, high) = (low - 0.5, high + 0.5) }
    let edges = Tensor<Double>(from: low, through: high, count: bins + 1)
    return (histogram(edges: edges, weights: weights, file: file, line: line), edges)
  }

  /// How many elements there are between neighbours of some edges; the last interval has its upper end
  /// too.
  ///
  /// - Parameters:
  ///   - edges: At least two, in rising order.
  ///   - weights: What each element counts, of this tensor's shape; one by default.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The result.
  public func histogram(
    edges: Tensor<Double>, weights: Tensor<Double>? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor<Double> {
    check(
      edges.rank == 1 && edges.count > 1 && (edges.differences() .>= 0).all(),
      "histogram: \(edges.count) edges do not rise", file: file, line: line)
    check(
      weights.map { $0.shape == shape } ?? true,
      "histogram: weights of shape \(weights?.shape ?? []) for \(shape)", file: file, line: line)
    var result = Tensor<Double>(zeros: [edges.count - 1])
    let (values, dense) = (converted(to: Double.self).elements, weights?.elements)
    let list = edges.elements
    result.withUnsafeMutableElements { output in
      guard let base = output.baseAddress else { return }
      if let dense {
        _KernelsSequential.histogram(
          values, weights: dense, count: values.count, edges: list, base, bins: output.count)
      } else {
        _KernelsSequential.histogram(
          values, weights: nil, count: values.count, edges: list, base, bins: output.count)
      }
    }
    return result
  }

  /// The number of the interval between rising edges that each element is in: 0 before the
  /// first edge, as many as there are edges behind the last.
  ///
  /// NumPy's `digitize`.
  ///
  /// - Parameters:
  ///   - edges: The edges, in rising order.
  ///   - upperEnds: Whether an interval has its upper end, not its lower one.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The result.
  public func intervals(
    _ edges: Tensor, upperEnds: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int64> {
    edges.places(for: self, behindEquals: !upperEnds, file: file, line: line)
  }
}

extension Tensor where Scalar: TensorInteger {
  /// How often each integer from zero on is there: NumPy's `bincount`.
  ///
  ///     Tensor<Int64>([0, 2, 2]).counts()   // [1, 0, 2]
  ///
  /// - Parameters:
  ///   - length: The least extent of the result.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The result.
  /// - Precondition: No element is negative.
  public func counts(
    length: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int64> {
    counts(
      weights: Tensor<Int64>(scalar: 1).broadcast(to: shape), length: length, file: file, line: line
    )
  }

  /// The sums of the weights of each integer from zero on.
  public func counts<Weight: TensorNumeric>(
    weights: Tensor<Weight>, length: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Weight> {
    check(
      weights.shape == shape, "counts: weights of shape \(weights.shape) for \(shape)", file: file,
      line: line)
    let places = flattened().converted(to: Int64.self)
    let extent = count == 0 ? 0 : Int(places.max().item) + 1
    places.checkIndices(below: Swift.max(extent, 0), "counts", file, line)
    var result = Tensor<Weight>(zeros: [Swift.max(extent, length)])
    result.add(weights.flattened(), along: 0, at: places)
    return result
  }
}
