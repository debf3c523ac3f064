internal import Foundation
internal import _ExampleReport

/// A measure of images that a report compares by.
struct Measure: Sendable {
  /// Its name in files and in the page's links.
  let id: String
  let name: String
  let isHigherBetter: Bool
  private let decimals: Int
  /// The value of an entry; nil where it was not measured.
  let value: @Sendable (Results.Entry) -> Resampled?

  /// The limit of a PSNR.
  ///
  /// Above it images differ by single levels, and equal images, whose PSNR is infinite, would
  /// dominate the mean.
  private static let highestPSNR = 60.0

  /// The measures of every report; those that a model has no numbers for are left out.
  static let all: [Measure] = [
    Measure("psnr", "PSNR to the same steps, dB", isHigherBetter: true, 2) {
      Resampled(meanOf: $0.toReference?.psnr.map { min($0, highestPSNR) } ?? [])
    },
    Measure("ssim", "SSIM to the same steps", isHigherBetter: true, 4) {
      Resampled(meanOf: $0.toReference?.ssim ?? [])
    },
    Measure("latent-error", "latent error to the same steps", isHigherBetter: false, 4) {
      Resampled(meanOf: $0.toReference?.latentError ?? [])
    },
    Measure("long-psnr", "PSNR to the second reference, dB", isHigherBetter: true, 2) {
      Resampled(meanOf: $0.toLongReference?.psnr.map { min($0, highestPSNR) } ?? [])
    },
    Measure("long-ssim", "SSIM to the second reference", isHigherBetter: true, 4) {
      Resampled(meanOf: $0.toLongReference?.ssim ?? [])
    },
    Measure(
      "long-latent-error", "latent error to the second reference", isHigherBetter: false, 4
    ) {
      Resampled(meanOf: $0.toLongReference?.latentError ?? [])
    },
    Measure("accuracy", "recognised by the judge, %", isHigherBetter: true, 1) {
      Resampled(meanOf: $0.recognised.map { $0 ? 100 : 0 })
    },
    Measure("frechet", "Fréchet distance to the test set", isHigherBetter: false, 2) {
      $0.frechet.map { Resampled($0.value, replicates: $0.replicates) }
    },
  ]

  private init(
    _ id: String, _ name: String, isHigherBetter: Bool, _ decimals: Int,
    _ value: @escaping @Sendable (Results.Entry) -> Resampled?
  ) {
    (self.id, self.name, self.isHigherBetter) = (id, name, isHigherBetter)
    (self.decimals, self.value) = (decimals, value)
  }

  /// A number of this measure.
  func text(_ value: Double) -> String { String(format: "%.\(decimals)f", value) }

  /// A difference of this measure, with its sign.
  func difference(_ value: Double) -> String { String(format: "%+.\(decimals)f", value) }

  /// Half the width of an interval; empty for a single image.
  func uncertainty(_ value: Resampled) -> String {
    let (low, high) = value.interval
    return high > low ? "±" + text((high - low) / 2) : ""
  }
}
