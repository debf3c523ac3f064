internal import Foundation
public import Kernels
public import Tensor

/// DPM-Solver++, multistep: the image is extrapolated from those of the steps before.
///
/// References: [Lu et al., 2022](https://arxiv.org/abs/2211.01095), algorithm 2 and appendix B for
/// the third order and the stochastic form; timesteps and noise levels as diffusers'
/// `DPMSolverMultistepScheduler`.
public struct DPMSolver: Sampler {
  /// How the second-order term is weighted.
  public enum Variant: String, Sendable, CaseIterable {
    /// By the midpoint rule.
    case midpoint
    /// By the exact integral, as Heun's method has it.
    case heun
  }

  /// The training timestep of each step, the noisiest first.
  public let timesteps: [Double]
  /// What the model's output means.
  public let prediction: Prediction
  /// The order of the method; the first steps have a lower one.
  public let order: Int
  /// Whether the stochastic equation is solved, with new noise in every step.
  public let isStochastic: Bool
  private let variant: Variant
  private let sigmas: [Double]
  private let lowersFinalOrder, endsWithEuler: Bool

  /// A sampler of some steps.
  ///
  /// - Parameters:
  ///   - steps: The number of steps.
  ///   - order: The order, 1 to 3; 1 or 2 for the stochastic equation.
  ///   - isStochastic: Whether the stochastic equation is solved.
  ///   - variant: How the second-order term is weighted.
  ///   - lowersFinalOrder: Whether the last steps of a run of less than 15 are of lower order.
  ///   - endsWithEuler: Whether the last step is of the first order in every run.
  ///   - spacing: How the steps are spread.
  ///   - offset: What is added to each timestep; with `leading` only.
  ///   - sigmas: How the noise levels are spread.
  ///   - final: The noise level to end with; a last step to zero is of the first order.
  ///   - schedule: The noise that the model was trained with.
  ///   - prediction: What the model's output means.
  /// - Throws: `SamplerError` where the steps, the offset or the order are out of range.
  public init(
    steps: Int, order: Int = 2, isStochastic: Bool = false, variant: Variant = .midpoint,
    lowersFinalOrder: Bool = true, endsWithEuler: Bool = false,
    spacing: TimestepSpacing = .linspace, offset: Int = 0, sigmas: SigmaSpacing = .discrete,
    final: FinalSigma = .zero, schedule: NoiseSchedule = .linear(),
    prediction: Prediction = Prediction()
  ) throws(SamplerError) {
    let orders = isStochastic ? 1...2 : 1...3
    guard orders.contains(order) else { throw .order(order, allowed: orders) }
    let levels = SigmaSchedule(
      wholeTimesteps: try spacing.solverTimesteps(steps, of: schedule.count, offset: offset),
      spacing: sigmas, final: final,
      // diffusers rounds Karras' levels, but not those of the squared cosine.
      rounding: sigmas == .karras && !schedule.isSquaredCosine ? .toNearestOrEven : .towardZero,
      schedule: schedule)
    (timesteps, self.sigmas) = (levels.timesteps, levels.sigmas)
    (self.order, self.isStochastic, self.variant) = (order, isStochastic, variant)
    (self.lowersFinalOrder, self.endsWithEuler) = (lowersFinalOrder, endsWithEuler)
    self.prediction = prediction
  }

  /// The name, `dpm++2m` or `dpm++2m-sde`.
  public var name: String { isStochastic ? "dpm++2m-sde" : "dpm++2m" }

  /// How much of image and of noise the sample has before a step.
  public func noiseLevel(at step: Int) -> NoiseLevel { NoiseLevel(ratio: sigmas[step]) }

  /// Whether a step adds noise: with the stochastic equation, every step does unless it ends at
  /// zero.
  public func addsNoise(at step: Int) -> Bool { isStochastic && sigmas[step + 1] > 0 }

  /// The order of a step: lower in the first steps, which have fewer images before them, and at the
  /// end.
  private func order(of step: Int, _ history: SamplerHistory) -> Int {
    let remaining = stepCount - step
    let isShort = lowersFinalOrder && stepCount < 15
    if remaining == 1, isShort || endsWithEuler || sigmas[step + 1] == 0 { return 1 }
    if remaining == 2, isShort { return min(history.outputs.count, 2) }
    return history.outputs.count
  }

  /// Takes a step; see `Sampler`.
  public func step(
    _ step: Int, _ x: Tensor<Float>, prediction: Tensor<Float>, noise: Tensor<Float>?,
    history: inout SamplerHistory, in workspace: Workspace
  ) -> Tensor<Float> {
    history.append(denoised(step, x, prediction: prediction, in: workspace), limit: order)
    let (here, next) = (noiseLevel(at: step), noiseLevel(at: step + 1))
    let h = next.λ - here.λ
    // The stochastic equation has twice the drift towards the image.
    let drift = isStochastic ? 2 * h : h
    let φ = expm1(-drift)
    let damping = next.sigma / here.sigma * (isStochastic ? exp(-h) : 1)
    // σ'/σ x - α' φ D₀ + c₁ D₁ + c₂ D₂, and the noise of the stochastic equation.
    var terms = [(Float(damping), x)]
    let weights = differenceWeights(order: order(of: step, history), drift: drift, φ: φ)
    for (age, weight) in imageWeights(weights, step: step, h: h).enumerated() {
      let image = required(history.output(age + 1), step: step)
      terms.append((Float(next.alpha * weight), image))
    }
    if addsNoise(at: step) {
      let scale = next.sigma * (-expm1(-2 * h)).squareRoot()
      terms.append((Float(scale), required(noise, for: x, step: step)))
    }
    return linearCombination(terms, in: workspace)
  }

  /// The weights of the newest image D₀ and of its differences D₁ and D₂, without α'.
  private func differenceWeights(order: Int, drift: Double, φ: Double) -> [Double] {
    switch order {
    case 1: [-φ]
    case 2: [-φ, variant == .midpoint ? -φ / 2 : φ / drift + 1]
    default: [-φ, φ / drift + 1, -((φ + drift) / (drift * drift) - 0.5)]
    }
  }

  /// The same weights, expressed as weights of the images, the newest first.
  private func imageWeights(_ weights: [Double], step: Int, h: Double) -> [Double] {
    guard weights.count > 1 else { return weights }
    let (λ, λ1) = (noiseLevel(at: step).λ, noiseLevel(at: step - 1).λ)
    let r0 = (λ - λ1) / h
    // D₁ = (m₀ - m₁) / r₀.
    guard weights.count > 2 else {
      return [weights[0] + weights[1] / r0, -weights[1] / r0]
    }
    // With d₀ = (m₀ - m₁) / r₀ and d₁ = (m₁ - m₂) / r₁:
    // D₁ = d₀ + r₀ / (r₀ + r₁) (d₀ - d₁) and D₂ = (d₀ - d₁) / (r₀ + r₁).
    let r1 = (λ1 - noiseLevel(at: step - 2).λ) / h
    let ofChange = (weights[1] * r0 + weights[2]) / (r0 + r1)
    let (c0, c1) = ((weights[1] + ofChange) / r0, -ofChange / r1)
    return [weights[0] + c0, c1 - c0, -c1]
  }
}
