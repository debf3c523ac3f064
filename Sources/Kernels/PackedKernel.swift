package import _KernelsMicro
public import Tensor

/// The weights of a convolution, packed for the products that use them.
public struct PackedKernel: Sendable {
  /// The number of channels that it takes.
  public let inputs: Int
  /// The number of channels that it gives.
  public let outputs: Int
  /// The number of lines and of pixels in a line that a result is made of.
  public let height, width: Int
  /// The weights of the product, the terms of an output from the first line of pixels to the last.
  package let matrix: PackedMatrix

  /// Packs weights.
  ///
  /// - Parameter weight: `[outputs, inputs, height, width]`, as PyTorch stores them.
  /// - Precondition: `weight` has four dimensions.
  public init(_ weight: Tensor<Float>) { self.init(weight, table: .active) }

  package init(_ weight: Tensor<Float>, table: KernelTable) {
    check(weight.rank == 4, "packed kernel: weights of shape \(weight.shape) are no convolution's")
    (outputs, inputs) = (weight.shape[0], weight.shape[1])
    (height, width) = (weight.shape[2], weight.shape[3])
    matrix = PackedMatrix(
      weight.permuted([0, 2, 3, 1]).contiguous().reshaped([outputs, height * width * inputs]),
      table: table)
  }

  /// The padding with which the pictures keep their size, at stride 1; for odd sizes.
  public var padding: Padding {
    Padding(top: height / 2, bottom: height / 2, left: width / 2, right: width / 2)
  }

  /// The extents of the weights, `[outputs, inputs, height, width]`.
  public var shape: [Int] { [outputs, inputs, height, width] }
}
