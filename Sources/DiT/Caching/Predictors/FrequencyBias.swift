internal import Kernels
public import Tensor

/// The unconditional prediction as the conditional one plus their last difference, whose low and
/// high frequencies are weighted.
///
/// Reference: [Lv et al., 2024](https://arxiv.org/abs/2410.19355), FasterCache's cache of guidance.
/// Low frequencies are those within a fifth of the shorter side from the middle of the shifted
/// spectrum.
public struct FrequencyBias: CachePredictor {
  /// The weights of the low and the high frequencies in a step.
  public typealias Weights = @Sendable (CacheStep) -> (low: Float, high: Float)

  private let weights: Weights
  private var split: FrequencySplit?
  private var low: Tensor<Float>?
  private var high: Tensor<Float>?

  /// A predictor that has seen nothing yet.
  public init(weights: @escaping Weights) { self.weights = weights }

  /// Keeps the difference of an unconditional prediction to the conditional one, the context's
  /// input.
  public mutating func record(_ value: Tensor<Float>, _ context: CacheContext) {
    let difference = linearCombination(
      [(1, value), (-1, context.input)], in: context.workspace)
    let split = split ?? Self.split(maps: value.shape, in: context.workspace)
    let low = split.low(difference, in: context.workspace)
    high = linearCombination([(1, difference), (-1, low)], in: context.workspace)
    (self.low, self.split) = (low, split)
  }

  private static func split(maps: [Int], in workspace: Workspace) -> FrequencySplit {
    let radius = min(maps[2], maps[3]) / 5
    return FrequencySplit(height: maps[2], width: maps[3], table: workspace.table) {
      $0 * $0 + $1 * $1 <= radius * radius
    }
  }

  /// The conditional prediction with the weighted differences.
  public mutating func value(_ context: CacheContext) -> Tensor<Float> {
    let low = require(low, "frequency bias: there is none")
    let high = require(high, "frequency bias: there is none")
    let weights = weights(context.step)
    return linearCombination(
      [(1, context.input), (weights.low, low), (weights.high, high)], in: context.workspace)
  }

  /// Forgets everything.
  public mutating func reset() { (low, high) = (nil, nil) }
  /// The bytes that are held.
  public var byteCount: Int { (low?.byteCount ?? 0) + (high?.byteCount ?? 0) }
  /// The most numbers that will be held.
  public func capacity(elements: Int, inputs: Int) -> Int { 2 * elements }
}
