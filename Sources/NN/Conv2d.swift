public import Kernels
public import Tensor
package import _KernelsMicro

/// A convolution of images, channels last, plus a bias.
///
/// ```swift
/// let conv = try Conv2d(3, 16, size: 3, stride: 2, padding: 1, from: weights["conv1"])
/// let y = conv(images)  // [batch, height, width, 3] → [batch, height / 2, width / 2, 16]
/// ```
public struct Conv2d: Layer {
  /// The zeros that the images it takes need around them.
  public let padding: Padding
  /// The weights, `[outputs, inputs / groups, height, width]`.
  let weight: PackedKernel
  /// The bias, `[outputs]`; nil for none.
  let bias: Tensor<Float>?

  /// The number of channels that it takes.
  public var inputs: Int { weight.inputs }
  /// The number of channels that it gives.
  public var outputs: Int { weight.outputs }
  /// The kernels that the weights are packed for.
  package var table: KernelTable { weight.table }

  /// Reads `weight` and `bias`.
  ///
  /// - Parameters:
  ///   - inputs: The number of channels that it takes.
  ///   - outputs: The number of channels that it gives.
  ///   - size: The side of the kernel.
  ///   - stride: The distance between neighbouring windows, in places of the input.
  ///   - padding: The zeros around images.
  ///   - dilation: The distance between the pixels of a window.
  ///   - groups: The number of groups of channels; an output sees the inputs of its group alone. As
  ///     many as inputs make a depthwise convolution.
  ///   - bias: Whether there is a bias.
  ///   - weights: The scope of the layer.
  /// - Throws: `WeightError` where they are missing or of another shape.
  public init(
    _ inputs: Int, _ outputs: Int, size: Int, stride: Int = 1, padding: Padding = .none,
    dilation: Int = 1, groups: Int = 1, bias: Bool = true, from weights: Weights
  ) throws {
    try self.init(
      inputs, outputs, height: size, width: size, stride: stride, padding: padding,
      dilation: dilation, groups: groups, bias: bias, from: weights)
  }

  /// Reads the `weight` and `bias` of a kernel that is no square.
  ///
  /// - Parameters:
  ///   - inputs: The number of channels that it takes.
  ///   - outputs: The number of channels that it gives.
  ///   - height: The height of the kernel.
  ///   - width: The width of the kernel.
  ///   - stride: The distance between neighbouring windows, in places of the input.
  ///   - padding: The zeros around images.
  ///   - dilation: The distance between the pixels of a window.
  ///   - groups: The number of groups of channels; an output sees the inputs of its group alone.
  ///   - bias: Whether there is a bias.
  ///   - weights: The scope of the layer.
  /// - Throws: `WeightError` where they are missing or of another shape.
  public init(
    _ inputs: Int, _ outputs: Int, height: Int, width: Int, stride: Int = 1,
    padding: Padding = .none, dilation: Int = 1, groups: Int = 1, bias: Bool = true,
    from weights: Weights
  ) throws {
    check(
      groups > 0 && inputs.isMultiple(of: groups),
      "convolution: \(inputs) channels are not \(groups) groups")
    let weight = try weights.tensor(
      "weight", [outputs, inputs / groups, height, width], mapped: true)
    self.init(
      weight: weight, bias: bias ? try weights.tensor("bias", [outputs]) : nil, stride: stride,
      padding: padding, dilation: dilation, groups: groups, precision: weights.precision,
      table: weights.table)
    weight.discardPages()
  }

  /// A layer with a copy of these parameters.
  ///
  /// - Parameters:
  ///   - weight: `[outputs, inputs / groups, height, width]`.
  ///   - bias: `[outputs]`; nil for none.
  ///   - stride: The distance between neighbouring windows, in places of the input.
  ///   - padding: The zeros around images.
  ///   - dilation: The distance between the pixels of a window.
  ///   - groups: The number of groups of channels; an output sees the inputs of its group alone.
  ///   - precision: The precision of the products.
  public init(
    weight: Tensor<Float>, bias: Tensor<Float>? = nil, stride: Int = 1,
    padding: Padding = .none, dilation: Int = 1, groups: Int = 1,
    precision: Precision = .float32
  ) {
    self.init(
      weight: weight, bias: bias, stride: stride, padding: padding, dilation: dilation,
      groups: groups, precision: precision, table: .active)
  }

  package init(
    weight: Tensor<Float>, bias: Tensor<Float>?, stride: Int = 1, padding: Padding = .none,
    dilation: Int = 1, groups: Int = 1, precision: Precision, table: KernelTable
  ) {
    self.weight = PackedKernel(
      weight, stride: stride, dilation: dilation, groups: groups, precision: precision,
      table: table)
    self.bias = bias?.copied()
    self.padding = padding
  }

  /// `weight` and `bias`, where the layer has one.
  public var parameters: [Parameter] {
    [Parameter("weight", shape: weight.shape) { [weight] in weight.unpacked }]
      + .list(["bias": bias])
  }

  /// Applies the layer.
  ///
  /// - Parameters:
  ///   - x: `[batch, height, width, inputs]`.
  ///   - workspace: What to compute with; nil for a workspace that all such calls share.
  /// - Returns: `[batch, height, width, outputs]`; its extents follow from padding, stride and
  ///   dilation.
  public func callAsFunction(
    _ x: Tensor<Float>, in workspace: Workspace? = nil
  ) -> Tensor<Float> {
    tensor(x, in: workspace ?? .default(weight.precision, for: table))
  }

  /// Applies the layer.
  ///
  /// - Parameters:
  ///   - x: `[batch, height, width, inputs]`, with the layer's padding.
  ///   - residual: What the result is added to, of its shape.
  ///   - padding: The zeros that what comes next needs.
  ///   - workspace: What to compute with.
  /// - Returns: `[batch, height, width, outputs]`, where height and width follow from padding,
  ///   stride and dilation.
  public func callAsFunction(
    _ x: PaddedPixels, residual: PaddedPixels? = nil, padding: Padding = .none,
    in workspace: Workspace
  ) -> PaddedPixels {
    convolutionPixels(
      x, weight, bias: bias, residual: residual, padding: padding, in: workspace)
  }

  /// Applies the layer where no convolution follows.
  ///
  /// - Parameters:
  ///   - x: `[batch, height, width, inputs]`, with the layer's padding.
  ///   - workspace: What to compute with.
  /// - Returns: `[batch, height, width, outputs]`, where height and width follow from padding,
  ///   stride and dilation.
  public func tensor(_ x: PaddedPixels, in workspace: Workspace) -> Tensor<Float> {
    convolution(x, weight, bias: bias, in: workspace)
  }

  /// Applies the layer to images without padding.
  ///
  /// - Parameters:
  ///   - x: `[batch, height, width, inputs]`.
  ///   - workspace: What to compute with.
  /// - Returns: `[batch, height, width, outputs]`, where height and width follow from padding,
  ///   stride and dilation.
  public func tensor(_ x: Tensor<Float>, in workspace: Workspace) -> Tensor<Float> {
    tensor(PaddedPixels(x, padding: padding, in: workspace), in: workspace)
  }
}
