import Tensor
import Testing

/// Fourier transforms along several axes, and of real spectra, against NumPy.
@Suite struct NumPyFourierTests {
  let numpy: NumPyResults

  init() throws { numpy = try NumPyResults() }

  func expect(
    _ result: ComplexTensor<Double>, _ name: String, location: SourceLocation = #_sourceLocation
  ) throws {
    try numpy.expect(result.real, "\(name).real", location: location)
    try numpy.expect(result.imaginary, "\(name).imaginary", location: location)
  }

  @Test func severalAxes() throws {
    let x = try numpy["volume"]
    try expect(x.fft(axes: nil), "fftn")
    try expect(ComplexTensor(real: x).inverseFFT(axes: nil), "ifftn")
    try expect(x.fft(axes: [0, -1], normalization: .orthogonal), "fftn02")
    let half = x.realFFT(axes: [0, 1, 2])
    try expect(half, "rfftn")
    try expect(x.realFFT(axes: [1, 0]), "rfftn10")
    try numpy.expect(half.inverseRealFFT(axes: [0, 1, 2], count: 5), "irfftn")
    try numpy.expect(half.inverseRealFFT(axes: [0, 1, 2], count: 5), "volume")
    let turned = x.transposed().contiguous().transposed()
    #expect(turned.fft(axes: [2]).real == x.fft(axis: 2).real)
  }

  @Test func realSpectra() throws {
    let x = try numpy["volume"]
    let numbers = ComplexTensor(real: x[0], imaginary: x[1])
    try numpy.expect(numbers.hermitianFFT(), "hfft")
    try numpy.expect(numbers.hermitianFFT(axis: 0, count: 7), "hfft7")
    try expect(x.inverseHermitianFFT(), "ihfft")
    try expect(x.inverseHermitianFFT(axis: 1, normalization: .orthogonal), "ihfft_ortho")
  }

  /// Numbers of 16 bits are computed in 64, too.
  @Test func narrowNumbers() throws {
    let x = try numpy["volume"]
    let narrow = x.converted(to: BFloat16.self)
    let exact = narrow.converted(to: Double.self).fft(axes: nil).real
    #expect(narrow.fft(axes: nil).real.wide.allClose(to: exact, relative: 8e-3, absolute: 0.05))
    let square = x[.all, ..<3, 0].converted(to: BFloat16.self)
    #expect(
      try square.inverse() == square.wide.inverse().converted(to: BFloat16.self))
  }
}
