import Tensor

extension Tensor<Float> {
  /// The bits of every element, to compare without a tolerance.
  var bits: [UInt32] { elements.map(\.bitPattern) }
}
