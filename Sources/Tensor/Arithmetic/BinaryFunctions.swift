internal import _KernelsSequential

// Functions of two tensors, broadcast against each other. `Float16` and `BFloat16` are computed in
// `Float` and rounded.
//
//     pow(x, 2)
//     atan2(y, x)

/// The first to the power of the second, broadcast.
public func pow<Scalar: TensorFloatingPoint>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor.zipped(.power, a, b, "pow")
}

/// The angles, in radians, of points (x, y), from -π to π, broadcast.
public func atan2<Scalar: TensorFloatingPoint>(
  _ y: Tensor<Scalar>, _ x: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor.zipped(.arctangent, y, x, "atan2")
}

/// The square roots of the sums of the squares, which do not overflow, broadcast.
public func hypot<Scalar: TensorFloatingPoint>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor.zipped(.hypotenuse, a, b, "hypot")
}

/// The magnitudes of the first with the signs of the second, broadcast.
public func copySign<Scalar: TensorFloatingPoint>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor.zipped(.copySign, a, b, "copySign")
}

/// The next numbers after the first in the direction of the second, broadcast.
public func nextAfter<Scalar: TensorFloatingPoint>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor.zipped(.nextAfter, a, b, "nextAfter")
}

/// The logarithms of the sums of the exponentials of both, which do not overflow, broadcast.
public func logAddExp<Scalar: TensorFloatingPoint>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor.zipped(.logAddExp, a, b, "logAddExp")
}

/// The same to base 2.
public func logAddExp2<Scalar: TensorFloatingPoint>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor.zipped(.logAddExp2, a, b, "logAddExp2")
}

/// The larger of each two elements, broadcast; the other one where one is NaN.
public func maximumNumber<Scalar: TensorFloatingPoint>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor.zipped(.largerNumber, a, b, "maximumNumber")
}

/// The smaller of each two elements, broadcast; the other one where one is NaN.
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
  public func flooredQuotient(dividingBy divisor: Tensor) -> Tensor {
    Tensor.zipped(.flooredQuotient, self, divisor, "flooredQuotient")
  }

  /// What the whole quotient towards minus infinity leaves, with the sign of the divisor, as Python's
  /// `%`, broadcast.
  public func flooredRemainder(dividingBy divisor: Tensor) -> Tensor {
    Tensor.zipped(.flooredRemainder, self, divisor, "flooredRemainder")
  }

  /// What the whole quotient towards zero leaves, with the sign of the dividend, as C's `fmod`,
  /// broadcast.
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
