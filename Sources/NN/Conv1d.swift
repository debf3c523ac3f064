public import Kernels
public import Tensor

/// A convolution of sequences, channels last, plus a bias.
public struct Conv1d: Layer {
  /// The same convolution of images of one line.
  let convolution: Conv2d

  /// Reads `weight` and `bias`.
  ///
  /// - Parameters:
  ///   - inputs: The number of channels that it takes.
  ///   - outputs: The number of channels that it gives.
  ///   - size: The length of the kernel.
  ///   - stride: The distance between neighbouring windows, in places of the input.
  ///   - padding: The zeros before and behind a sequence.
  ///   - dilation: The distance between the places of a window.
  ///   - groups: The number of groups of channels; an output sees the inputs of its group alone.
  ///   - bias: Whether there is a bias.
  ///   - weights: The scope of the layer.
  /// - Throws: `WeightError` where they are missing or of another shape.
  public init(
    _ inputs: Int, _ outputs: Int, size: Int, stride: Int = 1, padding: Int = 0,
    dilation: Int = 1, groups: Int = 1, bias: Bool = true, from weights: Weights
  ) throws {
    check(
      groups > 0 && inputs.isMultiple(of: groups),
      "convolution: \(inputs) channels are not \(groups) groups")
    let weight = try weights.tensor("weight", [outputs, inputs / groups, size], mapped: true)
    convolution = Conv2d(
      weight: weight.reshaped([outputs, inputs / groups, 1, size]),
      bias: bias ? try weights.tensor("bias", [outputs]) : nil, stride: stride,
      padding: Padding(left: padding, right: padding), dilation: dilation, groups: groups,
      precision: weights.precision, table: weights.table)
    weight.discardPages()
  }

  /// A layer with a copy of these parameters.
  ///
  /// - Parameters:
  ///   - weight: `[outputs, inputs / groups, size]`.
  ///   - bias: `[outputs]`; nil for none.
  ///   - stride: The distance between neighbouring windows, in places of the input.
  ///   - padding: The zeros before and behind a sequence.
  ///   - dilation: The distance between the places of a window.
  ///   - groups: The number of groups of channels; an output sees the inputs of its group alone.
  ///   - precision: The precision of the products.
  public init(
    weight: Tensor<Float>, bias: Tensor<Float>? = nil, stride: Int = 1, padding: Int = 0,
    dilation: Int = 1, groups: Int = 1, precision: Precision = .float32
  ) {
    check(
      weight.rank == 3,
      "convolution: weights of shape \(weight.shape) are not [outputs, inputs / groups, size]")
    convolution = Conv2d(
      weight: weight.reshaped([weight.shape[0], weight.shape[1], 1, weight.shape[2]]),
      bias: bias, stride: stride, padding: Padding(left: padding, right: padding),
      dilation: dilation, groups: groups, precision: precision)
  }

  /// `weight` and `bias`, where the layer has one.
  public var parameters: [Parameter] {
    convolution.parameters.map { parameter in
      guard parameter.name == "weight" else { return parameter }
      let shape = [parameter.shape[0], parameter.shape[1], parameter.shape[3]]
      return Parameter("weight", shape: shape) { parameter.tensor.reshaped(shape) }
    }
  }

  /// Applies the layer.
  ///
  /// - Parameters:
  ///   - x: `[batch, length, inputs]`.
  ///   - workspace: What to compute with; nil for a workspace that all such calls share.
  /// - Returns: `[batch, length, outputs]`; its extents follow from padding, stride and dilation.
  public func callAsFunction(
    _ x: Tensor<Float>, in workspace: Workspace? = nil
  ) -> Tensor<Float> {
    check(x.rank == 3, "convolution: \(x.shape) is not [batch, length, channels]")
    let lines = convolution(x.reshaped([x.shape[0], 1, x.shape[1], x.shape[2]]), in: workspace)
    return lines.reshaped([x.shape[0], lines.shape[2], lines.shape[3]])
  }
}
