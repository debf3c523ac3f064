public import Kernels
public import Tensor

/// Heun's method: Euler's, and then again with the mean of the slopes at both ends.
///
/// Reference: [Karras et al., 2022](https://arxiv.org/abs/2206.00364), algorithm 1; timesteps and
/// noise levels as diffusers' `HeunDiscreteScheduler`.
///
/// Every interval between two noise levels takes two steps, one for each evaluation of the model;
/// only the last, which ends without noise, takes one. So a run of `n` has `2 n - 1` steps.
public struct Heun: VarianceExplodingSampler {
  /// What the model's output means.
  public let prediction: Prediction
  /// The timesteps and noise levels.
  public let path: VarianceExplodingPath

  /// A sampler of some intervals.
  ///
  /// - Parameters:
  ///   - steps: The number of intervals.
  ///   - spacing: How the steps are spread.
  ///   - offset: What is added to each timestep; with `leading` only.
  ///   - sigmas: How the noise levels are spread.
  ///   - schedule: The noise that the model was trained with.
  ///   - prediction: What the model's output means.
  /// - Throws: `SamplerError` where the number of steps or the offset is out of range.
  public init(
    steps: Int, spacing: TimestepSpacing = .linspace, offset: Int = 0,
    sigmas: SigmaSpacing = .discrete, schedule: NoiseSchedule = .linear(),
    prediction: Prediction = Prediction()
  ) throws(SamplerError) {
    path = try VarianceExplodingPath(
      steps: steps, spacing: spacing, offset: offset, sigmas: sigmas, schedule: schedule)
    self.prediction = prediction
  }

  /// The name, `heun`.
  public var name: String { "heun" }

  /// The training timestep of each evaluation, the noisiest first, not always a whole number.
  public var timesteps: [Double] {
    path.timesteps.prefix(1) + path.timesteps.dropFirst().flatMap { [$0, $0] }
  }

  /// A run begins with the first of two evaluations.
  public var starts: [Int] { Array(stride(from: 0, to: stepCount, by: 2)) }

  /// How much image and how much noise is in the sample before a step: a second evaluation is at
  /// the interval's end.
  public func noiseLevel(at step: Int) -> NoiseLevel {
    NoiseLevel(alpha: 1, sigma: path.sigmas[(step + 1) / 2])
  }

  /// Takes a step; see `Sampler`.
  public func step(
    _ step: Int, _ x: Tensor<Float>, prediction: Tensor<Float>, noise: Tensor<Float>?,
    history: inout SamplerHistory, in workspace: Workspace
  ) -> Tensor<Float> {
    let length = path.sigmas[step / 2 + 1] - path.sigmas[step / 2]
    let x0 = denoised(step, x, prediction: prediction, in: workspace)
    let inverse = Float(1 / noiseLevel(at: step).sigma)
    let slope = linearCombination([(inverse, x), (-inverse, x0)], in: workspace)
    if step.isMultiple(of: 2) {
      history.sample = x
      history.append(slope, limit: 1)
      return linearCombination([(1, x), (Float(length), slope)], in: workspace)
    }
    let first = required(history.output(1), step: step)
    return linearCombination(
      [
        (1, required(history.sample, step: step)), (Float(length / 2), first),
        (Float(length / 2), slope),
      ], in: workspace)
  }
}
