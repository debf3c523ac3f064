public import Kernels
public import Tensor

/// A way from noise to an image: which timesteps the model sees, and what a step does.
///
/// A step is one evaluation of the model; a method that evaluates it twice on the way from one
/// noise level to the next, such as Heun's, takes two steps for it. A sampler is a value without
/// state. What its steps leave to later ones is in a history that belongs to the run, so that a
/// run is begun anew with a new history and forked by copying it:
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

  /// The training timestep of each step, the noisiest first; some methods step between two.
  var timesteps: [Double] { get }

  /// How the model's output is read.
  var prediction: Prediction { get }

  /// The standard deviation of the noise to start from.
  var initialNoiseScale: Double { get }

  /// The model sees `x · inputScale(at:)`.
  func inputScale(at step: Int) -> Double

  /// The channels that a prediction must have for samples of `channels` channels.
  func predictionChannels(forSample channels: Int) -> ClosedRange<Int>

  /// How much image and how much noise is in the sample before a step.
  func noiseLevel(at step: Int) -> NoiseLevel

  /// Whether a step adds noise to the sample.
  func addsNoise(at step: Int) -> Bool

  /// The steps that a run may begin with, ascending: those that begin to lead from one noise level
  /// to the next.
  var starts: [Int] { get }

  /// Takes a step.
  ///
  /// - Parameters:
  ///   - step: The index of the step, below `stepCount`; with a history, the one after the last,
  ///     and without one a start.
  ///   - x: The sample before the step, `[batch, channels, height, width]`.
  ///   - prediction: What the model makes of it, `[batch, channels or more, height, width]`.
  ///   - noise: Standard normal noise of the shape of `x`; needed only if `addsNoise(at: step)`.
  ///   - history: What the steps before have left.
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

  /// The image that a prediction amounts to, x₀.
  ///
  /// - Parameters:
  ///   - step: The index of the step.
  ///   - x: The sample before the step, `[batch, channels, height, width]`.
  ///   - prediction: What the model makes of it, `[batch, channels or more, height, width]`.
  ///   - workspace: What to compute with.
  /// - Returns: `[batch, channels, height, width]`.
  public func denoised(
    _ step: Int, _ x: Tensor<Float>, prediction: Tensor<Float>, in workspace: Workspace
  ) -> Tensor<Float> {
    self.prediction.start(of: x, prediction, at: noiseLevel(at: step), in: workspace)
  }

  /// The noise of a step that adds some; it must be given then.
  func required(_ noise: Tensor<Float>?, for x: Tensor<Float>, step: Int) -> Tensor<Float> {
    let noise = require(noise, "\(name): step \(step) needs noise")
    check(
      noise.shape == x.shape,
      "\(name): step \(step) needs noise of shape \(x.shape), not \(noise.shape)")
    return noise
  }

  /// What a step needs of the steps before; they must have been taken.
  func required<Value>(_ past: Value?, step: Int) -> Value {
    require(past, "\(name): step \(step) needs the history of the steps before it")
  }
}
