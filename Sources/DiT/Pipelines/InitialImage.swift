public import Tensor

/// The images that a run starts from, as samples, and which parts of them it changes.
public struct InitialImage: Sendable {
  /// The samples that the images are, `[batch] + sampleShape`.
  public var samples: Tensor<Float>
  /// One where the image is to be drawn anew and zero where it is to be kept,
  /// `[1, 1, height, width]` of a sample; nil draws all of it anew.
  public var mask: Tensor<Float>?
  /// Whether the run starts from noise alone: the masked part then does not depend on what the
  /// images showed there.
  public var startsFromNoise: Bool

  /// Images to change.
  public init(
    samples: Tensor<Float>, mask: Tensor<Float>? = nil, startsFromNoise: Bool = false
  ) {
    (self.samples, self.mask, self.startsFromNoise) = (samples, mask, startsFromNoise)
  }

  /// Throws where the samples do not have a shape, or the mask does not suit it.
  func validate(for shape: [Int]) throws(RunError) {
    guard samples.shape == shape else {
      throw .initialImage(expected: shape, found: samples.shape)
    }
    let maskShape = [1, 1] + shape.suffix(2)
    guard let mask, mask.shape != maskShape else { return }
    throw .initialImage(expected: maskShape, found: mask.shape)
  }

  /// The noisy samples that a run starts from; nil where it starts from noise alone.
  func start(_ sampler: any Sampler, noise: Tensor<Float>) -> Tensor<Float>? {
    startsFromNoise ? nil : noised(at: 0, sampler, noise)
  }

  /// The samples after a step, with the kept part replaced by the image and the noise of that step;
  /// nil where there is no mask.
  ///
  /// Reference: [Lugmayr et al., 2022](https://arxiv.org/abs/2201.09865), equation 8, with the same
  /// noise in every step, as diffusers has it.
  func kept(
    in drawn: Tensor<Float>, after step: Int, _ sampler: any Sampler, noise: Tensor<Float>
  ) -> Tensor<Float>? {
    guard let mask else { return nil }
    let known = step + 1 < sampler.stepCount ? noised(at: step + 1, sampler, noise) : samples
    return (1 - mask) * known + mask * drawn
  }

  /// The image with as much noise as samples have before a step.
  private func noised(
    at step: Int, _ sampler: any Sampler, _ noise: Tensor<Float>
  ) -> Tensor<Float> {
    let level = sampler.noiseLevel(at: step)
    return samples * Float(level.alpha) + noise * Float(level.sigma)
  }
}
