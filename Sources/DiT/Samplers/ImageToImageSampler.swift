public import Kernels
public import Tensor

/// The last steps of a sampler, for a run that begins with an image and not with noise.
///
/// Reference: [Meng et al., 2021](https://arxiv.org/abs/2108.01073); the number of steps is that of
/// diffusers' pipelines from image to image.
public struct ImageToImageSampler: Sampler {
  private let sampler: any Sampler
  private let first: Int

  /// The steps for a share of the noise.
  ///
  /// - Parameters:
  ///   - sampler: The sampler of all steps.
  ///   - strength: How far the image is changed, from 0 to 1: the share of the steps to take.
  /// - Throws: `SamplerError.strength` where it is out of range or leaves no step.
  public init(of sampler: any Sampler, strength: Double) throws(SamplerError) {
    let starts = sampler.starts
    let share = Double(starts.count) * strength
    guard (0...1).contains(strength), share >= 1 else {
      throw .strength(strength, steps: starts.count)
    }
    self.sampler = sampler
    first = starts[starts.count - Int(share)]
  }

  /// The name of the sampler.
  public var name: String { sampler.name }

  /// The training timestep of each step, the noisiest first.
  public var timesteps: [Double] { Array(sampler.timesteps[first...]) }

  /// What the model's output means.
  public var prediction: Prediction { sampler.prediction }

  /// The standard deviation of the noise to start from.
  public var initialNoiseScale: Double {
    first == 0 ? sampler.initialNoiseScale : noiseLevel(at: 0).sigma
  }

  /// The steps that a run may begin with.
  public var starts: [Int] { sampler.starts.filter { $0 >= first }.map { $0 - first } }

  /// The model sees `x · inputScale(at:)`.
  public func inputScale(at step: Int) -> Double { sampler.inputScale(at: first + step) }

  /// The channels that a prediction must have for samples of `channels` channels.
  public func predictionChannels(forSample channels: Int) -> ClosedRange<Int> {
    sampler.predictionChannels(forSample: channels)
  }

  /// How much of image and of noise the sample has before a step.
  public func noiseLevel(at step: Int) -> NoiseLevel { sampler.noiseLevel(at: first + step) }

  /// Whether a step adds noise to the sample.
  public func addsNoise(at step: Int) -> Bool { sampler.addsNoise(at: first + step) }

  /// Takes a step; see `Sampler`.
  public func step(
    _ step: Int, _ x: Tensor<Float>, prediction: Tensor<Float>, noise: Tensor<Float>?,
    history: inout SamplerHistory, in workspace: Workspace
  ) -> Tensor<Float> {
    sampler.step(
      first + step, x, prediction: prediction, noise: noise, history: &history, in: workspace)
  }
}
