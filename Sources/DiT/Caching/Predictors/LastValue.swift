public import Tensor

/// The value of the last step that computed it.
public struct LastValue: CachePredictor {
  private var last: Tensor<Float>?

  /// A predictor that has seen nothing yet.
  public init() {}

  /// Keeps what it needs of a computed value.
  public mutating func record(_ value: Tensor<Float>, _ context: CacheContext) { last = value }

  /// The last value.
  public mutating func value(_ context: CacheContext) -> Tensor<Float> {
    context.rows(of: require(last, "last value: there is none"))
  }

  /// Forgets the value.
  public mutating func reset() { last = nil }

  /// The bytes of the value.
  public var byteCount: Int { last?.byteCount ?? 0 }
}
