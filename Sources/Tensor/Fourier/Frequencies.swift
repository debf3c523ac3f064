extension Tensor {
  /// The halves of axes swapped, so that frequency 0 moves from the first place to the middle;
  /// NumPy's `fft.fftshift`.
  ///
  ///     Tensor([0, 1, 2, -2, -1]).fftShifted()   // [-2, -1, 0, 1, 2]
  ///
  /// - Parameter axes: The axes, of which negative ones count from the end; all of them where nil.
  /// - Returns: The same shape.
  public func fftShifted(axes: [Int]? = nil) -> Tensor {
    shifted(axes, "fftShifted") { $0 - $0 / 2 }
  }

  /// The inverse of `fftShifted`; NumPy's `fft.ifftshift`.
  ///
  ///     Tensor([-2, -1, 0, 1, 2]).inverseFFTShifted()   // [0, 1, 2, -2, -1]
  ///
  /// - Parameter axes: The axes, of which negative ones count from the end; all of them where nil.
  /// - Returns: The same shape.
  public func inverseFFTShifted(axes: [Int]? = nil) -> Tensor {
    shifted(axes, "inverseFFTShifted") { $0 / 2 }
  }

  /// Begins each axis at a place, and goes on with what stood before it.
  private func shifted(_ axes: [Int]?, _ operation: String, _ first: (Int) -> Int) -> Tensor {
    (axes ?? Array(shape.indices)).reduce(self) { x, axis in
      let axis = self.axis(axis, operation)
      let (count, first) = (x.shape[axis], first(x.shape[axis]))
      return Tensor(
        concatenating: [x.narrowed(axis, first..<count), x.narrowed(axis, 0..<first)], axis: axis)
    }
  }
}

extension Tensor where Scalar: TensorFloatingPoint {
  /// The frequencies of the results of `fft`, in periods for each unit of `spacing`: 0, 1, …, then the
  /// negative ones, over `count · spacing`; NumPy's `fft.fftfreq`.
  ///
  ///     Tensor<Float>.fftFrequencies(count: 4)   // [0, 0.25, -0.5, -0.25]
  ///
  /// - Parameters:
  ///   - count: The length of the transform, at least 1.
  ///   - spacing: The distance between two numbers that are transformed.
  /// - Returns: `[count]`.
  public static func fftFrequencies(count: Int, spacing: Double = 1) -> Tensor {
    check(count > 0, "fftFrequencies: a length of \(count) is too small")
    let numbers = (0..<count).map { Double($0 < (count + 1) / 2 ? $0 : $0 - count) }
    return Tensor<Double>(numbers.map { $0 / (Double(count) * spacing) })
      .converted(to: Scalar.self)
  }

  /// The frequencies of the results of `realFFT`; NumPy's `fft.rfftfreq`.
  ///
  ///     Tensor<Float>.realFFTFrequencies(count: 4)   // [0, 0.25, 0.5]
  ///
  /// - Parameters:
  ///   - count: The length of what is transformed, at least 1.
  ///   - spacing: The distance between two numbers that are transformed.
  /// - Returns: `[count / 2 + 1]`, not negative.
  public static func realFFTFrequencies(count: Int, spacing: Double = 1) -> Tensor {
    check(count > 0, "realFFTFrequencies: a length of \(count) is too small")
    return Tensor<Double>((0...count / 2).map { Double($0) / (Double(count) * spacing) })
      .converted(to: Scalar.self)
  }
}
