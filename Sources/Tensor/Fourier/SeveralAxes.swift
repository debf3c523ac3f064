// Fourier transforms along any number of axes: along one after the other.
extension ComplexTensor {
  /// The Fourier transform along several axes; NumPy's `fft.fftn`.
  ///
  ///     ComplexTensor(real: Tensor([[1, 2], [3, 4]])).fft(axes: nil).real   // [[10, -2], [-4, 0]]
  ///
  /// - Parameters:
  ///   - axes: The axes, of which negative ones count from the end; all of them where nil.
  ///   - normalization: What the result is divided by.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The same shape.
  /// - Precondition: The axes exist, are different, and are not empty.
  public func fft(
    axes: [Int]?, normalization: FourierNormalization = .backward, file: StaticString = #fileID,
    line: UInt = #line
  ) -> ComplexTensor {
    real.resolved(axes, "fft", file, line).reversed().reduce(self) {
      $0.fft(axis: $1, normalization: normalization)
    }
  }

  /// The inverse of `fft` along several axes; NumPy's `fft.ifftn`.
  ///
  ///     Tensor([[1, 2], [3, 4]]).fft(axes: nil).inverseFFT(axes: nil).real   // [[1, 2], [3, 4]]
  ///
  /// - Parameters:
  ///   - axes: The axes, of which negative ones count from the end; all of them where nil.
  ///   - normalization: What the result is divided by.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The same shape.
  /// - Precondition: The axes exist, are different, and are not empty.
  public func inverseFFT(
    axes: [Int]?, normalization: FourierNormalization = .backward, file: StaticString = #fileID,
    line: UInt = #line
  ) -> ComplexTensor {
    real.resolved(axes, "inverseFFT", file, line).reversed().reduce(self) {
      $0.inverseFFT(axis: $1, normalization: normalization)
    }
  }

  /// The inverse of `Tensor.realFFT` along several axes; NumPy's `fft.irfftn`.
  ///
  ///     let x: Tensor<Float> = [[1, 2, 3], [4, 5, 6]]
  ///     x.realFFT(axes: [0, 1]).inverseRealFFT(axes: [0, 1], count: 3)   // [[1, 2, 3], [4, 5, 6]]
  ///
  /// - Parameters:
  ///   - axes: The axes; the last one is that of the first half of the frequencies.
  ///   - count: The length of the last axis of the result; nil for the even one.
  ///   - normalization: What the result is divided by.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: Real numbers, the last of the axes of length `count`.
  /// - Precondition: There is an axis; the axes exist, are different, and are not empty.
  public func inverseRealFFT(
    axes: [Int], count: Int? = nil, normalization: FourierNormalization = .backward,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Scalar> {
    let last = lastAxis(axes, "inverseRealFFT", file, line)
    return inverseFFT(axes: axes.dropLast(), normalization: normalization, file: file, line: line)
      .inverseRealFFT(axis: last, count: count, normalization: normalization)
  }

  /// The real spectrum of numbers whose second half is the conjugate of the first, which is given;
  /// NumPy's `fft.hfft`.
  ///
  ///     ComplexTensor(real: Tensor([2, 1, 0])).hermitianFFT()   // [4, 2, 0, 2]
  ///
  /// - Parameters:
  ///   - axis: The axis; a negative one counts from the end.
  ///   - count: The length of the result; nil for the even one, twice the length of the half but one.
  ///   - normalization: What the result is divided by.
  /// - Returns: Real numbers, the axis of length `count`.
  /// - Precondition: The axis exists, and the length is at least 1.
  public func hermitianFFT(
    axis: Int = -1, count: Int? = nil, normalization: FourierNormalization = .backward
  ) -> Tensor<Scalar> {
    conjugate.inverseRealFFT(axis: axis, count: count, normalization: normalization.opposite)
  }

  /// The last of some axes, of which there is one at least.
  fileprivate func lastAxis(
    _ axes: [Int], _ name: String, _ file: StaticString, _ line: UInt
  ) -> Int {
    require(axes.last, "\(name): along no axis of \(shape)", file: file, line: line)
  }
}

extension Tensor where Scalar: TensorFloatingPoint {
  /// The Fourier transform of real numbers along several axes; NumPy's `fft.fftn`.
  ///
  ///     Tensor([[1, 2], [3, 4]]).fft(axes: [0, 1]).real   // [[10, -2], [-4, 0]]
  ///
  /// - Parameters:
  ///   - axes: The axes, of which negative ones count from the end; all of them where nil.
  ///   - normalization: What the result is divided by.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: All frequencies, the same shape.
  /// - Precondition: The axes exist, are different, and are not empty.
  public func fft(
    axes: [Int]?, normalization: FourierNormalization = .backward, file: StaticString = #fileID,
    line: UInt = #line
  ) -> ComplexTensor<Scalar> {
    ComplexTensor(real: self).fft(axes: axes, normalization: normalization, file: file, line: line)
  }

  /// The first half of the Fourier transform of real numbers along several axes; NumPy's `fft.rfftn`.
  ///
  ///     Tensor<Float>(ones: [4, 6, 8]).realFFT(axes: [0, 1, 2]).shape   // [4, 6, 5]
  ///
  /// - Parameters:
  ///   - axes: The axes; of the last one, half of the frequencies is left out.
  ///   - normalization: What the result is divided by.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The same shape, but for the last of the axes, of `n / 2 + 1` frequencies.
  /// - Precondition: There is an axis; the axes exist, are different, and are not empty.
  public func realFFT(
    axes: [Int], normalization: FourierNormalization = .backward, file: StaticString = #fileID,
    line: UInt = #line
  ) -> ComplexTensor<Scalar> {
    let last = ComplexTensor(real: self).lastAxis(axes, "realFFT", file, line)
    return realFFT(axis: last, normalization: normalization)
      .fft(axes: axes.dropLast(), normalization: normalization, file: file, line: line)
  }

  /// The first half of the numbers that `ComplexTensor.hermitianFFT` makes this real spectrum of;
  /// NumPy's `fft.ihfft`.
  ///
  ///     Tensor([4, 2, 0, 2]).inverseHermitianFFT().real   // [2, 1, 0]
  ///
  /// - Parameters:
  ///   - axis: The axis; a negative one counts from the end.
  ///   - normalization: What the result is divided by.
  /// - Returns: The axis of length `n / 2 + 1`.
  /// - Precondition: The axis exists, and is not empty.
  public func inverseHermitianFFT(
    axis: Int = -1, normalization: FourierNormalization = .backward
  ) -> ComplexTensor<Scalar> {
    realFFT(axis: axis, normalization: normalization.opposite).conjugate
  }
}

extension FourierNormalization {
  /// That of the inverse transform.
  fileprivate var opposite: FourierNormalization {
    switch self {
    case .backward: .forward
    case .orthogonal: .orthogonal
    case .forward: .backward
    }
  }
}
