public import _KernelsMicro

// Functions of every element, of all types of floating-point numbers.
//
// Errors are those of the C library for `Double` and `Float`, 1 to 2 units in the last place with
// glibc (`gamma`: 10), but for those functions of `Float` that have vector code: `exp` 2, `log` 1,
// `tanh` 3, `erf` 7; `sin`, `cos`, `tan` and `atan2` are computed in `Double` and rounded once. `Float16` and `BFloat16` are computed in `Float` and rounded.
//
//     x.sin()
//     x.rounded(.down)
extension Tensor where Scalar: TensorFloatingPoint {
  /// e to the power of each element.
  public func exp() -> Tensor { Scalar._map(.exp, self) }

  /// 2 to the power of each element.
  public func exp2() -> Tensor { Scalar._map(.exp2, self) }

  /// e to the power of each element, minus one, exact near zero.
  public func expMinusOne() -> Tensor { Scalar._map(.expMinusOne, self) }

  /// The natural logarithms: -infinity of zero, NaN of what is less.
  public func log() -> Tensor { Scalar._map(.log, self) }

  /// The logarithms to base 2.
  public func log2() -> Tensor { Scalar._map(.log2, self) }

  /// The logarithms to base 10.
  public func log10() -> Tensor { Scalar._map(.log10, self) }

  /// The natural logarithms of one plus each element, exact near zero.
  public func logOnePlus() -> Tensor { Scalar._map(.logOnePlus, self) }

  /// The square roots, correctly rounded; NaN of what is less than zero.
  public func squareRoot() -> Tensor { Scalar._map(.squareRoot, self) }

  /// The cube roots, of negative numbers too.
  public func cubeRoot() -> Tensor { Scalar._map(.cubeRoot, self) }

  /// The sines of angles in radians.
  public func sin() -> Tensor { Scalar._map(.sin, self) }

  /// The cosines of angles in radians.
  public func cos() -> Tensor { Scalar._map(.cos, self) }

  /// The tangents of angles in radians.
  public func tan() -> Tensor { Scalar._map(.tan, self) }

  /// The angles, in radians, of sines.
  public func asin() -> Tensor { Scalar._map(.asin, self) }

  /// The angles, in radians, of cosines.
  public func acos() -> Tensor { Scalar._map(.acos, self) }

  /// The angles, in radians, of tangents.
  public func atan() -> Tensor { Scalar._map(.atan, self) }

  /// The hyperbolic sines.
  public func sinh() -> Tensor { Scalar._map(.sinh, self) }

  /// The hyperbolic cosines.
  public func cosh() -> Tensor { Scalar._map(.cosh, self) }

  /// The hyperbolic tangents.
  public func tanh() -> Tensor { Scalar._map(.tanh, self) }

  /// The inverse hyperbolic sines.
  public func asinh() -> Tensor { Scalar._map(.asinh, self) }

  /// The inverse hyperbolic cosines.
  public func acosh() -> Tensor { Scalar._map(.acosh, self) }

  /// The inverse hyperbolic tangents.
  public func atanh() -> Tensor { Scalar._map(.atanh, self) }

  /// The error function.
  public func erf() -> Tensor { Scalar._map(.erf, self) }

  /// One minus the error function, exact where that is small.
  public func erfc() -> Tensor { Scalar._map(.erfc, self) }

  /// The gamma function.
  public func gamma() -> Tensor { Scalar._map(.gamma, self) }

  /// The logarithms of the magnitude of the gamma function.
  public func logGamma() -> Tensor { Scalar._map(.logGamma, self) }

  /// The modified Bessel function of the first kind and of order 0; infinity where it overflows.
  public func besselI0() -> Tensor { Scalar._map(.besselI0, self) }

  /// The logistic function, 1 / (1 + e⁻ˣ).
  public func sigmoid() -> Tensor { Scalar._map(.sigmoid, self) }

  /// The integers that elements are rounded to: the nearest, ties to even, unless said otherwise.
  ///
  ///     x.rounded()              // 2.5 is 2, -0.5 is -0
  ///     x.rounded(.down)         // NumPy's floor
  public func rounded(_ rule: FloatingPointRoundingRule = .toNearestOrEven) -> Tensor {
    switch rule {
    case .toNearestOrEven: Scalar._map(.roundedToEven, self)
    case .toNearestOrAwayFromZero: Scalar._map(.roundedAwayFromZero, self)
    case .down: Scalar._map(.roundedDown, self)
    case .up: Scalar._map(.roundedUp, self)
    case .towardZero: Scalar._map(.roundedTowardsZero, self)
    case .awayFromZero: copySign(absolute().rounded(.up), self)
    @unknown default: Scalar._map(.roundedToEven, self)
    }
  }

  /// The nearest numbers with some decimal places, ties to even, as NumPy's `round`: multiplied, rounded
  /// and divided.
  public func rounded(decimals: Int) -> Tensor {
    let factor = Tensor<Double>(scalar: 10)
    let scale = pow(factor, Double(abs(decimals)))
    let wide = converted(to: Double.self)
    let result = decimals < 0 ? (wide / scale).rounded() * scale : (wide * scale).rounded() / scale
    return result.converted(to: Scalar.self)
  }

  /// The largest integers that are not above the elements.
  public func floor() -> Tensor { rounded(.down) }

  /// The smallest integers that are not below the elements.
  public func ceil() -> Tensor { rounded(.up) }

  /// The whole parts, towards zero.
  public func truncated() -> Tensor { rounded(.towardZero) }

  /// What is left of the elements without their whole parts, with their sign.
  public func fraction() -> Tensor { copySign(self.finiteFraction(), self) }

  private func finiteFraction() -> Tensor {
    (self - truncated()).where(.!isInfinite(), else: Tensor(scalar: .zero))
  }

  /// One divided by each element.
  public func reciprocal() -> Tensor { Tensor(scalar: .one) / self }

  /// Angles in degrees, as radians.
  public func radians() -> Tensor { self * Tensor(scalar: Scalar(Double.pi / 180)) }

  /// Angles in radians, as degrees.
  public func degrees() -> Tensor { self * Tensor(scalar: Scalar(180 / Double.pi)) }

  /// sin(πx) / πx, one at zero.
  public func sinc() -> Tensor {
    let angle = self * Tensor(scalar: Scalar(Double.pi))
    return (angle.sin() / angle).where(self .!= Tensor(scalar: .zero), else: Tensor(scalar: .one))
  }

  /// Where an element is not a number.
  public func isNaN() -> Tensor<Bool> { self .!= self }

  /// Where an element is a number and not infinite.
  public func isFinite() -> Tensor<Bool> { absolute() .< Tensor(scalar: Scalar(.infinity)) }

  /// Where an element is infinite, of either sign.
  public func isInfinite() -> Tensor<Bool> { absolute() .== Tensor(scalar: Scalar(.infinity)) }

  /// Where the sign of an element is minus, that of a zero too.
  public func isSignMinus() -> Tensor<Bool> {
    copySign(Tensor(scalar: .one), self) .< Tensor(scalar: .zero)
  }

  /// The elements, but another where they are no number.
  ///
  ///     x.replacingNaN(with: 0)
  public func replacingNaN(with other: Tensor) -> Tensor { self.where(.!isNaN(), else: other) }

  /// The elements, but others where they are no number or infinite: by default zero and the ends of
  /// the range, as NumPy's `nan_to_num`.
  public func replacingNonfinite(
    nan: Scalar = .zero, infinity: Scalar? = nil, minusInfinity: Scalar? = nil
  ) -> Tensor {
    let limit = Self.greatestFinite
    let upper = Tensor(scalar: infinity ?? limit)
    let lower = Tensor(scalar: minusInfinity ?? .negated(limit))
    let isNegative = self .< Tensor(scalar: .zero)
    return replacingNaN(with: Tensor(scalar: nan))
      .where(.!isInfinite(), else: lower.where(isNegative, else: upper))
  }

  private static var greatestFinite: Scalar {
    Scalar._zip(
      .nextAfter, Tensor(scalar: Scalar(.infinity)), Tensor(scalar: .zero)
    ).item
  }
}

extension Tensor where Scalar: TensorNumeric {
  /// The elements times themselves.
  public func squared() -> Tensor { self * self }

  /// One with the sign of each element, zero for zero, NaN for NaN.
  public func sign() -> Tensor {
    let zero = Tensor(scalar: .zero)
    let signs = Tensor.select(self .> zero, Tensor(scalar: .one), self)
    return Tensor.select(self .< zero, Tensor(scalar: .difference(.zero, .one)), signs)
  }

  /// The step function: zero below zero, one above it, and `middle` at it; NaN of NaN.
  public func step(atZero middle: Tensor) -> Tensor {
    let zero = Tensor(scalar: .zero)
    let sides = Tensor.select(
      self .> zero, Tensor(scalar: .one), Tensor.select(self .< zero, zero, self))
    return Tensor.select(self .== zero, middle, sides)
  }
}
