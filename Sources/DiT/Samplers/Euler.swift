public import Kernels
public import Tensor

/// Euler's method on the differential equation `dx/dσ = (x - x₀) / σ`.
///
/// Reference: [Karras et al., 2022](https://arxiv.org/abs/2206.00364), algorithm 1 without its
/// second order; timesteps and noise levels as diffusers' `EulerDiscreteScheduler`.
public struct Euler: VarianceExplodingSampler {
  /// What the model's output means.
  public let prediction: Prediction
  /// The timesteps and noise levels.
  public let path: VarianceExplodingPath

  /// A sampler of some steps.
  ///
  /// - Parameters:
  ///   - steps: The number of steps.
  ///   - spacing: How the steps are spread.
  ///   - offset: What is added to each timestep; with `leading` only.
  ///   - sigmas: How the noise levels are spread.
  ///   - final: The noise level to end with.
  ///   - schedule: The noise that the model was trained with.
  ///   - prediction: What the model's output means.
  /// - Throws: `SamplerError` where the number of steps or the offset is out of range.
  public init(
    steps: Int, spacing: TimestepSpacing = .linspace, offset: Int = 0,
    sigmas: SigmaSpacing = .discrete, final: FinalSigma = .zero,
    schedule: NoiseSchedule = .linear(), prediction: Prediction = Prediction()
  ) throws(SamplerError) {
    path = try VarianceExplodingPath(
      steps: steps, spacing: spacing, offset: offset, sigmas: sigmas, final: final,
      schedule: schedule)
    self.prediction = prediction
  }

  /// The name, `euler`.
  public var name: String { "euler" }

  /// Takes a step; see `Sampler`.
  public func step(
    _ step: Int, _ x: Tensor<Float>, prediction: Tensor<Float>, noise: Tensor<Float>?,
    history: inout SamplerHistory, in workspace: Workspace
  ) -> Tensor<Float> {
    let ratio = path.sigmas[step + 1] / path.sigmas[step]
    let x0 = denoised(step, x, prediction: prediction, in: workspace)
    // x + (σ' - σ) (x - x₀) / σ.
    return linearCombination([(Float(ratio), x), (Float(1 - ratio), x0)], in: workspace)
  }
}
