import Foundation
import Tensor
import Testing
import _ExampleCommandLine

@Suite struct ImageMetricsTests {
  /// Two images that differ, the same on every machine.
  private func images(_ shape: [Int]) -> (Tensor<UInt8>, Tensor<UInt8>) {
    var (a, b): ([UInt8], [UInt8]) = ([], [])
    for i in 0..<shape[0] {
      for j in 0..<shape[1] {
        for k in 0..<shape[2] {
          let value = (i * 37 + j * 11 + k * 50) % 256
          a.append(UInt8(value))
          b.append(UInt8((value + (i * j * 7) % 40) % 256))
        }
      }
    }
    return (Tensor(a, shape: shape), Tensor(b, shape: shape))
  }

  /// The numbers are those of plain loops over windows in NumPy, with `numpy.cov(…, ddof=1)`.
  @Test(arguments: [
    ([9, 8, 1], 13.873288301414934, 0.7101266449700364),
    ([12, 7, 3], 12.613545143506128, 0.6772110834854428),
    ([28, 28, 1], 12.46962276064843, 0.6527884589764203),
  ])
  func agreeWithNumPy(_ shape: [Int], _ expectedPSNR: Double, _ expectedSSIM: Double) {
    let (a, b) = images(shape)
    #expect(abs(psnr(a, b) - expectedPSNR) < 1e-9)
    #expect(abs(ssim(a, b) - expectedSSIM) < 1e-9)
  }

  @Test func equalImagesAreAsGoodAsCanBe() {
    let (a, _) = images([9, 8, 1])
    #expect(psnr(a, a) == .infinity)
    #expect(abs(ssim(a, a) - 1) < 1e-12)
  }
}
