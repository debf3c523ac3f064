public import Tensor

/// The conditional prediction in place of the unconditional one, which makes a step without
/// guidance.
public struct ConditionalPrediction: CachePredictor {
  /// A predictor, which keeps nothing.
  public init() {}

  /// Keeps nothing.
  public mutating func record(_ value: Tensor<Float>, _ context: CacheContext) {}

  /// The conditional prediction.
  public mutating func value(_ context: CacheContext) -> Tensor<Float> { context.input }

  /// There is nothing to forget.
  public mutating func reset() {}

  /// None.
  public var byteCount: Int { 0 }
  /// None.
  public func capacity(elements: Int, inputs: Int) -> Int { 0 }
}
