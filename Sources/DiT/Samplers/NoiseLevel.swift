internal import Foundation

/// How much image and how much noise is in a sample, `x = α x₀ + σ ε`.
public struct NoiseLevel: Sendable, Hashable {
  /// The factor of the image.
  public let alpha: Double
  /// The standard deviation of the noise.
  public let sigma: Double

  /// A level with these factors.
  public init(alpha: Double, sigma: Double) { (self.alpha, self.sigma) = (alpha, sigma) }

  /// The level of a process that keeps the variance, `α² = ᾱ` and `α² + σ² = 1`.
  public init(cumulativeAlpha: Double) {
    self.init(alpha: cumulativeAlpha.squareRoot(), sigma: (1 - cumulativeAlpha).squareRoot())
  }

  /// The level of the same process, by the ratio of noise to image.
  public init(ratio: Double) {
    let alpha = 1 / (1 + ratio * ratio).squareRoot()
    self.init(alpha: alpha, sigma: ratio * alpha)
  }

  /// The factor that brings a sample to variance one, if its image has that: `1 / √(α² + σ²)`.
  var inputScale: Double { 1 / (alpha * alpha + sigma * sigma).squareRoot() }

  /// Half the logarithm of the ratio of signal to noise, `log (α / σ)`; infinite without noise.
  var λ: Double { log(alpha / sigma) }
}
