public import Kernels
public import Tensor

/// Multistep sampling of a latent consistency model, which leads to the image from any timestep.
///
/// Reference: [Luo et al., 2023](https://arxiv.org/abs/2310.04378), algorithm 3 and section 4.1;
/// timesteps as diffusers' `LCMScheduler`. The model must have been distilled for it.
public struct LCM: Sampler {
  /// The training timestep of each step, the noisiest first.
  public let timesteps: [Double]
  /// What the model's output means.
  public let prediction: Prediction
  private let alphas: [Double]
  private let timestepScale: Double

  /// A sampler of some steps.
  ///
  /// - Parameters:
  ///   - steps: The number of steps, a few.
  ///   - distillationSteps: The number of timesteps that the model was distilled on.
  ///   - timestepScale: The factor of timesteps in the boundary condition.
  ///   - schedule: The noise that the model was trained with.
  ///   - prediction: What the model's output means.
  /// - Throws: `SamplerError` where the number of steps is out of range.
  public init(
    steps: Int, distillationSteps: Int = 50, timestepScale: Double = 10,
    schedule: NoiseSchedule = .linear(), prediction: Prediction = Prediction()
  ) throws(SamplerError) {
    guard (1...schedule.count).contains(distillationSteps) else {
      throw .stepCount(distillationSteps, allowed: 1...schedule.count)
    }
    guard (1...distillationSteps).contains(steps) else {
      throw .stepCount(steps, allowed: 1...distillationSteps)
    }
    let stride = schedule.count / distillationSteps
    let skipped = Double(distillationSteps) / Double(steps)
    let distilled = (0..<steps).map {
      (distillationSteps - Int(Double($0) * skipped)) * stride - 1
    }
    timesteps = distilled.map(Double.init)
    alphas = distilled.map { schedule.cumulativeAlphas[$0] }
    (self.timestepScale, self.prediction) = (timestepScale, prediction)
  }

  /// The name, `lcm`.
  public var name: String { "lcm" }

  /// How much of image and of noise the sample has before a step.
  public func noiseLevel(at step: Int) -> NoiseLevel {
    NoiseLevel(cumulativeAlpha: alphas[step])
  }

  /// Whether a step adds noise: all but the last do.
  public func addsNoise(at step: Int) -> Bool { step < stepCount - 1 }

  /// Takes a step; see `Sampler`.
  public func step(
    _ step: Int, _ x: Tensor<Float>, prediction: Tensor<Float>, noise: Tensor<Float>?,
    history: inout SamplerHistory, in workspace: Workspace
  ) -> Tensor<Float> {
    let (t, variance) = (timestepScale * timesteps[step], 0.25)  // σ² of the data
    let skip = variance / (t * t + variance)
    let out = t / (t * t + variance).squareRoot()
    let x0 = denoised(step, x, prediction: prediction, in: workspace)
    guard addsNoise(at: step) else {
      return linearCombination([(Float(out), x0), (Float(skip), x)], in: workspace)
    }
    let next = noiseLevel(at: step + 1)
    return linearCombination(
      [
        (Float(next.alpha * out), x0), (Float(next.alpha * skip), x),
        (Float(next.sigma), required(noise, for: x, step: step)),
      ], in: workspace)
  }
}
