public import Tensor

/// Normal distributions of latents, independent of one another.
public struct DiagonalGaussian: Sendable {
  /// The means, `[batch, channels, height, width]`.
  public let mean: Tensor<Float>
  /// The logarithms of the variances, from -30 to 20, `[batch, channels, height, width]`.
  public let logVariance: Tensor<Float>

  /// The distributions that an encoder's result describes.
  ///
  /// - Parameter moments: The means, then the logarithms of the variances, `[batch, 2 · channels,
  ///   height, width]`.
  public init(moments: Tensor<Float>) {
    check(
      moments.rank == 4 && moments.shape[1] % 2 == 0,
      "diagonal Gaussian: \(moments.shape) are no means and variances")
    let channels = moments.shape[1] / 2
    mean = moments[.all, ..<channels]
    logVariance = moments[.all, channels...].clamped(to: -30...20)
  }

  /// The standard deviations, `[batch, channels, height, width]`.
  public var standardDeviation: Tensor<Float> { (0.5 * logVariance).exp() }

  /// The most likely latents, which are the means, `[batch, channels, height, width]`.
  public var mode: Tensor<Float> { mean }

  /// Latents drawn at random.
  ///
  /// - Parameter generator: What to draw from, a number for each element in row-major order.
  /// - Returns: `[batch, channels, height, width]`.
  public func sample(using generator: inout some RandomSource) -> Tensor<Float> {
    sample(noise: generator.normal(mean.shape))
  }

  /// Latents drawn at random, `mean + standardDeviation · noise`.
  ///
  /// - Parameter noise: Numbers of the standard normal distribution, `[batch, channels, height,
  ///   width]`.
  /// - Returns: Latents of that shape.
  public func sample(noise: Tensor<Float>) -> Tensor<Float> { mean + standardDeviation * noise }
}
