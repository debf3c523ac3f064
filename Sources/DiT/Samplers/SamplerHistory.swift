public import Tensor

/// What the steps of one run leave to later ones.
///
/// Each sample has its own row of the batch, which depends on no other. Tensors are copies outside
/// of the run's pool.
public struct SamplerHistory: Sendable {
  /// The model's outputs, or what the method computed from them, the newest last.
  public private(set) var outputs: [Tensor<Float>] = []
  /// A sample that a later step starts from; it must be set to a copy.
  public var sample: Tensor<Float>?

  /// The history of a run that has not begun.
  public init() {}

  /// Keeps a copy of an output, and as many older ones that there are at most `limit` in all.
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
