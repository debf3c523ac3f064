public import Tensor

/// The mean of the values of both streams of guidance, of the last step that computed both.
///
/// Without guidance it is the last value.
///
/// Reference: [Zhang et al., 2024](https://arxiv.org/abs/2404.02747), TGATE.
public struct StreamMean: CachePredictor {
  private let streams: Int
  private var mean: Tensor<Float>?

  /// A predictor that has seen nothing yet.
  ///
  /// - Parameter streams: Two with guidance, else one.
  public init(streams: Int) { self.streams = streams }

  /// Keeps what it needs of a computed value.
  public mutating func record(_ value: Tensor<Float>, _ context: CacheContext) {
    guard context.isGuided else { return mean = value }
    let half = value.shape[0] / 2
    mean = (value[0..<half] + value[half..<2 * half]) * 0.5
  }

  /// The mean, for either stream.
  public mutating func value(_ context: CacheContext) -> Tensor<Float> {
    let mean = require(mean, "stream mean: there is none")
    guard context.rows > mean.shape[0] else { return mean }
    return Tensor(concatenating: [mean, mean], axis: 0)
  }

  /// Forgets the mean.
  public mutating func reset() { mean = nil }

  /// The bytes of the mean.
  public var byteCount: Int { mean?.byteCount ?? 0 }
  /// The mean of both streams is half a value.
  public func capacity(elements: Int, inputs: Int) -> Int { elements / streams }
}
