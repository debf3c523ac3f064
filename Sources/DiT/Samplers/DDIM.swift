public import Kernels
public import Tensor

/// Denoising diffusion implicit models.
///
/// Reference: [Song et al., 2020](https://arxiv.org/abs/2010.02502), equation 12; timesteps and
/// limits as diffusers' `DDIMScheduler`.
public struct DDIM: Sampler {
  /// The training timestep of each step, the noisiest first.
  public let timesteps: [Double]
  /// The share of DDPM's noise that each step adds.
  public let eta: Double
  /// How the steps are spread.
  public let spacing: TimestepSpacing
  /// What the model's output means.
  public let prediction: Prediction
  /// ᾱ before and after each step.
  private let alphas: [(before: Double, after: Double)]

  /// A sampler of some steps.
  ///
  /// - Parameters:
  ///   - steps: The number of steps.
  ///   - eta: 0 for none of DDPM's noise, 1 for all of it.
  ///   - spacing: How the steps are spread.
  ///   - offset: What is added to each timestep; with `leading` only.
  ///   - endsAtImage: Whether the step beyond the first timestep leads to ᾱ = 1 rather than to
  ///     ᾱ of the first timestep.
  ///   - schedule: The noise that the model was trained with.
  ///   - prediction: What the model's output means.
  /// - Throws: `SamplerError` where the steps, the offset or η are out of range.
  public init(
    steps: Int, eta: Double = 0, spacing: TimestepSpacing = .leading, offset: Int = 0,
    endsAtImage: Bool = true, schedule: NoiseSchedule = .linear(),
    prediction: Prediction = Prediction()
  ) throws(SamplerError) {
    guard (0...1).contains(eta) else { throw .eta(eta) }
    let timesteps = try spacing.wholeTimesteps(steps, of: schedule.count, offset: offset)
    let table = schedule.cumulativeAlphas
    let stride = schedule.count / steps
    alphas = timesteps.map { t in
      (table[t], t >= stride ? table[t - stride] : endsAtImage ? 1 : table[0])
    }
    self.timesteps = timesteps.map(Double.init)
    (self.eta, self.spacing, self.prediction) = (eta, spacing, prediction)
  }

  /// The name, `ddim`.
  public var name: String { "ddim" }

  /// How much of image and of noise the sample has before a step.
  public func noiseLevel(at step: Int) -> NoiseLevel {
    NoiseLevel(cumulativeAlpha: alphas[step].before)
  }

  /// Whether a step adds noise: each does where η is not zero.
  public func addsNoise(at step: Int) -> Bool { eta > 0 }

  /// Takes a step; see `Sampler`.
  public func step(
    _ step: Int, _ x: Tensor<Float>, prediction output: Tensor<Float>, noise: Tensor<Float>?,
    history: inout SamplerHistory, in workspace: Workspace
  ) -> Tensor<Float> {
    let (alpha, alphaNext) = alphas[step]
    let σ = eta * ((1 - alphaNext) / (1 - alpha) * (1 - alpha / alphaNext)).squareRoot()
    let x0 = denoised(step, x, prediction: output, in: workspace)
    let ε = prediction.noise(in: x, output, at: noiseLevel(at: step), in: workspace)
    // √ᾱ' x₀ + √(1 - ᾱ' - σ²) ε + σ z.
    var terms = [
      (Float(alphaNext.squareRoot()), x0),
      (Float(max(0, 1 - alphaNext - σ * σ).squareRoot()), ε),
    ]
    if addsNoise(at: step) {
      terms.append((Float(σ), required(noise, for: x, step: step)))
    }
    return linearCombination(terms, in: workspace)
  }
}
