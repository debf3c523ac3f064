public import Kernels
public import Tensor
internal import _KernelsActive
package import _KernelsMicro

/// A transposed convolution of images, channels last, plus a bias: each pixel is spread over
/// several.
public struct ConvTranspose2d: Layer {
  /// The weights, `[inputs, outputs / groups, height, width]`.
  private let weight: Tensor<Float>
  /// The weights of each group of channels.
  private let groups: [PackedTransposedKernel]
  /// The bias, `[outputs]`; nil for none.
  private let bias: Tensor<Float>?
  /// How many lines and pixels more the result has at its end.
  private let outputPadding: Int

  /// Reads `weight` and `bias`.
  ///
  /// - Parameters:
  ///   - inputs: The number of channels that it takes.
  ///   - outputs: The number of channels that it gives.
  ///   - size: The side of the kernel.
  ///   - stride: The distance in the result between the windows of neighbouring pixels.
  ///   - padding: The lines and pixels that are cut off the result on each side.
  ///   - outputPadding: The lines and pixels that are added at the end of the result.
  ///   - dilation: The distance between the pixels of a window in the result.
  ///   - groups: The number of groups of channels; an output sees the inputs of its group alone.
  ///   - bias: Whether there is a bias.
  ///   - weights: The scope of the layer.
  /// - Throws: `WeightError` where they are missing or of another shape.
  public init(
    _ inputs: Int, _ outputs: Int, size: Int, stride: Int = 1, padding: Int = 0,
    outputPadding: Int = 0, dilation: Int = 1, groups: Int = 1, bias: Bool = true,
    from weights: Weights
  ) throws {
    check(
      groups > 0 && outputs.isMultiple(of: groups),
      "transposed convolution: \(outputs) channels are not \(groups) groups")
    self.init(
      weight: try weights.tensor("weight", [inputs, outputs / groups, size, size]),
      bias: bias ? try weights.tensor("bias", [outputs]) : nil, stride: stride,
      padding: padding, outputPadding: outputPadding, dilation: dilation, groups: groups,
      precision: weights.precision, table: weights.table)
  }

  /// A layer with these parameters.
  ///
  /// - Parameters:
  ///   - weight: `[inputs, outputs / groups, height, width]`.
  ///   - bias: `[outputs]`; nil for none.
  ///   - stride: The distance in the result between the windows of neighbouring pixels.
  ///   - padding: The lines and pixels that are cut off the result on each side.
  ///   - outputPadding: The lines and pixels that are added at the end of the result.
  ///   - dilation: The distance between the pixels of a window in the result.
  ///   - groups: The number of groups of channels; an output sees the inputs of its group alone.
  ///   - precision: The precision of the products.
  public init(
    weight: Tensor<Float>, bias: Tensor<Float>? = nil, stride: Int = 1, padding: Int = 0,
    outputPadding: Int = 0, dilation: Int = 1, groups: Int = 1,
    precision: Precision = .float32
  ) {
    self.init(
      weight: weight, bias: bias, stride: stride, padding: padding,
      outputPadding: outputPadding, dilation: dilation, groups: groups, precision: precision,
      table: .active)
  }

  package init(
    weight: Tensor<Float>, bias: Tensor<Float>?, stride: Int = 1, padding: Int = 0,
    outputPadding: Int = 0, dilation: Int = 1, groups: Int = 1, precision: Precision,
    table: KernelTable
  ) {
    check(
      weight.rank == 4 && groups > 0 && weight.shape[0].isMultiple(of: groups),
      "transposed convolution: weights of shape \(weight.shape) are not those of \(groups) groups")
    (self.weight, self.bias, self.outputPadding) = (weight, bias, outputPadding)
    self.groups = weight.split(
      [Int](repeating: weight.shape[0] / groups, count: groups)
    ).map {
      PackedTransposedKernel(
        $0, stride: stride, dilation: dilation, padding: padding, precision: precision,
        table: table)
    }
  }

  /// `weight` and `bias`, where the layer has one.
  public var parameters: [Parameter] { .list(["weight": weight, "bias": bias]) }

  /// Applies the layer.
  ///
  /// - Parameters:
  ///   - x: `[batch, height, width, inputs]`.
  ///   - workspace: What to compute with; nil for a workspace that all such calls share.
  /// - Returns: `[batch, stride · (height - 1) - 2 · padding + dilation · (size - 1) + 1 +
  ///   outputPadding, …, outputs]`.
  public func callAsFunction(
    _ x: Tensor<Float>, in workspace: Workspace? = nil
  ) -> Tensor<Float> {
    let workspace = workspace ?? .default(groups[0].precision, for: groups[0].table)
    check(
      x.rank == 4 && x.shape[3] == weight.shape[0],
      "transposed convolution: images of shape \(x.shape) by weights \(weight.shape)")
    let (inputs, outputs) = (groups[0].inputs, groups[0].outputs)
    let results = groups.enumerated().map { group, kernel in
      let channels = x[.all, .all, .all, group * inputs..<(group + 1) * inputs]
      return transposedConvolution(
        PaddedPixels(channels, in: workspace), kernel,
        bias: bias.map { $0[group * outputs..<(group + 1) * outputs] },
        outputPadding: outputPadding, in: workspace
      ).tensor(in: workspace)
    }
    return results.count == 1 ? results[0] : Tensor(concatenating: results, axis: 3)
  }
}
