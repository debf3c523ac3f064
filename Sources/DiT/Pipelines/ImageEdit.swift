public import Tensor

/// An image that a run starts from, and how far and where it is changed.
public struct ImageEdit: Sendable {
  /// The image, from `DiffusionPipeline.encoded(_:threads:)`.
  public var image: EncodedImage
  /// One where the image is drawn anew and zero where it is kept, from
  /// `DiffusionPipeline.mask(_:)`; nil draws all of it anew.
  public var mask: Tensor<Float>?
  /// How far the image is changed, from 0 to 1: the share of the steps that are taken.
  public var strength: Double

  /// Whether the run starts from noise alone: the masked part then does not depend on what the
  /// image showed there.
  public var startsFromNoise: Bool

  /// An edit.
  ///
  /// - Parameters:
  ///   - image: The image.
  ///   - mask: Where it is drawn anew; nil is everywhere.
  ///   - strength: How far it is changed.
  ///   - startsFromNoise: Whether the run starts from noise alone; by default with a mask and full
  ///     strength, as in diffusers.
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

  /// The image as a run takes it: a sample of it for each generator.
  func initialImage(_ generators: inout [any RandomSource]) -> InitialImage {
    var samples: [Tensor<Float>] = []
    for index in generators.indices { samples.append(image.sample(using: &generators[index])) }
    return InitialImage(
      samples: Tensor(concatenating: samples, axis: 0), mask: mask,
      startsFromNoise: startsFromNoise)
  }
}
