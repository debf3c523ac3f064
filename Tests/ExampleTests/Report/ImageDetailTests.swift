import Foundation
import Tensor
import Testing

@testable import block_study

@Suite struct ImageDetailTests {
  private func image(_ level: (Int, Int) -> Double) -> Tensor<UInt8> {
    Tensor(
      (0..<16).flatMap { i in (0..<16).map { j in UInt8(level(i, j).rounded()) } },
      shape: [16, 16, 1])
  }

  /// A ramp of 3 and 4 levels a pixel has Sobel's 8 times these in each pixel.
  @Test func theGradientOfARamp() {
    let expected = 8 * (Double(3 * 3 + 4 * 4) / 2).squareRoot()
    #expect(abs(meanGradient(image { Double(3 * $0 + 4 * $1) }) - expected) < 1e-12)
    #expect(meanGradient(image { _, _ in 7 }) == 0)
  }

  /// A wave of a low and one of a high frequency: what changes one leaves the other.
  @Test func frequenciesAreApart() {
    func waves(_ low: Double, _ high: Double) -> Tensor<UInt8> {
      image { i, j in
        128 + low * (i % 16 < 8 ? 1 : -1) + high * (j % 2 == 0 ? 1 : -1)
      }
    }
    let errors = frequencyErrors(waves(40, 10), to: waves(40, 20))
    #expect(abs(errors.low) < 1e-9 && errors.high > 0.3)
    let reference = image { 128 + 20 * cos(2 * .pi * Double($0) / 4) + 0 * Double($1) }
    let halved = image { 128 + 10 * cos(2 * .pi * Double($0) / 4) + 0 * Double($1) }
    #expect(abs(frequencyErrors(halved, to: reference).low - 0.5) < 1e-9)
    #expect(frequencyErrors(reference, to: reference) == (0, 0))
    let flat = image { _, _ in 9 }
    #expect(frequencyErrors(reference, to: flat) == (0, 0))
  }
}
