public import _KernelsMicro

// Functions of every element, of all types of floating-point numbers.
//
// Errors are those of the C library for `Double` and `Float`, 1 to 2 units in the last place with
// glibc (`gamma`: 10), but for those functions of `Float` that have vector code: `exp` 2, `log` 1,
// `tanh` 3, `erf` 7; `sin`, `cos`, `tan` and `atan2` are computed in `Double` and rounded once.
// `Float16` and `BFloat16` are computed in `Float` and rounded.
extension Tensor where Scalar: TensorFloatingPoint {
  /// e to the power of each element.
  ///
  /// As that of every function of each element, the result has this tensor's shape.
  ///
  ///     Tensor([0, 1]).exp()     // [1, 2.718]
  ///     Tensor([3, -1]).exp2()   // [8, 0.5]
  public func exp() -> Tensor { Scalar._map(.exp, self) }

  /// 2 to the power of each element.
  public func exp2() -> Tensor { Scalar._map(.exp2, self) }

  /// e to the power of each element, minus one, exact near zero.
  public func expMinusOne() -> Tensor { Scalar._map(.expMinusOne, self) }

  /// The natural logarithms: -infinity of zero, NaN of what is less.
  ///
  ///     Tensor([1, 0, -1]).log()    // [0, -inf, nan]
  ///     Tensor([8, 0.5]).log2()     // [3, -1]
  ///     Tensor([1000, 1]).log10()   // [3, 0]
  public func log() -> Tensor { Scalar._map(.log, self) }

  /// The logarithms to base 2.
  public func log2() -> Tensor { Scalar._map(.log2, self) }

  /// The logarithms to base 10.
  public func log10() -> Tensor { Scalar._map(.log10, self) }

  /// The natural logarithms of one plus each element, exact near zero.
  public func logOnePlus() -> Tensor { Scalar._map(.logOnePlus, self) }

  /// The square roots, correctly rounded; NaN of what is less than zero.
  ///
  ///     Tensor([4, 2]).squareRoot()   // [2, 1.414]
  ///     Tensor([27, -8]).cubeRoot()   // [3, -2]
  public func squareRoot() -> Tensor { Scalar._map(.squareRoot, self) }

  /// The cube roots, of negative numbers too.
  public func cubeRoot() -> Tensor { Scalar._map(.cubeRoot, self) }

  /// The sines of angles in radians.
  ///
  ///     Tensor([0, Float.pi / 6]).sin()   // [0, 0.5]
  ///     Tensor([0, Float.pi / 3]).cos()   // [1, 0.5]
  ///     Tensor([0, Float.pi / 4]).tan()   // [0, 1]
  public func sin() -> Tensor { Scalar._map(.sin, self) }

  /// The cosines of angles in radians.
  public func cos() -> Tensor { Scalar._map(.cos, self) }

  /// The tangents of angles in radians.
  public func tan() -> Tensor { Scalar._map(.tan, self) }

  /// The angles, in radians, of sines.
  ///
  ///     Tensor([0, 1]).asin()   // [0, 1.571]
  ///     Tensor([0, 1]).acos()   // [1.571, 0]
  ///     Tensor([0, 1]).atan()   // [0, 0.785]
  public func asin() -> Tensor { Scalar._map(.asin, self) }

  /// The angles, in radians, of cosines.
  public func acos() -> Tensor { Scalar._map(.acos, self) }

  /// The angles, in radians, of tangents.
  public func atan() -> Tensor { Scalar._map(.atan, self) }

  /// The hyperbolic sines.
  ///
  ///     Tensor([0, 1]).sinh()   // [0, 1.175]
  ///     Tensor([0, 1]).cosh()   // [1, 1.543]
  ///     Tensor([0, 1]).tanh()   // [0, 0.762]
  public func sinh() -> Tensor { Scalar._map(.sinh, self) }

  /// The hyperbolic cosines.
  public func cosh() -> Tensor { Scalar._map(.cosh, self) }

  /// The hyperbolic tangents.
  public func tanh() -> Tensor { Scalar._map(.tanh, self) }

  /// The inverse hyperbolic sines.
  ///
  ///     Tensor([0, 1]).asinh()     // [0, 0.881]
  ///     Tensor([1, 2]).acosh()     // [0, 1.317]
  ///     Tensor([0, 0.5]).atanh()   // [0, 0.549]
  public func asinh() -> Tensor { Scalar._map(.asinh, self) }

  /// The inverse hyperbolic cosines.
  public func acosh() -> Tensor { Scalar._map(.acosh, self) }

  /// The inverse hyperbolic tangents.
  public func atanh() -> Tensor { Scalar._map(.atanh, self) }

  /// The error function.
  ///
  ///     Tensor([0, 1]).erf()    // [0, 0.843]
  ///     Tensor([0, 1]).erfc()   // [1, 0.157]
  public func erf() -> Tensor { Scalar._map(.erf, self) }

  /// One minus the error function, exact where that is small.
  public func erfc() -> Tensor { Scalar._map(.erfc, self) }

  /// The gamma function.
  ///
  ///     Tensor([5, 0.5]).gamma()      // [24, 1.772]
  ///     Tensor([5, 100]).logGamma()   // [3.178, 359.134]
  public func gamma() -> Tensor { Scalar._map(.gamma, self) }

  /// The logarithms of the magnitude of the gamma function.
  public func logGamma() -> Tensor { Scalar._map(.logGamma, self) }

  /// The modified Bessel function of the first kind and of order 0; infinity where it overflows.
  ///
  ///     Tensor([0, 1]).besselI0()   // [1, 1.266]
  public func besselI0() -> Tensor { Scalar._map(.besselI0, self) }

  /// The logistic function, 1 / (1 + e⁻ˣ).
  ///
  ///     Tensor([0, 2]).sigmoid()   // [0.5, 0.881]
  public func sigmoid() -> Tensor { Scalar._map(.sigmoid, self) }

  /// The integers that elements are rounded to: the nearest, ties to even, unless said otherwise.
  ///
  ///     let x: Tensor<Float> = [2.5, -0.5, 1.7]
  ///     x.rounded()        // [2, -0, 2]
  ///     x.rounded(.down)   // [2, -1, 1]
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
  ///
  ///     Tensor([3.14159]).rounded(decimals: 2)   // [3.14]
  public func rounded(decimals: Int) -> Tensor {
    let factor = Tensor<Double>(scalar: 10)
    let scale = pow(factor, Double(abs(decimals)))
    let wide = converted(to: Double.self)
    let result = decimals < 0 ? (wide / scale).rounded() * scale : (wide * scale).rounded() / scale
    return result.converted(to: Scalar.self)
  }

  /// The largest integers that are not above the elements.
  ///
  ///     Tensor([-1.5, 1.5]).floor()   // [-2, 1]
  public func floor() -> Tensor { rounded(.down) }

  /// The smallest integers that are not below the elements.
  ///
  ///     Tensor([-1.5, 1.5]).ceil()   // [-1, 2]
  public func ceil() -> Tensor { rounded(.up) }

  /// The whole parts, towards zero.
  ///
  ///     Tensor([-1.5, 1.5]).truncated()   // [-1, 1]
  public func truncated() -> Tensor { rounded(.towardZero) }

  /// What is left of the elements without their whole parts, with their sign.
  ///
  ///     Tensor([-1.5, 2.25]).fraction()   // [-0.5, 0.25]
  public func fraction() -> Tensor { copySign(self.finiteFraction(), self) }

  private func finiteFraction() -> Tensor {
    (self - truncated()).where(.!isInfinite(), else: Tensor(scalar: .zero))
  }

  /// One divided by each element.
  ///
  ///     Tensor([2, 4]).reciprocal()   // [0.5, 0.25]
  public func reciprocal() -> Tensor { Tensor(scalar: .one) / self }

  /// Angles in degrees, as radians.
  ///
  ///     Tensor([180]).radians()   // [3.142]
  public func radians() -> Tensor { self * Tensor(scalar: Scalar(Double.pi / 180)) }

  /// Angles in radians, as degrees.
  ///
  ///     Tensor([Float.pi]).degrees()   // [180]
  public func degrees() -> Tensor { self * Tensor(scalar: Scalar(180 / Double.pi)) }

  /// sin(πx) / πx, one at zero.
  ///
  ///     Tensor([0, 0.5, 1]).sinc()   // [1, 0.637, 0]
  public func sinc() -> Tensor {
    let angle = self * Tensor(scalar: Scalar(Double.pi))
    return (angle.sin() / angle).where(self .!= Tensor(scalar: .zero), else: Tensor(scalar: .one))
  }

  /// Where an element is not a number.
  ///
  ///     let x: Tensor<Float> = [1, .nan, .infinity]
  ///     x.isNaN()        // [false, true, false]
  ///     x.isFinite()     // [true, false, false]
  ///     x.isInfinite()   // [false, false, true]
  public func isNaN() -> Tensor<Bool> { self .!= self }

  /// Where an element is a number and not infinite.
  public func isFinite() -> Tensor<Bool> { absolute() .< Tensor(scalar: Scalar(.infinity)) }

  /// Where an element is infinite, of either sign.
  public func isInfinite() -> Tensor<Bool> { absolute() .== Tensor(scalar: Scalar(.infinity)) }

  /// Where the sign of an element is minus, that of a zero too.
  ///
  ///     Tensor([-1, -0.0, 2]).isSignMinus()   // [true, true, false]
  public func isSignMinus() -> Tensor<Bool> {
    copySign(Tensor(scalar: .one), self) .< Tensor(scalar: .zero)
  }

  /// The elements, but another where they are no number.
  ///
  ///     Tensor([1, .nan]).replacingNaN(with: 0)   // [1, 0]
  public func replacingNaN(with other: Tensor) -> Tensor { self.where(.!isNaN(), else: other) }

  /// The elements, but others where they are no number or infinite: by default zero and the ends of
  /// the range, as NumPy's `nan_to_num`.
  ///
  ///     Tensor([.nan, 1, .infinity]).replacingNonfinite(infinity: 9)   // [0, 1, 9]
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
  ///
  ///     Tensor([-3, 2]).squared()   // [9, 4]
  public func squared() -> Tensor { self * self }

  /// One with the sign of each element, zero for zero, NaN for NaN.
  ///
  ///     Tensor([-3, 0, 2]).sign()   // [-1, 0, 1]
  public func sign() -> Tensor {
    let zero = Tensor(scalar: .zero)
    let signs = Tensor.select(self .> zero, Tensor(scalar: .one), self)
    return Tensor.select(self .< zero, Tensor(scalar: .difference(.zero, .one)), signs)
  }

  /// The step function: zero below zero, one above it, and `middle` at it; NaN of NaN.
  ///
  ///     Tensor([-3, 0, 2]).step(atZero: 0.5)   // [0, 0.5, 1]
  public func step(atZero middle: Tensor) -> Tensor {
    let zero = Tensor(scalar: .zero)
    let sides = Tensor.select(
      self .> zero, Tensor(scalar: .one), Tensor.select(self .< zero, zero, self))
    return Tensor.select(self .== zero, middle, sides)
  }
}
