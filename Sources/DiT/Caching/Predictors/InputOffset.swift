internal import Kernels
public import Tensor

/// The step's input plus the last difference between the site's value and its input.
///
/// Channels that the input does not have, such as a predicted variance, are those of the last
/// value.
public struct InputOffset: CachePredictor {
  private var offset: Tensor<Float>?

  /// A predictor that has seen nothing yet.
  public init() {}

  /// Keeps what it needs of a computed value.
  public mutating func record(_ value: Tensor<Float>, _ context: CacheContext) {
    offset = combined(value, -1, context.rows(of: context.input), context)
  }

  /// The step's input with the last offset.
  public mutating func value(_ context: CacheContext) -> Tensor<Float> {
    let offset = context.rows(of: require(offset, "offset: there is none"))
    return combined(offset, 1, context.rows(of: context.input), context)
  }

  private func combined(
    _ value: Tensor<Float>, _ factor: Float, _ input: Tensor<Float>, _ context: CacheContext
  ) -> Tensor<Float> {
    let channels = input.shape[1]
    let sum = linearCombination(
      [(1, value[.all, 0..<channels]), (factor, input)], in: context.workspace)
    guard channels < value.shape[1] else { return sum }
    return Tensor(concatenating: [sum, value[.all, channels..<value.shape[1]]], axis: 1)
  }

  /// Forgets the offset.
  public mutating func reset() { offset = nil }

  /// The bytes of the offset.
  public var byteCount: Int { offset?.byteCount ?? 0 }
}
