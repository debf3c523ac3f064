import Foundation
import Tensor
import Testing
import _TestSupport

@Suite struct FourierTests {
  static let lengths = [1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 16, 17, 31, 34, 45, 97]

  private func expectNear(
    _ result: ComplexTensor<Double>, _ expected: ComplexTensor<Double>, _ label: String = "",
    within tolerance: Double = 1e-14, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(result.shape == expected.shape, "\(label)", sourceLocation: sourceLocation)
    let size = expected.squaredMagnitude.elements.max() ?? 0
    let error = (result - expected).squaredMagnitude.elements.max() ?? 0
    #expect(
      error <= tolerance * tolerance * size, "\(label): error \((error / size).squareRoot())",
      sourceLocation: sourceLocation)
  }

  @Test(arguments: lengths) func matchesNumPy(_ count: Int) throws {
    let golden = try Golden()
    let x = try golden.complex("fft.\(count).x")
    expectNear(x.fft(), try golden.complex("fft.\(count)"))
    expectNear(x.inverseFFT(), try golden.complex("fft.\(count).inverse"))
    expectNear(x.real.realFFT(), try golden.complex("fft.\(count).half"))
    let half = x.map { $0[0..<count / 2 + 1] }
    let real = half.inverseRealFFT(count: count)
    #expect(
      relativeError(real.elements, try golden["fft.\(count).from-half"].elements) < 1e-14)
    expectNear(ComplexTensor(real: x.real), x.real.realFFT().inverse(count))
  }

  /// Lengths of every kind, beside the definition: small and large factors, primes, powers.
  @Test func everyLengthMatchesTheDefinition() {
    for count in Array(1...40) + [49, 64, 81, 121, 125, 128, 169, 211, 243, 256, 289, 1000] {
      let (real, imaginary) = (
        randomMatrix([3, count], seed: UInt64(count)), randomMatrix([3, count], seed: 1000)
      )
      let result = ComplexTensor(real: real, imaginary: imaginary).fft()
      let (x, y) = (real[1].elements, imaginary[1].elements)
      for k in [0, 1, count / 3, count / 2, count - 1] where k < count {
        var (a, b) = (0.0, 0.0)
        for j in 0..<count {
          let angle = -2 * Double.pi * Double(j * k % count) / Double(count)
          a += x[j] * cos(angle) - y[j] * sin(angle)
          b += x[j] * sin(angle) + y[j] * cos(angle)
        }
        let error = hypot(result.real[1, k].elements[0] - a, result.imaginary[1, k].elements[0] - b)
        #expect(error < 1e-13 * Double(count).squareRoot() * 4, "length \(count), frequency \(k)")
      }
    }
  }

  @Test func imagesMatchNumPy() throws {
    let golden = try Golden()
    let x = try golden.complex("images.x")
    expectNear(x.fft2(axes: (1, 2)), try golden.complex("images"))
    expectNear(x.inverseFFT2(axes: (-3, -2)), try golden.complex("images.inverse"))
    expectNear(x.fft(axis: 1, count: 11), try golden.complex("images.longer"))
    expectNear(x.inverseFFT(axis: 2, count: 4), try golden.complex("images.shorter"))
    expectNear(
      x.fft(axis: 0, normalization: .orthogonal), try golden.complex("images.orthogonal"))
    expectNear(x.fft(axis: 2, normalization: .forward), try golden.complex("images.forward"))
    expectNear(
      x.inverseFFT(axis: 2, normalization: .forward), try golden.complex("images.inverse-forward"))
    let real = x.real
    let half = real.realFFT2(axes: (1, 2))
    expectNear(half, real.fft2(axes: (1, 2)).map { $0[.all, .all, 0..<4] })
    let back = half.inverseRealFFT2(axes: (1, 2))
    #expect(back.shape == real.shape && relativeError(back.elements, real.elements) < 1e-14)
    #expect(half.inverseRealFFT2(axes: (1, 2), count: 7).shape == [2, 5, 7, 3])
    #expect(x.real.fftShifted() == (try golden["images.shifted"]))
    #expect(x.real.fftShifted(axes: [1, -2]) == (try golden["images.shifted-1-2"]))
    #expect(x.real.inverseFFTShifted(axes: [1, 2]) == (try golden["images.unshifted"]))
    #expect(x.real.fftShifted().inverseFFTShifted() == x.real)
  }

  @Test(arguments: [1, 6, 7]) func frequenciesMatchNumPy(_ count: Int) throws {
    let golden = try Golden()
    #expect(
      Tensor<Double>.fftFrequencies(count: count, spacing: 0.5)
        == (try golden["fft.\(count).frequencies"]))
    #expect(
      Tensor<Double>.realFFTFrequencies(count: count, spacing: 0.5)
        == (try golden["fft.\(count).half-frequencies"]))
  }

  /// There and back, for every normalization, with many sequences, at lengths that need several blocks
  /// of them.
  @Test func inversesGiveBackWhatWasTransformed() {
    for (shape, axis) in [
      ([3, 700], 1), ([700, 3], 0), ([50, 2000], 0), ([7, 17, 5], 1), ([0, 4], 1),
    ] {
      let x = ComplexTensor(
        real: randomMatrix(shape, seed: 1), imaginary: randomMatrix(shape, seed: 2))
      for normalization in FourierNormalization.allCases {
        let back = x.fft(axis: axis, normalization: normalization)
          .inverseFFT(axis: axis, normalization: normalization)
        expectNear(back, x, "\(shape)", within: 1e-14)
      }
    }
  }

  /// A sequence gives the same bits alone and among others.
  @Test(arguments: [24, 17, 97]) func sequencesDoNotMeet(_ count: Int) {
    let x = randomMatrix([29, count], seed: 3)
    let all = x.fft()
    for row in [0, 7, 8, 28] {
      let alone = x[row].fft()
      #expect(alone.real == all.real[row] && alone.imaginary == all.imaginary[row])
    }
  }

  @Test func complexNumbers() {
    let a = ComplexTensor<Double>(real: Tensor([3, -1]), imaginary: Tensor([4, 0]))
    #expect(a.magnitude.elements == [5, 1] && a.squaredMagnitude.elements == [25, 1])
    #expect(abs(a.angle.elements[1] - .pi) < 1e-15)
    #expect((a * a.conjugate).real.elements == [25, 1])
    #expect((a * a.conjugate).imaginary.elements == [0, 0])
    #expect((a + a).real.elements == [6, -2] && (a - a).imaginary.elements == [0, 0])
    #expect((a * Tensor([2, 3])).imaginary.elements == [8, 0])
    #expect(ComplexTensor<Float>(real: Tensor([1, 2])).imaginary.elements == [0, 0])
    let spectrum = Tensor<Float>([1, 0, 0, 0]).fft()
    #expect(spectrum.real.elements == [1, 1, 1, 1] && spectrum.shape == [4])
  }

  @Test func refusesEmptyAxes() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Double>(zeros: [3, 0]).fft()
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("fft: axis 1 of [3, 0] has a length of 0"))
  }
}

extension ComplexTensor<Double> {
  /// The real numbers of a half of the frequencies, as complex ones.
  fileprivate func inverse(_ count: Int) -> ComplexTensor<Double> {
    ComplexTensor(real: inverseRealFFT(count: count))
  }
}
