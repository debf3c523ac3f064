// What floating-point numbers are made of.
extension Tensor where Scalar: TensorFloatingPoint {
  /// Numbers whose magnitude is at least 0.5 and below 1, and the powers of two that make the elements
  /// of them: NumPy's `frexp`.
  ///
  ///     Tensor([6, -0.25]).significandsAndExponents()   // ([0.75, -0.5], [3, -1])
  ///
  /// - Returns: Two tensors of this shape. Zeros, infinities and NaN are themselves, times 2⁰.
  public func significandsAndExponents() -> (significands: Tensor, exponents: Tensor<Int32>) {
    // In `Double`, which holds every exponent.
    let exponents = Double._map(.binaryExponent, converted(to: Double.self))
    return (Scalar._map(.significand, self), exponents.converted(to: Int32.self))
  }

  /// The elements times powers of two, rounded once, broadcast: NumPy's `ldexp`.
  ///
  ///     Tensor([0.75]).timesPowers(ofTwo: [3])   // [6]
  public func timesPowers(ofTwo exponents: Tensor<Int32>) -> Tensor {
    Tensor<Double>.zipped(
      .timesPowerOfTwo, converted(to: Double.self), exponents.converted(to: Double.self),
      "timesPowers"
    ).converted(to: Scalar.self)
  }

  /// The distances to the next numbers away from zero, with the signs of the elements: NumPy's
  /// `spacing`.
  ///
  /// NaN of infinities and NaN; of both zeros the least number.
  ///
  ///     Tensor([16_777_216]).spacing()   // [2]
  public func spacing() -> Tensor {
    let infinity = Tensor(scalar: Scalar(.infinity))
    return nextAfter(self, copySign(infinity, self + Tensor(scalar: .zero))) - self
  }
}
