public import Tensor

/// An image that samples are drawn from: encoded once, for any number of runs.
public struct EncodedImage: Sendable {
  enum Form: Sendable {
    /// The image, where samples are images.
    case sample(Tensor<Float>)
    /// The latents that it may be, as the encoder gives them.
    case latents(DiagonalGaussian, AutoencoderKL)
  }

  let form: Form

  /// A sample of the image: drawn from the encoder's distribution where samples are latents.
  ///
  /// - Parameter generator: What a latent is drawn from; samples that are images draw nothing.
  /// - Returns: `[1] + sampleShape`.
  public func sample(using generator: inout some RandomSource) -> Tensor<Float> {
    switch form {
    case .sample(let sample): sample
    case .latents(let distribution, let autoencoder):
      autoencoder.scaled(distribution.sample(using: &generator))
    }
  }
}
