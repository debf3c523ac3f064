/// The way of the samplers whose samples are `x₀ + σ ε`, and whose model sees them scaled back to
/// the variance that it was trained with.
struct VarianceExplodingPath: Sendable {
  /// The timesteps, falling; they may lie between two.
  let timesteps: [Double]
  /// The noise levels, falling: one for each timestep and the final one.
  let sigmas: [Double]
  /// The standard deviation of the noise to start from.
  let initialNoiseScale: Double

  /// A way of some steps; for the parameters see `Euler`.
  init(
    steps: Int, spacing: TimestepSpacing, offset: Int, sigmas spread: SigmaSpacing = .discrete,
    final: FinalSigma = .zero, schedule: NoiseSchedule
  ) throws(SamplerError) {
    let levels = SigmaSchedule(
      timesteps: try spacing.timesteps(steps, of: schedule.count, offset: offset),
      spacing: spread, final: final, schedule: schedule)
    (timesteps, sigmas) = (levels.timesteps, levels.sigmas)
    // Where the steps begin below the last timestep, x₀ counts in the variance.
    let σ = sigmas[0]
    initialNoiseScale = spacing == .leading ? (σ * σ + 1).squareRoot() : σ
  }
}
