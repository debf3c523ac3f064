public import Tensor

/// What the steps of one run leave to those after them.
///
/// Rows of the batch keep their place, so samples never meet. What is kept has memory of its own,
/// outside of the run's pool.
public struct SamplerHistory: Sendable {
  /// What the model said, or what the method made of it, the newest last.
  public private(set) var outputs: [Tensor<Float>] = []
  /// A sample that a later step starts from; who sets it gives it memory of its own.
  public var sample: Tensor<Float>?

  /// The history of a run that has not begun.
  public init() {}

  /// Keeps a copy of an output, and of the older ones so many that there are `limit` in all.
  public mutating func append(_ output: Tensor<Float>, limit: Int) {
    outputs = outputs.suffix(limit - 1) + [output.copied()]
  }

  /// Forgets the newest outputs.
  mutating func removeLast(_ count: Int) { outputs.removeLast(count) }

  /// The output of so many steps ago, 1 being the newest; nil where there is none.
  public func output(_ age: Int) -> Tensor<Float>? {
    age <= outputs.count ? outputs[outputs.count - age] : nil
  }
}
