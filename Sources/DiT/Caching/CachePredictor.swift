public import Tensor

/// What stands in for a value that is not computed.
///
/// A predictor is a value that belongs to one site of one run. Steps are counted upwards from the
/// noisiest one.
public protocol CachePredictor: Sendable {
  /// Takes note of a value that was computed.
  mutating func record(_ value: Tensor<Float>, step: Int)

  /// The value to use in `step`; nil where none was recorded.
  func value(step: Int) -> Tensor<Float>?

  /// Forgets everything.
  mutating func reset()

  /// The bytes that it holds.
  var byteCount: Int { get }
}

/// The value of the last step that computed it.
public struct LastValue: CachePredictor {
  private var last: Tensor<Float>?

  /// A predictor that has seen nothing yet.
  public init() {}

  /// Takes note of a value that was computed.
  public mutating func record(_ value: Tensor<Float>, step: Int) { last = value }

  /// The last value; nil where none was recorded.
  public func value(step: Int) -> Tensor<Float>? { last }

  /// Forgets the value.
  public mutating func reset() { last = nil }

  /// The bytes of the value.
  public var byteCount: Int { (last?.count ?? 0) * MemoryLayout<Float>.stride }
}
