/// A sampler whose samples are `x₀ + σ ε`, so that their variance grows with the noise.
///
/// The model sees them scaled back to the variance that it was trained with.
public protocol VarianceExplodingSampler: Sampler {
  /// The timesteps and noise levels.
  var path: VarianceExplodingPath { get }
}

extension VarianceExplodingSampler {
  /// The training timestep of each step, the noisiest first, not always a whole number.
  public var timesteps: [Double] { path.timesteps }

  /// The standard deviation of the noise to start from.
  public var initialNoiseScale: Double { path.initialNoiseScale }

  /// The model sees `x · inputScale(at:)`.
  public func inputScale(at step: Int) -> Double { noiseLevel(at: step).inputScale }

  /// How much of image and of noise the sample has before a step.
  public func noiseLevel(at step: Int) -> NoiseLevel {
    NoiseLevel(alpha: 1, sigma: path.sigmas[step])
  }
}

/// The timesteps and noise levels of a `VarianceExplodingSampler`.
public struct VarianceExplodingPath: Sendable {
  /// The timesteps, falling; they may lie between two.
  public let timesteps: [Double]
  /// The noise levels, falling: one for each timestep and the final one.
  public let sigmas: [Double]
  /// The standard deviation of the noise to start from.
  public let initialNoiseScale: Double

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
