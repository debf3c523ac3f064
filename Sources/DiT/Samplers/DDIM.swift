public import Kernels
public import Tensor

/// Denoising diffusion implicit models.
///
/// Reference: [Song et al., 2020](https://arxiv.org/abs/2010.02502), equation 12; timesteps and
/// limits as diffusers' `DDIMScheduler` with `clip_sample` off and `set_alpha_to_one` on.
public struct DDIM: Sampler {
  /// How the steps are spread over the training timesteps.
  public enum Spacing: String, Sendable, CaseIterable {
    /// Multiples of the step's length from zero on.
    case leading
    /// Multiples of the step's length down from the last timestep.
    case trailing
    /// Evenly from the last timestep to zero.
    case linspace
  }

  /// The training timestep of each step, the noisiest first.
  public let timesteps: [Int]
  /// The share of DDPM's noise that each step adds.
  public let eta: Double
  /// How the steps are spread.
  public let spacing: Spacing
  private let schedule: NoiseSchedule
  private let stride: Int

  /// A sampler of some steps.
  ///
  /// - Parameters:
  ///   - steps: The number of steps.
  ///   - eta: 0 for none of DDPM's noise, 1 for all of it.
  ///   - spacing: How the steps are spread.
  ///   - schedule: The noise that the model was trained with.
  /// - Throws: `SamplerError` where the steps or η are out of range.
  public init(
    steps: Int, eta: Double = 0, spacing: Spacing = .leading,
    schedule: NoiseSchedule = .linear()
  ) throws(SamplerError) {
    let count = schedule.count
    guard (1...count).contains(steps) else {
      throw .stepCount(steps, allowed: 1...count)
    }
    guard (0...1).contains(eta) else { throw .eta(eta) }
    let ratio = Double(count) / Double(steps)
    stride = count / steps
    switch spacing {
    case .leading:
      timesteps = (0..<steps).reversed().map { [stride] in $0 * stride }
    case .trailing:
      timesteps = (0..<steps).map {
        Int((Double(count) - Double($0) * ratio).rounded(.toNearestOrEven)) - 1
      }
    case .linspace:
      timesteps = (0..<steps).reversed().map {
        let position = steps == 1 ? 0 : Double($0) * Double(count - 1) / Double(steps - 1)
        return Int(position.rounded(.toNearestOrEven))
      }
    }
    (self.eta, self.spacing) = (eta, spacing)
    self.schedule = schedule
  }

  /// The name, `ddim`.
  public var name: String { "ddim" }

  /// The channels that a prediction must have; a predicted variance is not used.
  public func predictionChannels(forSample channels: Int) -> ClosedRange<Int> {
    channels...2 * channels
  }

  /// ᾱ at the timestep of a step.
  public func cumulativeAlpha(at step: Int) -> Double {
    schedule.cumulativeAlphas[timesteps[step]]
  }

  /// Whether a step adds noise: each does where η is not zero.
  public func addsNoise(at step: Int) -> Bool { eta > 0 }

  /// Takes a step; see `Sampler`.
  public func step(
    _ step: Int, _ x: Tensor<Float>, prediction: Tensor<Float>, noise: Tensor<Float>?,
    in workspace: Workspace
  ) -> Tensor<Float> {
    let alpha = cumulativeAlpha(at: step)
    let previous = timesteps[step] - stride
    let alphaPrevious = previous >= 0 ? schedule.cumulativeAlphas[previous] : 1
    let σ =
      eta * ((1 - alphaPrevious) / (1 - alpha) * (1 - alpha / alphaPrevious)).squareRoot()
    // √ᾱ' x₀ + √(1 - ᾱ' - σ²) ε + σ z, with x₀ = (x - √(1 - ᾱ) ε) / √ᾱ.
    let ofSample = (alphaPrevious / alpha).squareRoot()
    let ofNoise =
      max(0, 1 - alphaPrevious - σ * σ).squareRoot() - ofSample * (1 - alpha).squareRoot()
    var terms = [
      (Float(ofSample), x), (Float(ofNoise), prediction[.all, 0..<x.shape[1]]),
    ]
    if addsNoise(at: step) {
      terms.append((Float(σ), required(noise, for: x, step: step)))
    }
    return combination(terms, in: workspace)
  }
}
