internal import Foundation
public import Kernels
public import Tensor

/// Denoising diffusion probabilistic models, on some of the training timesteps.
///
/// References: [Ho et al., 2020](https://arxiv.org/abs/2006.11239), equation 7, and
/// [Nichol and Dhariwal, 2021](https://arxiv.org/abs/2102.09672), section 4 for the respacing and
/// equation 15 for the learned variance.
public struct DDPM: Sampler {
  /// Where the variance of a step comes from.
  public enum Variance: String, Sendable, CaseIterable {
    /// β̃, the variance of the posterior.
    case fixedSmall = "fixed_small"
    /// β.
    case fixedLarge = "fixed_large"
    /// Predicted by the model as a place between β̃ and β.
    case learnedRange = "learned_range"
  }

  /// The training timestep of each step, the noisiest first.
  public let timesteps: [Double]
  /// Where the variance of a step comes from.
  public let variance: Variance
  /// What the model's output means.
  public let prediction: Prediction
  private let posteriors: [Posterior]

  /// What is known of a step's end from its beginning and x₀.
  private struct Posterior {
    /// ᾱ before the step.
    let alpha: Double
    /// Factors of x₀ and x in the mean.
    let ofStart, ofSample: Double
    /// The logarithms of β and β̃.
    let logBeta, logVariance: Double

    /// The posterior of a step from ᾱ to `next`.
    init(from alpha: Double, to next: Double) {
      let beta = 1 - alpha / next
      self.alpha = alpha
      ofStart = beta * next.squareRoot() / (1 - alpha)
      ofSample = (1 - next) * (1 - beta).squareRoot() / (1 - alpha)
      logBeta = log(beta)
      logVariance = log(max(beta * (1 - next) / (1 - alpha), 1e-20))
    }
  }

  /// A sampler of some steps.
  ///
  /// - Parameters:
  ///   - steps: The number of steps.
  ///   - variance: Where the variance comes from.
  ///   - spacing: How the steps are spread; nil is evenly from the last timestep to the first, as
  ///     the original code has it, which rounds some of them otherwise than `linspace`.
  ///   - offset: What is added to each timestep; with `leading` only.
  ///   - schedule: The noise that the model was trained with.
  ///   - prediction: What the model's output means.
  /// - Throws: `SamplerError` where the number of steps or the offset is out of range.
  public init(
    steps: Int, variance: Variance = .fixedSmall, spacing: TimestepSpacing? = nil,
    offset: Int = 0, schedule: NoiseSchedule = .linear(), prediction: Prediction = Prediction()
  ) throws(SamplerError) {
    let timesteps: [Int]
    if let spacing {
      timesteps = try spacing.wholeTimesteps(steps, of: schedule.count, offset: offset)
    } else {
      timesteps = try Self.respaced(steps, of: schedule.count)
    }
    let alphas = timesteps.map { schedule.cumulativeAlphas[$0] }
    posteriors = zip(alphas, alphas.dropFirst() + [1]).map { Posterior(from: $0, to: $1) }
    self.timesteps = timesteps.map(Double.init)
    (self.variance, self.prediction) = (variance, prediction)
  }

  /// The name, `ddpm`.
  public var name: String { "ddpm" }

  /// The channels that a prediction must have; a predicted variance counts.
  public func predictionChannels(forSample channels: Int) -> ClosedRange<Int> {
    variance == .learnedRange ? 2 * channels...2 * channels : channels...2 * channels
  }

  /// How much of image and of noise the sample has before a step.
  public func noiseLevel(at step: Int) -> NoiseLevel {
    NoiseLevel(cumulativeAlpha: posteriors[step].alpha)
  }

  /// Whether a step adds noise: all do but that from the first timestep.
  public func addsNoise(at step: Int) -> Bool { timesteps[step] > 0 }

  /// The timesteps of a run of `steps`, falling: from the last to the first in equal strides, which
  /// are added up.
  private static func respaced(_ steps: Int, of count: Int) throws(SamplerError) -> [Int] {
    guard (1...count).contains(steps) else { throw .stepCount(steps, allowed: 1...count) }
    let stride = steps == 1 ? 1 : Double(count - 1) / Double(steps - 1)
    var position = 0.0
    return (0..<steps).map { _ in
      defer { position += stride }
      return Int(position.rounded(.toNearestOrEven))
    }.reversed()
  }

  /// Takes a step; see `Sampler`.
  public func step(
    _ step: Int, _ x: Tensor<Float>, prediction output: Tensor<Float>, noise: Tensor<Float>?,
    history: inout SamplerHistory, in workspace: Workspace
  ) -> Tensor<Float> {
    let (p, channels) = (posteriors[step], x.shape[1])
    let x0 = denoised(step, x, prediction: output, in: workspace)
    let mean = [(Float(p.ofStart), x0), (Float(p.ofSample), x)]
    guard addsNoise(at: step) else { return linearCombination(mean, in: workspace) }
    let noise = required(noise, for: x, step: step)
    switch variance {
    case .fixedSmall:
      return linearCombination(mean + [(Float(exp(p.logVariance / 2)), noise)], in: workspace)
    case .fixedLarge:
      return linearCombination(mean + [(Float(exp(p.logBeta / 2)), noise)], in: workspace)
    case .learnedRange:
      // log σ² = f log β + (1 - f) log β̃, with f = (v + 1) / 2.
      let v = output[.all, channels..<2 * channels]
      let halfRange = Float((p.logBeta - p.logVariance) / 4)
      let center = Float((p.logBeta + p.logVariance) / 4)
      return linearCombination(mean, in: workspace) + (v * halfRange + center).exp() * noise
    }
  }
}
