internal import Foundation
public import Kernels
public import Tensor

/// UniPC: a multistep predictor whose step is corrected as soon as the model has seen its end.
///
/// Reference: [Zhao et al., 2023](https://arxiv.org/abs/2302.04867), algorithms 1 and 2, predicting
/// the image; timesteps and noise levels as diffusers' `UniPCMultistepScheduler`.
public struct UniPC: Sampler {
  /// The function B(h) that scales the terms of higher order.
  public enum Variant: String, Sendable, CaseIterable {
    /// `B(h) = h`.
    case bh1
    /// `B(h) = eʰ - 1`.
    case bh2
  }

  /// The training timestep of each step, the noisiest first.
  public let timesteps: [Double]
  /// What the model's output means.
  public let prediction: Prediction
  /// The order of the predictor; the first steps have a lower one.
  public let order: Int
  private let variant: Variant
  private let sigmas: [Double]
  private let lowersFinalOrder: Bool
  private let uncorrected: Set<Int>

  /// A sampler of some steps.
  ///
  /// - Parameters:
  ///   - steps: The number of steps.
  ///   - order: The order, 1 to 3.
  ///   - variant: The function B(h).
  ///   - lowersFinalOrder: Whether the order falls to one towards the last step.
  ///   - uncorrected: The steps that are not corrected.
  ///   - spacing: How the steps are spread.
  ///   - offset: What is added to each timestep; with `leading` only.
  ///   - sigmas: How the noise levels are spread.
  ///   - final: The noise level to end with; a last step to zero is of the first order.
  ///   - schedule: The noise that the model was trained with.
  ///   - prediction: What the model's output means.
  /// - Throws: `SamplerError` where the steps, the offset or the order are out of range.
  public init(
    steps: Int, order: Int = 2, variant: Variant = .bh2, lowersFinalOrder: Bool = true,
    uncorrected: Set<Int> = [], spacing: TimestepSpacing = .linspace, offset: Int = 0,
    sigmas: SigmaSpacing = .discrete, final: FinalSigma = .zero,
    schedule: NoiseSchedule = .linear(), prediction: Prediction = Prediction()
  ) throws(SamplerError) {
    guard (1...3).contains(order) else { throw .order(order, allowed: 1...3) }
    let levels = SigmaSchedule(
      wholeTimesteps: try spacing.solverTimesteps(steps, of: schedule.count, offset: offset),
      spacing: sigmas, final: final,
      rounding: sigmas == .karras ? .toNearestOrEven : .towardZero, schedule: schedule)
    (timesteps, self.sigmas) = (levels.timesteps, levels.sigmas)
    (self.order, self.variant, self.lowersFinalOrder) = (order, variant, lowersFinalOrder)
    (self.uncorrected, self.prediction) = (uncorrected, prediction)
  }

  /// The name, `unipc`.
  public var name: String { "unipc" }

  /// How much of image and of noise the sample has before a step.
  public func noiseLevel(at step: Int) -> NoiseLevel { NoiseLevel(ratio: sigmas[step]) }

  /// The order of a step: what the images so far allow, and lower at the end.
  private func order(of step: Int, _ history: SamplerHistory) -> Int {
    if sigmas[step + 1] == 0 { return 1 }
    return min(history.outputs.count, lowersFinalOrder ? stepCount - step : order)
  }

  /// Takes a step; see `Sampler`.
  public func step(
    _ step: Int, _ x: Tensor<Float>, prediction: Tensor<Float>, noise: Tensor<Float>?,
    history: inout SamplerHistory, in workspace: Workspace
  ) -> Tensor<Float> {
    let x0 = denoised(step, x, prediction: prediction, in: workspace)
    var x = x
    if let start = history.sample, !uncorrected.contains(step - 1) {
      x = advanced(start, step - 1, history, end: x0, in: workspace).copied()
    }
    history.append(x0, limit: order)
    history.sample = x
    return advanced(x, step, history, end: nil, in: workspace)
  }

  /// The sample after a step, predicted, or corrected where the image at its end is known.
  private func advanced(
    _ x: Tensor<Float>, _ step: Int, _ history: SamplerHistory, end: Tensor<Float>?,
    in workspace: Workspace
  ) -> Tensor<Float> {
    let (here, next) = (noiseLevel(at: step), noiseLevel(at: step + 1))
    let h = next.λ - here.λ
    let pasts = 1..<order(of: step, history)
    // Where the images are that differ from m₀, in units of h, and how their differences count.
    let r = pasts.map { (noiseLevel(at: step - $0).λ - here.λ) / h } + (end == nil ? [] : [1])
    let images =
      pasts.map { required(history.output($0 + 1), step: step) } + (end.map { [$0] } ?? [])
    let ρ = weights(r, h: -h)
    // σ'/σ x - α' (e⁻ʰ - 1) m₀ - α' Σ ρ B (m - m₀) / r.
    let ofNewest = -expm1(-h) + zip(ρ, r).reduce(0) { $0 + $1.0 / $1.1 }
    var terms = [
      (Float(next.sigma / here.sigma), x),
      (Float(next.alpha * ofNewest), required(history.output(1), step: step)),
    ]
    for (image, (ρ, r)) in zip(images, zip(ρ, r)) {
      terms.append((Float(-next.alpha * ρ / r), image))
    }
    return linearCombination(terms, in: workspace)
  }

  /// The weights ρ B(h) of the differences at the places `r`: Σ ρ rᵏ = k! φₖ₊₁ h / B(h).
  private func weights(_ r: [Double], h: Double) -> [Double] {
    let scale = variant == .bh1 ? h : expm1(h)
    // Of a single difference, the paper takes a half.
    guard r.count > 1 else { return r.map { _ in scale / 2 } }
    var (φ, factorial) = (expm1(h) / h - 1, 1.0)
    var right: [Double] = []
    for k in 1...r.count {
      right.append(φ * factorial)
      factorial *= Double(k + 1)
      φ = φ / h - 1 / factorial
    }
    return solution(of: r.indices.map { k in r.map { pow($0, Double(k)) } }, right)
  }
}

/// The solution of a small system of linear equations, by elimination.
///
/// - Precondition: The matrix has an inverse, and no leading minor of it is zero.
private func solution(of matrix: [[Double]], _ right: [Double]) -> [Double] {
  var rows = zip(matrix, right).map { $0 + [$1] }
  for pivot in rows.indices {
    rows[pivot] = rows[pivot].map { $0 / rows[pivot][pivot] }
    for other in rows.indices where other != pivot {
      rows[other] = zip(rows[other], rows[pivot]).map { $0 - rows[other][pivot] * $1 }
    }
  }
  return rows.map { $0[$0.count - 1] }
}
