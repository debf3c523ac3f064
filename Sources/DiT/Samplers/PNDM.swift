public import Kernels
public import Tensor

/// Pseudo numerical methods: a linear multistep of four predictions, begun by Runge–Kutta steps or
/// by lower orders.
///
/// Reference: [Liu et al., 2022](https://arxiv.org/abs/2202.09778), equations 11 to 13; timesteps
/// and the lower orders of the beginning as diffusers' `PNDMScheduler`.
public struct PNDM: Sampler {
  /// The training timestep of each evaluation; some occur twice, and the Runge–Kutta steps at the
  /// beginning have some in between.
  public let timesteps: [Double]
  /// What the model's output means.
  public let prediction: Prediction
  private let evaluations: [Int]
  private let rungeKuttaCount: Int
  /// The timesteps from one step to the next.
  private let stride: Int
  private let alphas: [Double]
  private let finalAlpha: Double

  /// A sampler of some steps.
  ///
  /// - Parameters:
  ///   - steps: The number of steps; at least four where Runge and Kutta's begin.
  ///   - skipsRungeKutta: Whether lower orders begin. They evaluate the model once more than there
  ///     are steps, Runge and Kutta's nine times.
  ///   - endsAtImage: Whether the step beyond the first timestep leads to ᾱ = 1 rather than to
  ///     ᾱ of the first timestep.
  ///   - spacing: How the steps are spread.
  ///   - offset: What is added to each timestep; with `leading` only.
  ///   - schedule: The noise that the model was trained with.
  ///   - prediction: How the model's output is read; bounds are not used.
  /// - Throws: `SamplerError` where the number of steps or the offset is out of range.
  public init(
    steps: Int, skipsRungeKutta: Bool = true, endsAtImage: Bool = false,
    spacing: TimestepSpacing = .leading, offset: Int = 0, schedule: NoiseSchedule = .linear(),
    prediction: Prediction = Prediction()
  ) throws(SamplerError) {
    guard skipsRungeKutta || steps >= 4 else {
      throw .stepCount(steps, allowed: 4...max(4, schedule.count))
    }
    let t = try spacing.wholeTimesteps(steps, of: schedule.count, offset: offset)
    stride = schedule.count / steps
    if skipsRungeKutta {
      rungeKuttaCount = 0
      // The second timestep is seen twice, for the first step once again.
      evaluations = Array(t.prefix(2) + t.dropFirst())
    } else {
      rungeKuttaCount = 12
      let half = stride / 2
      let middles = t[1...3].flatMap { [$0 + half, $0 + half, $0, $0] }
      evaluations = [t[0]] + middles.dropLast() + t.dropFirst(3)
    }
    timesteps = evaluations.map(Double.init)
    alphas = schedule.cumulativeAlphas
    finalAlpha = endsAtImage ? 1 : alphas[0]
    self.prediction = prediction
  }

  /// The name, `pndm`.
  public var name: String { "pndm" }

  /// A run begins with the first of the evaluations that lead from one noise level to the next.
  public var starts: [Int] {
    let beginning = rungeKuttaCount == 0 ? [0] : [0, 4, 8]
    return beginning + Array(max(2, rungeKuttaCount)..<max(2, stepCount))
  }

  /// How much of image and of noise the sample has before a step.
  public func noiseLevel(at step: Int) -> NoiseLevel {
    NoiseLevel(cumulativeAlpha: alphas[evaluations[step]])
  }

  /// Takes a step; see `Sampler`.
  public func step(
    _ step: Int, _ x: Tensor<Float>, prediction output: Tensor<Float>, noise: Tensor<Float>?,
    history: inout SamplerHistory, in workspace: Workspace
  ) -> Tensor<Float> {
    let output = output[.all, 0..<x.shape[1]]
    return step < rungeKuttaCount
      ? rungeKutta(step, x, output, &history, in: workspace)
      : multistep(step, x, output, &history, in: workspace)
  }

  /// A quarter of a step of Runge and Kutta's method of the fourth order, equation 13.
  private func rungeKutta(
    _ step: Int, _ x: Tensor<Float>, _ output: Tensor<Float>, _ history: inout SamplerHistory,
    in workspace: Workspace
  ) -> Tensor<Float> {
    let stage = step % 4
    if stage == 0 { history.sample = x }
    let start = required(history.sample, step: step)
    let end = evaluations[step] - (stage.isMultiple(of: 2) ? stride / 2 : 0)
    var slope = output
    if stage < 3 {
      history.append(output, limit: 7)
    } else {
      let slopes = (1...3).map { required(history.output($0), step: step) }
      slope = linearCombination(
        [(1 / 6, slopes[2]), (1 / 3, slopes[1]), (1 / 3, slopes[0]), (1 / 6, output)],
        in: workspace)
      // Of the stages only the first one's output serves the multistep.
      history.removeLast(2)
    }
    return transferred(start, from: evaluations[step - stage], to: end, slope, in: workspace)
  }

  /// A step of the linear multistep, equation 12, or of a lower order while there are fewer
  /// outputs.
  private func multistep(
    _ step: Int, _ x: Tensor<Float>, _ output: Tensor<Float>, _ history: inout SamplerHistory,
    in workspace: Workspace
  ) -> Tensor<Float> {
    let t = evaluations[step]
    if step == 1, rungeKuttaCount == 0 {
      // The first step once again, with the mean of the outputs at both ends.
      let mean = linearCombination(
        [(1 / 2, required(history.output(1), step: step)), (1 / 2, output)], in: workspace)
      return transferred(
        required(history.sample, step: step), from: t + stride, to: t, mean, in: workspace)
    }
    if step == 0 { history.sample = x }
    history.append(output, limit: 4)
    let factors: [Float] =
      switch history.outputs.count {
      case 1: [1]
      case 2: [3 / 2, -1 / 2]
      case 3: [23 / 12, -16 / 12, 5 / 12]
      default: [55 / 24, -59 / 24, 37 / 24, -9 / 24]
      }
    let slope = linearCombination(
      zip(factors, history.outputs.reversed()).map { ($0, $1) }, in: workspace)
    return transferred(x, from: t, to: t - stride, slope, in: workspace)
  }

  /// The sample at another timestep, moved along an output of the model (equation 11).
  private func transferred(
    _ x: Tensor<Float>, from t: Int, to next: Int, _ output: Tensor<Float>,
    in workspace: Workspace
  ) -> Tensor<Float> {
    let (alpha, alphaNext) = (alphas[t], next >= 0 ? alphas[next] : finalAlpha)
    let ε = prediction.noise(
      in: x, output, at: NoiseLevel(cumulativeAlpha: alpha), in: workspace)
    let ofNoise =
      (alpha - alphaNext)
      / (alpha * (1 - alphaNext).squareRoot() + (alpha * (1 - alpha) * alphaNext).squareRoot())
    return linearCombination(
      [(Float((alphaNext / alpha).squareRoot()), x), (Float(ofNoise), ε)], in: workspace)
  }
}
