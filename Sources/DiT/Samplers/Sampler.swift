public import Kernels
public import Tensor

/// A way from noise to an image: which timesteps the model sees, and what a step does.
///
/// A step is one evaluation of the model. A method such as Heun's, which evaluates the model twice
/// between two noise levels, takes two steps. A sampler is a value without state: what a step
/// leaves to later ones is in a history that belongs to the run. A new history starts a new run,
/// and a copy of the history forks one:
///
///     var x = noise * Float(sampler.initialNoiseScale)
///     var history = SamplerHistory()
///     for step in 0..<sampler.stepCount {
///       let input = x * Float(sampler.inputScale(at: step))
///       let prediction = model(input, timesteps: …, labels: labels, in: workspace)
///       x = sampler.step(
///         step, x, prediction: prediction, noise: z, history: &history, in: workspace)
///     }
public protocol Sampler: Sendable {
  /// The name, as the command line takes it.
  var name: String { get }

  /// The training timestep of each step, the noisiest first, not always a whole number.
  var timesteps: [Double] { get }

  /// What the model's output means.
  var prediction: Prediction { get }

  /// The standard deviation of the noise to start from.
  var initialNoiseScale: Double { get }

  /// The model sees `x · inputScale(at:)`.
  func inputScale(at step: Int) -> Double

  /// The channels that a prediction must have for samples of `channels` channels.
  func predictionChannels(forSample channels: Int) -> ClosedRange<Int>

  /// How much of image and of noise the sample has before a step.
  func noiseLevel(at step: Int) -> NoiseLevel

  /// Whether a step adds noise to the sample.
  func addsNoise(at step: Int) -> Bool

  /// The steps that a run may begin with, ascending: of several steps between two noise levels,
  /// only the first.
  var starts: [Int] { get }

  /// Takes a step.
  ///
  /// - Parameters:
  ///   - step: The index of the step, below `stepCount`: the step after the last one or, with a new
  ///     history, one of `starts`.
  ///   - x: The sample before the step, `[batch, channels, height, width]`.
  ///   - prediction: The model's output for it, `[batch, channels or more, height, width]`.
  ///   - noise: Standard normal noise of the shape of `x`; needed only if `addsNoise(at: step)`.
  ///   - history: The history of the steps before.
  ///   - workspace: What to compute with.
  /// - Returns: The sample after the step.
  func step(
    _ step: Int, _ x: Tensor<Float>, prediction: Tensor<Float>, noise: Tensor<Float>?,
    history: inout SamplerHistory, in workspace: Workspace
  ) -> Tensor<Float>
}

extension Sampler {
  /// The number of steps, each an evaluation of the model.
  public var stepCount: Int { timesteps.count }

  /// One: the sample starts as standard normal noise.
  public var initialNoiseScale: Double { 1 }

  /// One: the model sees the sample as it is.
  public func inputScale(at step: Int) -> Double { 1 }

  /// The channels that a prediction must have; a predicted variance is not used.
  public func predictionChannels(forSample channels: Int) -> ClosedRange<Int> {
    channels...2 * channels
  }

  /// A run may begin with any step.
  public var starts: [Int] { Array(timesteps.indices) }

  /// No step does.
  public func addsNoise(at step: Int) -> Bool { false }

  /// The image x₀ computed from a prediction.
  ///
  /// - Parameters:
  ///   - step: The index of the step.
  ///   - x: The sample before the step, `[batch, channels, height, width]`.
  ///   - prediction: The model's output for it, `[batch, channels or more, height, width]`.
  ///   - workspace: What to compute with.
  /// - Returns: `[batch, channels, height, width]`.
  public func denoised(
    _ step: Int, _ x: Tensor<Float>, prediction: Tensor<Float>, in workspace: Workspace
  ) -> Tensor<Float> {
    self.prediction.start(of: x, prediction, at: noiseLevel(at: step), in: workspace)
  }

  /// The noise of a step that adds noise, which must be given.
  func required(_ noise: Tensor<Float>?, for x: Tensor<Float>, step: Int) -> Tensor<Float> {
    let noise = require(noise, "\(name): step \(step) needs noise")
    check(
      noise.shape == x.shape,
      "\(name): step \(step) needs noise of shape \(x.shape), not \(noise.shape)")
    return noise
  }

  /// A value of the history that a step needs, which must be there.
  func required<Value>(_ past: Value?, step: Int) -> Value {
    require(past, "\(name): step \(step) needs the history of the steps before it")
  }
}
