public import Tensor

/// An image that a run changes, how far, and where.
public struct ImageEdit: Sendable {
  /// The image, from `DiffusionPipeline.encoded(_:threads:)`.
  public var image: EncodedImage
  /// One where the image is drawn anew and zero where it is kept, from
  /// `DiffusionPipeline.mask(_:)`; nil draws all of it anew.
  public var mask: Tensor<Float>?
  /// How far the image is changed, from 0 to 1: the share of the steps that are taken.
  public var strength: Double

  /// Whether the run starts from noise alone, so that a part that is drawn anew does not depend on
  /// what was there.
  public var startsFromNoise: Bool

  /// An edit.
  ///
  /// - Parameters:
  ///   - image: The image.
  ///   - mask: Where it is drawn anew; nil is everywhere.
  ///   - strength: How far it is changed.
  ///   - startsFromNoise: Whether nothing of it is in what the run starts from; by default so with
  ///     a mask and full strength, as in diffusers.
  public init(
    _ image: EncodedImage, mask: Tensor<Float>? = nil, strength: Double = 0.75,
    startsFromNoise: Bool? = nil
  ) {
    (self.image, self.mask, self.strength) = (image, mask, strength)
    self.startsFromNoise = startsFromNoise ?? (mask != nil && strength == 1)
  }

  /// The steps of a sampler that the strength leaves.
  ///
  /// - Throws: `SamplerError.strength` where it is out of range or leaves no step.
  public func steps(of sampler: any Sampler) throws(SamplerError) -> any Sampler {
    try ImageToImageSampler(of: sampler, strength: strength)
  }

  /// What a run starts from, a latent of the image for each generator.
  func initialImage(_ generators: inout [any RandomSource]) -> InitialImage {
    var samples: [Tensor<Float>] = []
    for index in generators.indices { samples.append(image.sample(using: &generators[index])) }
    return InitialImage(
      samples: Tensor(concatenating: samples, axis: 0), mask: mask,
      startsFromNoise: startsFromNoise)
  }
}
