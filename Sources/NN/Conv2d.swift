public import Kernels
public import Tensor
package import _KernelsMicro

/// A convolution of images, channels last, plus a bias.
public struct Conv2d: Sendable {
  /// The zeros that the images it takes need around them.
  public let padding: Padding
  /// The weights, `[outputs, inputs, height, width]`.
  let weight: PackedKernel
  /// The bias, `[outputs]`.
  let bias: Tensor<Float>

  /// The kernels that the weights are packed for.
  package var table: KernelTable { weight.table }

  /// Reads `weight` and `bias`.
  ///
  /// - Parameters:
  ///   - inputs: The number of channels that it takes.
  ///   - outputs: The number of channels that it gives.
  ///   - size: The side of the kernel.
  ///   - stride: The distance in the input of neighbours in the result.
  ///   - padding: The zeros around images; nil for those with which they keep their size.
  ///   - weights: The scope of the layer.
  /// - Throws: `WeightError` where they are missing or of another shape.
  public init(
    _ inputs: Int, _ outputs: Int, size: Int, stride: Int = 1, padding: Padding? = nil,
    from weights: Weights
  ) throws {
    self.init(
      weight: try weights.tensor("weight", [outputs, inputs, size, size], mapped: true),
      bias: try weights.tensor("bias", [outputs]), stride: stride, padding: padding,
      precision: weights.precision, table: weights.table)
  }

  package init(
    weight: Tensor<Float>, bias: Tensor<Float>, stride: Int = 1, padding: Padding? = nil,
    precision: Precision, table: KernelTable
  ) {
    self.weight = PackedKernel(weight, stride: stride, precision: precision, table: table)
    self.bias = bias.copied()
    self.padding = padding ?? self.weight.padding
  }

  /// Applies the layer.
  ///
  /// - Parameters:
  ///   - x: `[batch, height, width, inputs]`, with the layer's padding.
  ///   - residual: What the result is added to, of its shape.
  ///   - padding: The zeros that what comes next needs.
  ///   - workspace: What to compute with.
  /// - Returns: `[batch, height, width, outputs]`, at a stride of one; else as much less.
  public func callAsFunction(
    _ x: PaddedPixels, residual: PaddedPixels? = nil, padding: Padding = .none,
    in workspace: Workspace
  ) -> PaddedPixels {
    convolutionPixels(
      x, weight, bias: bias, residual: residual, padding: padding, in: workspace)
  }

  /// Applies the layer, the last one of its kind.
  ///
  /// - Parameters:
  ///   - x: `[batch, height, width, inputs]`, with the layer's padding.
  ///   - workspace: What to compute with.
  /// - Returns: `[batch, height, width, outputs]`, at a stride of one; else as much less.
  public func tensor(_ x: PaddedPixels, in workspace: Workspace) -> Tensor<Float> {
    convolution(x, weight, bias: bias, in: workspace)
  }

  /// Applies the layer to images without padding.
  ///
  /// - Parameters:
  ///   - x: `[batch, height, width, inputs]`.
  ///   - workspace: What to compute with.
  /// - Returns: `[batch, height, width, outputs]`, at a stride of one; else as much less.
  public func tensor(_ x: Tensor<Float>, in workspace: Workspace) -> Tensor<Float> {
    tensor(PaddedPixels(x, padding: padding, in: workspace), in: workspace)
  }
}
