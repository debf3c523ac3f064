internal import _KernelsSequential

// Functions of two tensors, broadcast against each other. `Float16` and `BFloat16` are computed in
// `Float` and rounded.

/// The first to the power of the second, broadcast.
///
///     pow(Tensor([1, 2, 3]), 2)   // [1, 4, 9]
public func pow<Scalar: TensorFloatingPoint>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor.zipped(.power, a, b, "pow")
}

/// The angles, in radians, of points (x, y), from -π to π, broadcast.
///
///     atan2(Tensor([1, 0]), Tensor([0, -1]))   // [1.571, 3.142]
public func atan2<Scalar: TensorFloatingPoint>(
  _ y: Tensor<Scalar>, _ x: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor.zipped(.arctangent, y, x, "atan2")
}

/// The square roots of the sums of the squares, which do not overflow, broadcast.
///
///     hypot(Tensor([3, 5]), Tensor([4, 12]))   // [5, 13]
public func hypot<Scalar: TensorFloatingPoint>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor.zipped(.hypotenuse, a, b, "hypot")
}

/// The magnitudes of the first with the signs of the second, broadcast.
///
///     copySign(Tensor([1, 2]), Tensor([-3, 3]))   // [-1, 2]
public func copySign<Scalar: TensorFloatingPoint>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor.zipped(.copySign, a, b, "copySign")
}

/// The next numbers after the first in the direction of the second, broadcast.
///
///     nextAfter(Tensor([16_777_216]), .infinity)   // [16777218]
public func nextAfter<Scalar: TensorFloatingPoint>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor.zipped(.nextAfter, a, b, "nextAfter")
}

/// The logarithms of the sums of the exponentials of both, which do not overflow, broadcast.
///
///     logAddExp(Tensor([0, 1000]), Tensor([0, 1000]))   // [0.693, 1000.693]
public func logAddExp<Scalar: TensorFloatingPoint>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor.zipped(.logAddExp, a, b, "logAddExp")
}

/// The same to base 2.
///
///     logAddExp2(Tensor([3]), Tensor([3]))   // [4]
public func logAddExp2<Scalar: TensorFloatingPoint>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor.zipped(.logAddExp2, a, b, "logAddExp2")
}

/// The larger of each two elements, broadcast; the other one where one is NaN.
///
///     maximumNumber(Tensor([1, .nan]), Tensor([2, 3]))   // [2, 3]
public func maximumNumber<Scalar: TensorFloatingPoint>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor.zipped(.largerNumber, a, b, "maximumNumber")
}

/// The smaller of each two elements, broadcast; the other one where one is NaN.
///
///     minimumNumber(Tensor([1, .nan]), Tensor([2, 3]))   // [1, 3]
public func minimumNumber<Scalar: TensorFloatingPoint>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor.zipped(.smallerNumber, a, b, "minimumNumber")
}

/// Each element to the power of a number.
@_disfavoredOverload
public func pow<Scalar: TensorFloatingPoint>(
  _ a: Tensor<Scalar>, _ b: Scalar
) -> Tensor<Scalar> {
  pow(a, Tensor(scalar: b))
}

extension Tensor where Scalar: TensorFloatingPoint {
  /// The whole quotients towards minus infinity, as Python's `//`, broadcast.
  ///
  ///     Tensor([-7, 7]).flooredQuotient(dividingBy: 2)   // [-4, 3]
  public func flooredQuotient(dividingBy divisor: Tensor) -> Tensor {
    Tensor.zipped(.flooredQuotient, self, divisor, "flooredQuotient")
  }

  /// What the whole quotient towards minus infinity leaves, with the sign of the divisor, as Python's
  /// `%`, broadcast.
  ///
  ///     Tensor([-7, 7]).flooredRemainder(dividingBy: 2)   // [1, 1]
  public func flooredRemainder(dividingBy divisor: Tensor) -> Tensor {
    Tensor.zipped(.flooredRemainder, self, divisor, "flooredRemainder")
  }

  /// What the whole quotient towards zero leaves, with the sign of the dividend, as C's `fmod`,
  /// broadcast.
  ///
  ///     Tensor([-7, 7]).truncatingRemainder(dividingBy: 2)   // [-1, 1]
  public func truncatingRemainder(dividingBy divisor: Tensor) -> Tensor {
    Tensor.zipped(.truncatingRemainder, self, divisor, "truncatingRemainder")
  }

  static func zipped(
    _ function: BinaryRealFunction, _ a: Tensor, _ b: Tensor, _ name: String
  ) -> Tensor {
    let shape = commonShape(a.shape, b.shape, name)
    return Scalar._zip(function, a.broadcast(to: shape), b.broadcast(to: shape))
  }
}
