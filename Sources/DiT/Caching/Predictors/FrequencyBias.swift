internal import Kernels
public import Tensor

/// The unconditional prediction from the conditional one: their difference in low and in high
/// frequencies, of the last step that computed both.
///
/// Reference: [Lv et al., 2024](https://arxiv.org/abs/2410.19355), FasterCache's cache of guidance.
/// Low frequencies are those within a fifth of the shorter side from the middle of the shifted
/// spectrum.
public struct FrequencyBias: CachePredictor {
  /// What the differences are multiplied with in a step.
  public typealias Weights = @Sendable (CacheStep) -> (low: Float, high: Float)

  private let weights: Weights
  private var low: Tensor<Float>?
  private var high: Tensor<Float>?

  /// A predictor that has seen nothing yet.
  public init(weights: @escaping Weights) { self.weights = weights }

  /// Takes note of an unconditional prediction; the context's input is the conditional one.
  public mutating func record(_ value: Tensor<Float>, _ context: CacheContext) {
    let difference = linearCombination(
      [(1, value), (-1, context.input)], in: context.workspace)
    let low = lowFrequencies(of: difference, in: context.workspace)
    high = linearCombination([(1, difference), (-1, low)], in: context.workspace)
    self.low = low
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

/// The low frequencies of maps, `[batch, channels, height, width]`: those within a fifth of the
/// shorter side, rounded down, from the middle of the shifted spectrum.
func lowFrequencies(of maps: Tensor<Float>, in workspace: Workspace) -> Tensor<Float> {
  let (height, width) = (maps.shape[2], maps.shape[3])
  let radius = min(height, width) / 5
  let z = maps.reshaped([-1, height, width])
  let (rows, columns) = (Waves(height), Waves(width))
  func product(_ a: Tensor<Float>, _ z: Tensor<Float>, _ b: Tensor<Float>) -> Tensor<Float> {
    func stack(_ m: Tensor<Float>) -> Tensor<Float> {
      m.broadcast(to: [z.shape[0]] + m.shape)
    }
    return matmul(matmul(stack(a), z, in: workspace), stack(b), in: workspace)
  }
  // e^(-i(u+v)) = (cos u cos v - sin u sin v) - i (sin u cos v + cos u sin v)
  let mask = Tensor<Float>(
    (0..<height).flatMap { y in
      (0..<width).map { x -> Float in
        let (dy, dx) = (distance(y, height), distance(x, width))
        return dy * dy + dx * dx <= radius * radius ? 1 : 0
      }
    }, shape: [1, height, width])
  let real =
    (product(rows.cosine, z, columns.cosine) - product(rows.sine, z, columns.sine)) * mask
  let imaginary =
    (product(rows.sine, z, columns.cosine) + product(rows.cosine, z, columns.sine)) * (mask * -1)
  // Back: the real part of (r + i m)(cos + i sin) over both sides.
  let back =
    product(rows.cosine, real, columns.cosine) - product(rows.sine, real, columns.sine)
    - product(rows.sine, imaginary, columns.cosine)
    - product(rows.cosine, imaginary, columns.sine)
  return (back * (1 / Float(height * width))).reshaped(maps.shape)
}

/// How far a frequency is from zero in the shifted spectrum.
private func distance(_ frequency: Int, _ count: Int) -> Int {
  (frequency + count / 2) % count - count / 2
}
