import Kernels
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro

extension KernelTable: @retroactive CustomTestStringConvertible {
  public var testDescription: String { name }
}

extension Tensor<Float> {
  /// The bits of every element, to compare without a tolerance.
  var bits: [UInt32] { elements.map(\.bitPattern) }
}
