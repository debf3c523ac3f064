public import Tensor

/// An image to start runs from: encoded once, for any number of runs.
public struct EncodedImage: Sendable {
  enum Form: Sendable {
    /// The image, where samples are images.
    case sample(Tensor<Float>)
    /// The distribution of its latents, as the encoder gives it.
    case latents(DiagonalGaussian, AutoencoderKL)
  }

  let form: Form

  /// The image as a sample; where samples are latents, one is drawn from the encoder's
  /// distribution.
  ///
  /// - Parameter generator: Draws the latent; not used where samples are images.
  /// - Returns: `[1] + sampleShape`.
  public func sample(using generator: inout some RandomSource) -> Tensor<Float> {
    switch form {
    case .sample(let sample): sample
    case .latents(let distribution, let autoencoder):
      autoencoder.scaled(distribution.sample(using: &generator))
    }
  }
}
