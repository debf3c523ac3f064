public import Kernels
public import Tensor
internal import _KernelsActive
package import _KernelsMicro

/// A linear layer, `x · weightᵀ + bias`.
public struct Linear: Layer {
  /// The weights, `[outputs, inputs]`.
  let weight: PackedMatrix
  /// The bias, `[outputs]`; nil for none.
  let bias: Tensor<Float>?

  /// The kernels that the weights are packed for.
  package var table: KernelTable { weight.table }
  /// The number of input features.
  public var inputs: Int { weight.inputs }
  /// The number of output features.
  public var outputs: Int { weight.outputs }
  /// The precision of the layer's products.
  public var precision: Precision { weight.precision }

  /// Reads `weight` and `bias`.
  ///
  /// Where the precision is quantized, weights are quantized, or taken as the file has them
  /// (docs/quantization.md).
  ///
  /// - Parameters:
  ///   - inputs: The number of input features.
  ///   - outputs: The number of output features.
  ///   - bias: Whether there is a bias.
  ///   - weights: The scope of the layer.
  /// - Throws: `WeightError` where they are missing, of another shape, or cannot be quantized.
  public init(_ inputs: Int, _ outputs: Int, bias: Bool = true, from weights: Weights) throws {
    self.init(
      try weights.packedMatrix(outputs, inputs),
      bias: bias ? try weights.tensor("bias", [outputs]) : nil)
  }

  /// Reads some outputs of a layer, as a layer of their own.
  ///
  /// - Parameters:
  ///   - inputs: The number of input features.
  ///   - rows: The outputs to read, which are rows of the weights.
  ///   - outputs: The number of all outputs.
  ///   - bias: Whether there is a bias.
  ///   - weights: The scope of the layer.
  /// - Throws: `WeightError` where they are missing, of another shape, or cannot be quantized.
  init(
    _ inputs: Int, rows: Range<Int>, of outputs: Int, bias: Bool, from weights: Weights
  ) throws {
    self.init(
      try Weights.packedMatrix([weights], outputs, inputs, rows: rows),
      bias: bias ? try weights.tensor("bias", [outputs])[rows].copied() : nil)
  }

  /// Reads several layers of the same input as one layer, whose outputs stand side by side.
  ///
  /// - Parameters:
  ///   - inputs: The number of input features.
  ///   - outputs: The number of outputs of all layers together.
  ///   - bias: Whether they have a bias.
  ///   - layers: The scopes of the layers, which have equally many outputs.
  /// - Throws: `WeightError` where parameters are missing or of another shape.
  public init(
    _ inputs: Int, _ outputs: Int, bias: Bool = true, joining layers: [Weights]
  ) throws {
    check(
      !layers.isEmpty && outputs.isMultiple(of: layers.count),
      "linear: \(layers.count) layers do not share \(outputs) results evenly")
    let each = outputs / layers.count
    let biases = bias ? try layers.map { try $0.tensor("bias", [each]) } : []
    self.init(
      try Weights.packedMatrix(layers, each, inputs),
      bias: bias ? Tensor(concatenating: biases) : nil)
  }

  /// A layer with a copy of these parameters.
  ///
  /// - Parameters:
  ///   - weight: `[outputs, inputs]`.
  ///   - bias: `[outputs]`; nil for none.
  ///   - precision: The precision of the products.
  public init(
    weight: Tensor<Float>, bias: Tensor<Float>? = nil, precision: Precision = .float32
  ) {
    self.init(weight: weight, bias: bias, precision: precision, table: .active)
  }

  package init(
    weight: Tensor<Float>, bias: Tensor<Float>?, precision: Precision, table: KernelTable
  ) {
    check(
      weight.rank == 2 && bias.map { $0.shape == [weight.shape[0]] } ?? true,
      "linear: weights of shape \(weight.shape)" + (bias.map { " and bias \($0.shape)" } ?? "")
        + " are not [outputs, inputs] and [outputs]")
    self.init(PackedMatrix(weight, precision: precision, table: table), bias: bias?.copied())
    weight.discardPages()
  }

  /// A layer of packed weights, which keeps this bias.
  init(_ weight: PackedMatrix, bias: Tensor<Float>?) {
    (self.weight, self.bias) = (weight, bias)
  }

  /// `weight`, `[outputs, inputs]`, and `bias`, `[outputs]`, where the layer has one.
  public var parameters: [Parameter] {
    [Parameter("weight", shape: [outputs, inputs]) { [weight] in weight.unpacked }]
      + .list(["bias": bias])
  }

  /// Applies the layer, then `activation`, to each row.
  ///
  /// - Parameters:
  ///   - x: `[…, inputs]`.
  ///   - activation: What is applied to the result.
  ///   - workspace: What to compute with.
  /// - Returns: `[…, outputs]`.
  public func callAsFunction(
    _ x: Operand, activation: Activation = .identity, in workspace: Workspace
  ) -> Tensor<Float> {
    linear(x, weight, bias: bias, activation: activation, in: workspace)
  }

  /// Applies the layer, then `activation`, to each row.
  ///
  /// - Parameters:
  ///   - x: `[…, inputs]`.
  ///   - activation: What is applied to the result.
  ///   - workspace: What to compute with; nil for a workspace that all such calls share.
  /// - Returns: `[…, outputs]`.
  public func callAsFunction(
    _ x: Tensor<Float>, activation: Activation = .identity, in workspace: Workspace? = nil
  ) -> Tensor<Float> {
    self(Operand(x), activation: activation, in: workspace ?? defaultWorkspace)
  }

  /// The workspace of calls that name none.
  var defaultWorkspace: Workspace { .default(precision, for: table) }

  /// Applies the layer to each row, then `activation`, and multiplies the result with `factor`, for
  /// a next layer of the same precision.
  ///
  /// - Parameters:
  ///   - x: `[…, inputs]`.
  ///   - activation: What is applied to the result.
  ///   - factor: `[…, outputs]`.
  ///   - workspace: What to compute with.
  /// - Returns: `[…, outputs]`.
  public func operand(
    _ x: Operand, activation: Activation = .identity, times factor: Tensor<Float>,
    in workspace: Workspace
  ) -> Operand {
    gatedLinearOperand(
      x, weight, bias: bias, activation: activation, times: factor, in: workspace)
  }

  /// Applies the layer, then `activation`, to each row, for a next layer of the same precision.
  ///
  /// - Parameters:
  ///   - x: `[…, inputs]`.
  ///   - activation: What is applied to the result.
  ///   - workspace: What to compute with.
  /// - Returns: `[…, outputs]`.
  public func operand(
    _ x: Operand, activation: Activation = .identity, in workspace: Workspace
  ) -> Operand {
    linearOperand(x, weight, bias: bias, activation: activation, in: workspace)
  }

  /// Applies the layer to each row, for attention that has neither a bias nor a window.
  package func attentionOperand(_ x: Operand, in workspace: Workspace) -> Operand {
    linearOperand(x, weight, bias: bias, forAttention: true, in: workspace)
  }

  /// Adds the layer's result, times `gate`, to a residual stream.
  ///
  /// - Parameters:
  ///   - x: `[batch, tokens, inputs]`.
  ///   - gate: `[batch, outputs]`; 1 where nil.
  ///   - residual: `[batch, tokens, outputs]`.
  ///   - workspace: What to compute with.
  public func callAsFunction(
    _ x: Operand, gate: Tensor<Float>? = nil, addedTo residual: inout Tensor<Float>,
    in workspace: Workspace
  ) {
    addLinear(x, weight, bias: bias, gate: gate, to: &residual, in: workspace)
  }
}
