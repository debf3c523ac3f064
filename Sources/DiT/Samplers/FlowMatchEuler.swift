public import Kernels
public import Tensor

/// Euler's method along the flow of a model trained by flow matching, `dx/dσ = v`.
///
/// Reference: [Esser et al., 2024](https://arxiv.org/abs/2403.03206), section 5.3.2 for the shift;
/// noise levels as diffusers' `FlowMatchEulerDiscreteScheduler`.
public struct FlowMatchEuler: Sampler {
  /// The training timestep of each step, the noisiest first, not always a whole number.
  public let timesteps: [Double]
  private let sigmas: [Double]

  /// A sampler of some steps.
  ///
  /// - Parameters:
  ///   - steps: The number of steps.
  ///   - shift: How far the noise levels are shifted towards noise; 1 shifts nothing. Larger images
  ///     need a larger shift.
  ///   - spacing: How the noise levels are spread.
  ///   - count: The number of training timesteps.
  /// - Throws: `SamplerError` where the number of steps is out of range.
  /// - Precondition: The shift is positive.
  public init(
    steps: Int, shift: Double = 1, sigmas spacing: SigmaSpacing = .discrete,
    timestepCount count: Int = 1000
  ) throws(SamplerError) {
    guard (1...count).contains(steps) else { throw .stepCount(steps, allowed: 1...count) }
    check(shift > 0, "flow-euler: the shift must be positive, not \(shift)")
    func shifted(_ σ: Double) -> Double { shift * σ / (1 + (shift - 1) * σ) }
    // The last level is shifted twice, as diffusers does.
    let (largest, smallest) = (1.0, shifted(1 / Double(count)))
    let levels = (0..<steps).map {
      shifted(largest + (smallest - largest) * Double($0) / Double(max(steps - 1, 1)))
    }
    let spread = spacing.sigmas(steps, from: levels[0], to: levels[steps - 1]) ?? levels
    timesteps = spread.map { $0 * Double(count) }
    sigmas = spread + [0]
  }

  /// The name, `flow-euler`.
  public var name: String { "flow-euler" }

  /// The flow, `ε - x₀`.
  public var prediction: Prediction { Prediction(.flow) }

  /// How much of image and of noise the sample has before a step.
  public func noiseLevel(at step: Int) -> NoiseLevel {
    NoiseLevel(alpha: 1 - sigmas[step], sigma: sigmas[step])
  }

  /// Takes a step; see `Sampler`.
  public func step(
    _ step: Int, _ x: Tensor<Float>, prediction: Tensor<Float>, noise: Tensor<Float>?,
    history: inout SamplerHistory, in workspace: Workspace
  ) -> Tensor<Float> {
    linearCombination(
      [(1, x), (Float(sigmas[step + 1] - sigmas[step]), prediction[.all, 0..<x.shape[1]])],
      in: workspace)
  }
}
