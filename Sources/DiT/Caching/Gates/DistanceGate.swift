public import Kernels
public import Tensor

/// Reuses where a value has hardly changed since the last step that computed.
///
/// The indicator is `relativeDistance` of a probe's value from that of the last computed step.
public struct DistanceGate: CacheGate {
  /// What the gate looks at, as its only element.
  public let probes: [CacheProbe]
  /// A step reuses where the indicator is below this.
  public var threshold: Double
  private var current: Tensor<Float>?
  private var reference: Tensor<Float>?

  /// A gate that looks at a value.
  public init(_ probe: CacheProbe, threshold: Double) {
    (probes, self.threshold) = ([probe], threshold)
  }

  /// Sees the value of this step.
  public mutating func observe(
    _ value: Tensor<Float>, _ probe: CacheProbe, at step: CacheStep, in workspace: Workspace
  ) {
    current = value
  }

  /// How far the value is from that of the last computed step.
  public mutating func indicator(at step: CacheStep) -> Double {
    guard let current, let reference else { return .infinity }
    return relativeDistance(current, from: reference)
  }

  /// Takes the value of a computed step as the new reference.
  public mutating func decided(_ reuses: Bool, at step: CacheStep) {
    if !reuses { reference = current }
    current = nil
  }

  /// The bytes of both values.
  public var byteCount: Int { (current?.byteCount ?? 0) + (reference?.byteCount ?? 0) }

  /// The condition in words.
  public var description: String { "\(probes[0]) changes by less than \(threshold)" }
}
