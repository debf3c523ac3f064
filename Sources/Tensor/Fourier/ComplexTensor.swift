/// Complex numbers as two tensors of one shape, their real and imaginary parts.
///
/// Fourier transforms take and give them. Whatever is done to both parts alike, such as a slice or
/// another shape, is done with `map`:
///
///     let spectrum = Tensor([1, 2, 3, 4]).fft()
///     spectrum.map { $0[..<2] }.real   // [10, -2]
public struct ComplexTensor<Scalar: TensorFloatingPoint>: Sendable {
  /// The real parts.
  public let real: Tensor<Scalar>
  /// The imaginary parts, in the same shape.
  public let imaginary: Tensor<Scalar>

  /// Numbers of these parts; the imaginary ones are zero where nil.
  ///
  ///     ComplexTensor(real: Tensor([3]), imaginary: [4]).shape   // [1]
  ///
  /// - Precondition: Both have one shape.
  public init(real: Tensor<Scalar>, imaginary: Tensor<Scalar>? = nil) {
    self.real = real
    self.imaginary = imaginary ?? Tensor(scalar: 0).broadcast(to: real.shape)
    check(
      self.imaginary.shape == real.shape,
      "complex: real parts \(real.shape) and imaginary parts \(self.imaginary.shape) differ")
  }

  /// The extents.
  public var shape: [Int] { real.shape }

  /// Both parts after some function of tensors.
  ///
  ///     ComplexTensor(real: Tensor([1, 2]), imaginary: [3, 4]).map { -$0 }.imaginary   // [-3, -4]
  public func map(_ function: (Tensor<Scalar>) -> Tensor<Scalar>) -> ComplexTensor {
    ComplexTensor(real: function(real), imaginary: function(imaginary))
  }

  /// The numbers with the opposite imaginary parts.
  ///
  ///     ComplexTensor(real: Tensor([3]), imaginary: [4]).conjugate.imaginary   // [-4]
  public var conjugate: ComplexTensor { ComplexTensor(real: real, imaginary: -imaginary) }

  /// The squared magnitudes, `real² + imaginary²`.
  ///
  ///     ComplexTensor(real: Tensor([3]), imaginary: [4]).squaredMagnitude   // [25]
  public var squaredMagnitude: Tensor<Scalar> { real * real + imaginary * imaginary }

  /// The magnitudes; they overflow or vanish only where the result does.
  ///
  ///     ComplexTensor(real: Tensor([3]), imaginary: [4]).magnitude   // [5]
  public var magnitude: Tensor<Scalar> { zipped { $0.hypotenuse($1) } }

  /// The angles from -π to π, `atan2(imaginary, real)`.
  ///
  ///     ComplexTensor(real: Tensor([0, -1]), imaginary: [1, 0]).angle   // [1.571, 3.142]
  public var angle: Tensor<Scalar> { zipped { $1.angle(from: $0) } }

  /// A number for each pair of parts, computed in 64 bits.
  private func zipped(_ function: (Double, Double) -> Double) -> Tensor<Scalar> {
    let numbers = zip(
      real.converted(to: Double.self).elements, imaginary.converted(to: Double.self).elements
    ).map(function)
    return Tensor<Double>(numbers, shape: shape).converted(to: Scalar.self)
  }

  /// The sum, element by element, with broadcasting.
  public static func + (a: Self, b: Self) -> Self {
    Self(real: a.real + b.real, imaginary: a.imaginary + b.imaginary)
  }

  /// The difference, element by element, with broadcasting.
  public static func - (a: Self, b: Self) -> Self {
    Self(real: a.real - b.real, imaginary: a.imaginary - b.imaginary)
  }

  /// The product, element by element, with broadcasting.
  ///
  ///     let i = ComplexTensor(real: Tensor([0]), imaginary: [1])
  ///     (i * i).real   // [-1]
  public static func * (a: Self, b: Self) -> Self {
    Self(
      real: a.real * b.real - a.imaginary * b.imaginary,
      imaginary: a.real * b.imaginary + a.imaginary * b.real)
  }

  /// The product with real numbers, element by element, with broadcasting: a filter of frequencies.
  public static func * (a: Self, b: Tensor<Scalar>) -> Self {
    Self(real: a.real * b, imaginary: a.imaginary * b)
  }
}
