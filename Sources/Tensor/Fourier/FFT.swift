/// What a Fourier transform and its inverse are divided by; together always the number of elements.
public enum FourierNormalization: Sendable, Hashable, CaseIterable {
  /// The inverse by the number of elements, the transform by nothing.
  case backward
  /// Both by the root of the number of elements, so that they keep lengths.
  case orthogonal
  /// The transform by the number of elements, the inverse by nothing.
  case forward

  /// The factor of a transform of so many elements.
  func factor(_ count: Int, isInverse: Bool) -> Double {
    switch self {
    case .orthogonal: 1 / Double(count).squareRoot()
    case .backward: isInverse ? 1 / Double(count) : 1
    case .forward: isInverse ? 1 : 1 / Double(count)
    }
  }
}

extension ComplexTensor {
  /// The discrete Fourier transform along an axis, `X[k] = Σ x[j] · e^(-2πi jk / n)`, computed in 64
  /// bits; NumPy's `fft.fft`.
  ///
  /// Any length is fast: about `n · log n` operations.
  ///
  ///     let x = ComplexTensor(real: Tensor([1, 0]), imaginary: [0, 1])
  ///     x.fft().real        // [1, 1]
  ///     x.fft().imaginary   // [1, -1]
  ///
  /// - Parameters:
  ///   - axis: The axis; a negative one counts from the end.
  ///   - count: The length to cut the axis to, or to fill it up to with zeros; nil for its own.
  ///   - normalization: What the result is divided by.
  /// - Returns: The same shape, but for an axis of another length.
  /// - Precondition: The axis exists, and the length is at least 1.
  public func fft(
    axis: Int = -1, count: Int? = nil, normalization: FourierNormalization = .backward
  ) -> ComplexTensor {
    transformed(axis, count, normalization, isInverse: false, "fft")
  }

  /// The inverse of `fft`, along an axis, computed in 64 bits; NumPy's `fft.ifft`.
  ///
  ///     Tensor([1, 2, 3]).fft().inverseFFT().real   // [1, 2, 3]
  ///
  /// - Parameters:
  ///   - axis: The axis; a negative one counts from the end.
  ///   - count: The length to cut the axis to, or to fill it up to with zeros; nil for its own.
  ///   - normalization: What the result is divided by.
  /// - Returns: The same shape, but for an axis of another length.
  /// - Precondition: The axis exists, and the length is at least 1.
  public func inverseFFT(
    axis: Int = -1, count: Int? = nil, normalization: FourierNormalization = .backward
  ) -> ComplexTensor {
    transformed(axis, count, normalization, isInverse: true, "inverseFFT")
  }

  /// The Fourier transform of images, along two axes; NumPy's `fft.fft2`.
  ///
  ///     ComplexTensor(real: Tensor([[1, 2], [3, 4]])).fft2().real   // [[10, -2], [-4, 0]]
  ///
  /// - Parameters:
  ///   - axes: Both axes, the last two unless said otherwise.
  ///   - normalization: What the result is divided by.
  /// - Returns: The same shape.
  /// - Precondition: The axes exist and are not empty.
  public func fft2(
    axes: (Int, Int) = (-2, -1), normalization: FourierNormalization = .backward
  ) -> ComplexTensor {
    fft(axis: axes.1, normalization: normalization)
      .fft(axis: axes.0, normalization: normalization)
  }

  /// The inverse of `fft2`; NumPy's `fft.ifft2`.
  ///
  ///     Tensor([[1, 2], [3, 4]]).fft2().inverseFFT2().real   // [[1, 2], [3, 4]]
  ///
  /// - Parameters:
  ///   - axes: Both axes, the last two unless said otherwise.
  ///   - normalization: What the result is divided by.
  /// - Returns: The same shape.
  /// - Precondition: The axes exist and are not empty.
  public func inverseFFT2(
    axes: (Int, Int) = (-2, -1), normalization: FourierNormalization = .backward
  ) -> ComplexTensor {
    inverseFFT(axis: axes.1, normalization: normalization)
      .inverseFFT(axis: axes.0, normalization: normalization)
  }

  /// The inverse of `Tensor.realFFT`, along an axis; NumPy's `fft.irfft`.
  ///
  /// The other half of the frequencies counts as the conjugate of this one, and the imaginary part of
  /// the first as zero; so does that of the last where `count` is even.
  ///
  ///     Tensor([1, 2, 3]).realFFT().inverseRealFFT(count: 3)   // [1, 2, 3]
  ///
  /// - Parameters:
  ///   - axis: The axis of the frequencies from 0 on; a negative one counts from the end.
  ///   - count: The length of the result; nil for the even one, twice the number of frequencies but
  ///     one.
  ///   - normalization: What the result is divided by.
  /// - Returns: Real numbers, the axis of length `count`.
  /// - Precondition: The axis exists, and the length is at least 1.
  public func inverseRealFFT(
    axis: Int = -1, count: Int? = nil, normalization: FourierNormalization = .backward
  ) -> Tensor<Scalar> {
    let axis = real.axis(axis, "inverseRealFFT")
    let count = count ?? 2 * (shape[axis] - 1)
    check(
      count > 0, "inverseRealFFT: \(count) numbers of axis \(axis) of \(shape) are too few")
    let half = map { $0.fitted(axis, to: count / 2 + 1) }
    // The frequencies from (count - 1) / 2 down to 1, as those above the middle.
    let above = half.conjugate.map { $0.narrowed(axis, 1..<(count + 1) / 2).flipped(axis) }
    let all = ComplexTensor(
      real: Tensor(concatenating: [half.real, above.real], axis: axis),
      imaginary: Tensor(
        concatenating: [half.imaginary.onlyInside(axis, of: count), above.imaginary], axis: axis))
    return all.inverseFFT(axis: axis, normalization: normalization).real
  }

  /// The inverse of `Tensor.realFFT2`; NumPy's `fft.irfft2`.
  ///
  ///     Tensor([[1, 2], [3, 4]]).realFFT2().inverseRealFFT2()   // [[1, 2], [3, 4]]
  ///
  /// - Parameters:
  ///   - axes: Both axes; the second one is that of the first half of the frequencies.
  ///   - count: The length of the second axis of the result; nil for the even one.
  ///   - normalization: What the result is divided by.
  /// - Returns: Real numbers, the second axis of length `count`.
  /// - Precondition: The axes exist and are not empty.
  public func inverseRealFFT2(
    axes: (Int, Int) = (-2, -1), count: Int? = nil,
    normalization: FourierNormalization = .backward
  ) -> Tensor<Scalar> {
    inverseFFT(axis: axes.0, normalization: normalization)
      .inverseRealFFT(axis: axes.1, count: count, normalization: normalization)
  }

  private func transformed(
    _ axis: Int, _ count: Int?, _ normalization: FourierNormalization, isInverse: Bool,
    _ operation: String
  ) -> ComplexTensor {
    let axis = real.axis(axis, operation)
    let count = count ?? shape[axis]
    check(count > 0, "\(operation): axis \(axis) of \(shape) has a length of \(count)")
    let fitted = map { $0.fitted(axis, to: count) }
    // The transform takes the axis first; an inverse one is one of the parts exchanged.
    let order = [axis] + shape.indices.filter { $0 != axis }
    func parts(_ x: ComplexTensor) -> (Tensor<Double>, Tensor<Double>) {
      (
        x.real.permuted(order).converted(to: Double.self).contiguous(),
        x.imaginary.permuted(order).converted(to: Double.self).contiguous()
      )
    }
    let (real, imaginary) = parts(fitted)
    let first = isInverse ? imaginary : real
    let second = isInverse ? real : imaginary
    let results = fourierTransform(
      first, second, scale: normalization.factor(count, isInverse: isInverse))
    let back = order.indices.map { place in order.firstIndex(of: place) ?? place }
    func finished(_ x: Tensor<Double>) -> Tensor<Scalar> {
      x.permuted(back).contiguous().converted(to: Scalar.self)
    }
    return ComplexTensor(
      real: finished(isInverse ? results.imaginary : results.real),
      imaginary: finished(isInverse ? results.real : results.imaginary))
  }
}

/// Transforms along the first axis, and multiplies with a factor.
private func fourierTransform(
  _ real: Tensor<Double>, _ imaginary: Tensor<Double>, scale: Double
) -> (real: Tensor<Double>, imaginary: Tensor<Double>) {
  let count = real.shape[0]
  let width = real.count / count
  let plan = FourierPlan(count)
  let (realResult, imaginaryResult) = (
    Tensor<Double>(uninitialized: real.shape), Tensor<Double>(uninitialized: real.shape)
  )
  // As many sequences at a time as stay in L2 with what the steps write to.
  let most = max(min(width, 16_384 / count / 8 * 8), 8)
  for first in stride(from: 0, to: width, by: most) {
    let columns = first..<min(first + most, width)
    let buffer = ComplexBuffer(count * columns.count)
    buffer.read(
      real.pointer + first, imaginary.pointer + first, rows: count, columns: columns.count,
      stride: width)
    plan.transform(buffer, width: columns.count)
    if scale != 1 { buffer.scale(by: scale) }
    buffer.write(
      realResult.mutablePointer + first, imaginaryResult.mutablePointer + first, rows: count,
      columns: columns.count, stride: width)
  }
  return withExtendedLifetime((real, imaginary)) { (realResult, imaginaryResult) }
}

extension Tensor where Scalar: TensorFloatingPoint {
  /// The discrete Fourier transform of real numbers along an axis; NumPy's `fft.fft`.
  ///
  ///     Tensor([1, 0, 0, 0]).fft().real   // [1, 1, 1, 1]
  ///
  /// - Parameters:
  ///   - axis: The axis; a negative one counts from the end.
  ///   - count: The length to cut the axis to, or to fill it up to with zeros; nil for its own.
  ///   - normalization: What the result is divided by.
  /// - Returns: All frequencies, the same shape but for an axis of another length.
  /// - Precondition: The axis exists, and the length is at least 1.
  public func fft(
    axis: Int = -1, count: Int? = nil, normalization: FourierNormalization = .backward
  ) -> ComplexTensor<Scalar> {
    ComplexTensor(real: self).fft(axis: axis, count: count, normalization: normalization)
  }

  /// The Fourier transform of real images, along two axes; NumPy's `fft.fft2`.
  ///
  ///     Tensor([[1, 2], [3, 4]]).fft2().real   // [[10, -2], [-4, 0]]
  ///
  /// - Parameters:
  ///   - axes: Both axes, the last two unless said otherwise.
  ///   - normalization: What the result is divided by.
  /// - Returns: All frequencies, the same shape.
  /// - Precondition: The axes exist and are not empty.
  public func fft2(
    axes: (Int, Int) = (-2, -1), normalization: FourierNormalization = .backward
  ) -> ComplexTensor<Scalar> {
    ComplexTensor(real: self).fft2(axes: axes, normalization: normalization)
  }

  /// The first half of the discrete Fourier transform of real numbers along an axis; the other one is
  /// its conjugate; NumPy's `fft.rfft`.
  ///
  ///     Tensor([1, 2, 3, 4]).realFFT().real   // [10, -2, -2]
  ///
  /// - Parameters:
  ///   - axis: The axis; a negative one counts from the end.
  ///   - count: The length to cut the axis to, or to fill it up to with zeros; nil for its own.
  ///   - normalization: What the result is divided by.
  /// - Returns: The frequencies from 0 on, of which there are `count / 2 + 1`.
  /// - Precondition: The axis exists, and the length is at least 1.
  public func realFFT(
    axis: Int = -1, count: Int? = nil, normalization: FourierNormalization = .backward
  ) -> ComplexTensor<Scalar> {
    let axis = self.axis(axis, "realFFT")
    let length = count ?? shape[axis]
    return fft(axis: axis, count: count, normalization: normalization)
      .map { $0.narrowed(axis, 0..<length / 2 + 1) }
  }

  /// The first half of the Fourier transform of real images, along two axes; NumPy's `fft.rfft2`.
  ///
  ///     Tensor<Float>(ones: [4, 6]).realFFT2().shape   // [4, 4]
  ///
  /// - Parameters:
  ///   - axes: Both axes; of the second one, half of the frequencies is left out.
  ///   - normalization: What the result is divided by.
  /// - Returns: The same shape, but for the second axis, of `n / 2 + 1` frequencies.
  /// - Precondition: The axes exist and are not empty.
  public func realFFT2(
    axes: (Int, Int) = (-2, -1), normalization: FourierNormalization = .backward
  ) -> ComplexTensor<Scalar> {
    realFFT(axis: axes.1, normalization: normalization)
      .fft(axis: axes.0, normalization: normalization)
  }

  /// An axis cut, or filled up with zeros.
  fileprivate func fitted(_ axis: Int, to count: Int) -> Tensor {
    if count <= shape[axis] { return narrowed(axis, 0..<count) }
    let widths = shape.indices.map { ($0 == axis ? (0, count - shape[axis]) : (0, 0)) }
    return padded(widths.map { (before: $0.0, after: $0.1) }, with: 0)
  }

  /// Zeros in the place of frequency 0, and of the middle one if `count` is even.
  fileprivate func onlyInside(_ axis: Int, of count: Int) -> Tensor {
    let end = (count + 1) / 2
    if end <= 1 { return Tensor(repeating: 0, shape: shape) }
    let widths = shape.indices.map { ($0 == axis ? (1, shape[axis] - end) : (0, 0)) }
    return narrowed(axis, 1..<end).padded(widths.map { (before: $0.0, after: $0.1) }, with: 0)
  }
}
