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
    case fixedSmall
    /// Predicted by the model as a place between β̃ and β.
    case learnedRange
  }

  /// The training timestep of each step, the noisiest first.
  public let timesteps: [Int]
  /// Where the variance of a step comes from.
  public let variance: Variance
  private let coefficients: [Coefficients]

  /// The numbers of one step.
  private struct Coefficients {
    /// ᾱ.
    let alpha: Double
    /// Factors of x₀ and x in the mean of the posterior.
    let ofStart, ofSample: Double
    /// √(1/ᾱ) and √(1/ᾱ - 1), which give x₀ from x and ε.
    let startOfSample, startOfNoise: Double
    let logBeta, logPosteriorVariance: Double
  }

  /// A sampler of some steps.
  ///
  /// - Parameters:
  ///   - steps: The number of steps.
  ///   - variance: Where the variance comes from.
  ///   - schedule: The noise that the model was trained with.
  /// - Throws: `SamplerError` where the number of steps is out of range.
  public init(
    steps: Int, variance: Variance = .fixedSmall, schedule: NoiseSchedule = .linear()
  ) throws(SamplerError) {
    guard (1...schedule.count).contains(steps) else {
      throw .stepCount(steps, allowed: 1...schedule.count)
    }
    let kept = Self.respaced(steps, of: schedule.count)
    self.variance = variance
    timesteps = kept.reversed()
    coefficients = Self.coefficients(kept.map { schedule.cumulativeAlphas[$0] }).reversed()
  }

  /// The name, `ddpm`.
  public var name: String { "ddpm" }

  /// The channels that a prediction must have; a predicted variance counts.
  public func predictionChannels(forSample channels: Int) -> ClosedRange<Int> {
    variance == .learnedRange ? 2 * channels...2 * channels : channels...2 * channels
  }

  /// ᾱ at the timestep of a step.
  public func cumulativeAlpha(at step: Int) -> Double { coefficients[step].alpha }

  /// Whether a step adds noise: all but the last do.
  public func addsNoise(at step: Int) -> Bool { step < timesteps.count - 1 }

  /// The timesteps of a run of `steps`, growing: from the first to the last in equal strides.
  private static func respaced(_ steps: Int, of count: Int) -> [Int] {
    let stride = steps == 1 ? 1 : Double(count - 1) / Double(steps - 1)
    var position = 0.0
    return (0..<steps).map { _ in
      defer { position += stride }
      return Int(position.rounded(.toNearestOrEven))
    }
  }

  /// The posterior of each kept timestep, growing, from the ᾱ of these.
  private static func coefficients(_ alphas: [Double]) -> [Coefficients] {
    let previous = [1] + alphas.dropLast()
    let betas = zip(alphas, previous).map { 1 - $0 / $1 }
    let variances = alphas.indices.map { betas[$0] * (1 - previous[$0]) / (1 - alphas[$0]) }
    return alphas.indices.map { i in
      Coefficients(
        alpha: alphas[i],
        ofStart: betas[i] * previous[i].squareRoot() / (1 - alphas[i]),
        ofSample: (1 - previous[i]) * (1 - betas[i]).squareRoot() / (1 - alphas[i]),
        startOfSample: (1 / alphas[i]).squareRoot(),
        startOfNoise: (1 / alphas[i] - 1).squareRoot(),
        logBeta: log(betas[i]),
        // The variance at the first timestep is zero: its logarithm is that of the second.
        logPosteriorVariance: log(variances[i == 0 && variances.count > 1 ? 1 : i]))
    }
  }

  /// Takes a step; see `Sampler`.
  public func step(
    _ step: Int, _ x: Tensor<Float>, prediction: Tensor<Float>, noise: Tensor<Float>?,
    in workspace: Workspace
  ) -> Tensor<Float> {
    let (c, channels) = (coefficients[step], x.shape[1])
    // The mean, ofStart · x₀ + ofSample · x, with x₀ = startOfSample · x - startOfNoise · ε.
    let mean = combination(
      [
        (Float(c.ofStart * c.startOfSample + c.ofSample), x),
        (Float(-c.ofStart * c.startOfNoise), prediction[.all, 0..<channels]),
      ], in: workspace)
    guard addsNoise(at: step) else { return mean }
    let noise = required(noise, for: x, step: step)
    switch variance {
    case .fixedSmall:
      return combination(
        [(1, mean), (Float(exp(c.logPosteriorVariance / 2)), noise)], in: workspace)
    case .learnedRange:
      // log σ² = f log β + (1 - f) log β̃, with f = (v + 1) / 2.
      let v = prediction[.all, channels..<2 * channels]
      let halfRange = Float((c.logBeta - c.logPosteriorVariance) / 4)
      let center = Float((c.logBeta + c.logPosteriorVariance) / 4)
      return mean + (v * halfRange + center).exp() * noise
    }
  }
}
