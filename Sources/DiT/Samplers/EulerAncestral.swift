public import Kernels
public import Tensor

/// Euler's method with some of the noise removed by a step and then added anew.
///
/// Reference: [k-diffusion](https://github.com/crowsonkb/k-diffusion), `sample_euler_ancestral`;
/// timesteps and noise levels as diffusers' `EulerAncestralDiscreteScheduler`.
public struct EulerAncestral: VarianceExplodingSampler {
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
  ///   - schedule: The noise that the model was trained with.
  ///   - prediction: What the model's output means.
  /// - Throws: `SamplerError` where the number of steps or the offset is out of range.
  public init(
    steps: Int, spacing: TimestepSpacing = .linspace, offset: Int = 0,
    schedule: NoiseSchedule = .linear(), prediction: Prediction = Prediction()
  ) throws(SamplerError) {
    path = try VarianceExplodingPath(
      steps: steps, spacing: spacing, offset: offset, schedule: schedule)
    self.prediction = prediction
  }

  /// The name, `euler-a`.
  public var name: String { "euler-a" }

  /// Whether a step adds noise: all but the last do.
  public func addsNoise(at step: Int) -> Bool { step < stepCount - 1 }

  /// Takes a step; see `Sampler`.
  public func step(
    _ step: Int, _ x: Tensor<Float>, prediction: Tensor<Float>, noise: Tensor<Float>?,
    history: inout SamplerHistory, in workspace: Workspace
  ) -> Tensor<Float> {
    let (σ, next) = (path.sigmas[step], path.sigmas[step + 1])
    // Down to σ↓, and up to the next level by noise of σ↑: σ'² = σ↓² + σ↑².
    let up = next / σ * (σ * σ - next * next).squareRoot()
    let down = (next * next - up * up).squareRoot()
    let x0 = denoised(step, x, prediction: prediction, in: workspace)
    var terms = [(Float(down / σ), x), (Float(1 - down / σ), x0)]
    if addsNoise(at: step) { terms.append((Float(up), required(noise, for: x, step: step))) }
    return linearCombination(terms, in: workspace)
  }
}
