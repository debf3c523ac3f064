public import Kernels
public import Tensor
package import _KernelsMicro

/// A convolution of pictures, channels last, plus a bias.
public struct Conv2d: Sendable {
  /// The zeros that the pictures it takes need around them.
  public let padding: Padding
  /// The weights, `[outputs, inputs, height, width]`.
  let weight: PackedKernel
  /// The bias, `[outputs]`.
  let bias: Tensor<Float>
  /// The distance in the input of neighbours in the result.
  let stride: Int

  /// The kernels that the weights are packed for.
  package var table: KernelTable { weight.matrix.table }

  /// Reads `weight` and `bias`.
  ///
  /// - Parameters:
  ///   - inputs: The number of channels that it takes.
  ///   - outputs: The number of channels that it gives.
  ///   - size: The side of the kernel.
  ///   - stride: The distance in the input of neighbours in the result.
  ///   - padding: The zeros around pictures; nil for those with which they keep their size.
  ///   - weights: The scope of the layer.
  /// - Throws: `WeightError` where they are missing or of another shape.
  public init(
    _ inputs: Int, _ outputs: Int, size: Int, stride: Int = 1, padding: Padding? = nil,
    from weights: Weights
  ) throws {
    self.init(
      weight: try weights.tensor("weight", [outputs, inputs, size, size]),
      bias: try weights.tensor("bias", [outputs]), stride: stride, padding: padding,
      precision: weights.precision, table: weights.table)
  }

  package init(
    weight: Tensor<Float>, bias: Tensor<Float>, stride: Int = 1, padding: Padding? = nil,
    precision: Precision, table: KernelTable
  ) {
    self.weight = PackedKernel(weight, precision: precision, table: table)
    self.bias = bias.copied()
    self.stride = stride
    self.padding = padding ?? self.weight.padding
  }

  /// Applies the layer.
  ///
  /// - Parameters:
  ///   - x: `[batch, height, width, inputs]`, with the layer's padding.
  ///   - residual: What the result is added to, of its shape.
  ///   - workspace: What to compute with.
  /// - Returns: `[batch, height, width, outputs]`, at a stride of one; else as much less.
  public func callAsFunction(
    _ x: PaddedPixels, residual: Tensor<Float>? = nil, in workspace: Workspace
  ) -> Tensor<Float> {
    convolution(x, weight, stride: stride, bias: bias, residual: residual, in: workspace)
  }

  /// Applies the layer to pictures without padding.
  ///
  /// - Parameters:
  ///   - x: `[batch, height, width, inputs]`.
  ///   - workspace: What to compute with.
  /// - Returns: `[batch, height, width, outputs]`, at a stride of one; else as much less.
  public func callAsFunction(_ x: Tensor<Float>, in workspace: Workspace) -> Tensor<Float> {
    self(PaddedPixels(x, padding: padding, in: workspace), in: workspace)
  }
}
