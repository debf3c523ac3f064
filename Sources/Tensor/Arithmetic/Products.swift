// Products of vectors and matrices that need no fast product of matrices, and what else is made of
// neighbours. `matmul` and `einsum` are in `Kernels`.
extension Tensor where Scalar: TensorNumeric {
  /// All products of an element of this tensor and one of another.
  ///
  ///     Tensor([1, 2]).outer([3, 4, 5])   // [[3, 4, 5], [6, 8, 10]]
  ///
  /// - Returns: The shape of this tensor and then that of the other.
  public func outer(_ other: Tensor) -> Tensor {
    reshaped(shape + other.shape.map { _ in 1 }) * other
  }

  /// The sum of the products of the elements of two vectors; in `Double`, rounded once, where they are
  /// floating-point numbers.
  ///
  ///     Tensor([1, 2]).dot([3, 4])   // 11
  ///
  /// - Precondition: Both have as many elements.
  public func dot(
    _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    check(
      rank == 1 && shape == other.shape, "dot: \(shape) and \(other.shape) do not meet", file: file,
      line: line)
    guard Scalar.scalarType.isFloatingPoint else { return (self * other).sum() }
    let products = converted(to: Double.self) * other.converted(to: Double.self)
    return products.sum().converted(to: Scalar.self)
  }

  /// The sums of the diagonals of the matrices along two axes, the last two unless said otherwise.
  ///
  ///     Tensor([[1, 2], [3, 4]]).trace()   // 5
  ///
  /// - Returns: One number for each matrix, of the shape of the other axes.
  public func trace(
    offset: Int = 0, axes: (Int, Int) = (-2, -1), file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    diagonal(offset: offset, axes: axes, file: file, line: line).sum(axis: -1)
  }

  /// The cross products of vectors of three elements along an axis, broadcast.
  ///
  ///     Tensor([1, 0, 0]).cross([0, 1, 0])   // [0, 0, 1]
  public func cross(
    _ other: Tensor, axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let a = movingAxis(axis, to: 0, file: file, line: line)
    let b = other.movingAxis(axis, to: 0, file: file, line: line)
    check(
      a.shape[0] == 3 && b.shape[0] == 3,
      "cross: axis \(axis) of \(shape) and \(other.shape) is not of three elements", file: file,
      line: line)
    let parts = [(1, 2), (2, 0), (0, 1)].map { i, j in a[i] * b[j] - a[j] * b[i] }
    return Tensor(stacking: parts, axis: axis)
  }

  /// The convolution of two vectors: the sums of the products of one with the other, reversed and
  /// moved along it; NumPy's `convolve`.
  ///
  ///     Tensor([1, 2, 3]).convolved(with: [0, 1, 0.5])   // [0, 1, 2.5, 4, 1.5]
  ///
  /// - Parameters:
  ///   - other: A vector.
  ///   - part: Which places count: all at which both meet, as many as the longer has, or those at
  ///     which the shorter is all on the longer.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The result.
  /// - Precondition: Both have elements.
  public func convolved(
    with other: Tensor, _ part: ConvolvedPart = .full, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    check(
      rank == 1 && other.rank == 1 && count > 0 && other.count > 0,
      "convolve: \(shape) and \(other.shape) are not two vectors", file: file, line: line)
    let (long, short) = count >= other.count ? (self, other) : (other, self)
    var full = Tensor(zeros: [long.count + short.count - 1])
    for i in 0..<short.count {
      full[i..<i + long.count] = full[i..<i + long.count] + long * short[i]
    }
    switch part {
    case .full: return full
    case .same: return full[(short.count - 1) / 2..<(short.count - 1) / 2 + long.count].copied()
    case .valid: return full[short.count - 1..<long.count].copied()
    }
  }
}

/// Which places of a convolution count.
public enum ConvolvedPart: Sendable, Hashable {
  /// All at which both vectors meet.
  case full
  /// As many as the longer vector has, in the middle.
  case same
  /// Those at which the shorter vector is all on the longer.
  case valid
}

extension Tensor where Scalar: TensorFloatingPoint {
  /// Linear interpolation between known points; beyond them, the value of the nearest one.
  ///
  /// NumPy's `interp`.
  ///
  ///     Tensor([0.5, 2]).interpolated([0, 1, 2], [0, 10, 30])   // [5, 30]
  ///
  /// - Parameters:
  ///   - x: The places of the points, in rising order.
  ///   - y: Their values.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: A value for each element, which is a place.
  public func interpolated(
    _ x: Tensor, _ y: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    check(
      x.rank == 1 && x.shape == y.shape && x.count > 0,
      "interpolate: points of shapes \(x.shape) and \(y.shape)", file: file, line: line)
    let (places, knots, values) = (
      converted(to: Double.self), x.converted(to: Double.self), y.converted(to: Double.self)
    )
    let upper = minimum(
      maximum(knots.places(for: places, behindEquals: true), 1), Int64(Swift.max(x.count - 1, 1)))
    if x.count == 1 { return values.broadcast(to: shape).converted(to: Scalar.self) }
    let lower = upper - 1
    let (x0, x1) = (knots.gathered(lower), knots.gathered(upper))
    let (y0, y1) = (values.gathered(lower), values.gathered(upper))
    let line = y0 + (y1 - y0) / (x1 - x0) * (places - x0)
    return line.where(places .>= knots[0], else: values[0])
      .where(places .< knots[-1], else: values[-1])
      .where(.!places.isNaN(), else: places).converted(to: Scalar.self)
  }

  /// The derivative along an axis by central differences, and by one-sided ones at both ends.
  ///
  /// NumPy's `gradient`.
  ///
  /// The result has this tensor's shape.
  ///
  ///     Tensor([1, 4, 9, 16]).gradient()   // [3, 4, 6, 7]
  ///
  /// - Precondition: The axis has at least two elements.
  public func gradient(
    axis: Int = -1, spacing: Double = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let axis = self.axis(axis, "gradient", file, line)
    let n = shape[axis]
    check(n > 1, "gradient: axis \(axis) of \(shape) is too short", file: file, line: line)
    let first = narrowed(axis, 1..<2) - narrowed(axis, 0..<1)
    let last = narrowed(axis, n - 1..<n) - narrowed(axis, n - 2..<n - 1)
    let middle = (narrowed(axis, 2..<n) - narrowed(axis, 0..<n - 2)) / Tensor(scalar: Scalar(2.0))
    return Tensor(concatenating: [first, middle, last], axis: axis)
      / Tensor(scalar: Scalar(spacing))
  }

  /// The integral along an axis by the trapezoidal rule, of elements that are `spacing` apart.
  ///
  /// NumPy's `trapezoid`.
  ///
  ///     Tensor([0, 1, 2]).trapezoid()   // 2
  public func trapezoid(
    axis: Int = -1, spacing: Double = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let axis = self.axis(axis, "trapezoid", file, line)
    let n = Swift.max(shape[axis], 1)
    let means = narrowed(axis, Swift.min(1, shape[axis])..<shape[axis]) + narrowed(axis, 0..<n - 1)
    return means.sum(axis: axis) * Tensor(scalar: Scalar(spacing / 2))
  }

  /// Angles in radians without jumps: a difference of neighbours along an axis of more than
  /// half a turn is replaced by one that differs by whole turns.
  ///
  /// NumPy's `unwrap`.
  ///
  /// The result has this tensor's shape.
  ///
  ///     Tensor([0, 3, -3]).unwrapped()   // [0, 3, 3.283]
  public func unwrapped(
    axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let axis = self.axis(axis, "unwrap", file, line)
    guard shape[axis] > 1 else { return self }
    let wide = converted(to: Double.self)
    let steps = wide.differences(axis: axis)
    let turn = Tensor<Double>(scalar: 2 * .pi)
    var short = (steps + Double.pi).flooredRemainder(dividingBy: turn) - Double.pi
    short = Tensor<Double>.select(
      (short .== -Double.pi) .& (steps .> 0), Tensor<Double>(scalar: .pi), short)
    // Where a step is not a number, neither is what follows.
    let corrections = Tensor<Double>.select(
      steps.absolute() .< Double.pi, Tensor<Double>(scalar: 0), short - steps
    ).cumulativeSum(axis: axis)
    let rest = wide.narrowed(axis, 1..<shape[axis]) + corrections
    return Tensor<Double>(concatenating: [wide.narrowed(axis, 0..<1), rest], axis: axis)
      .converted(to: Scalar.self)
  }
}
