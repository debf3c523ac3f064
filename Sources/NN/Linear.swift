public import Kernels
public import Tensor
internal import _KernelsActive
package import _KernelsMicro

/// A linear layer, `x · weightᵀ + bias`.
public struct Linear: Sendable {
  /// The weights, `[outputs, inputs]`.
  let weight: PackedMatrix
  /// The bias, `[outputs]`.
  let bias: Tensor<Float>

  /// The kernels that the weights are packed for.
  package var table: KernelTable { weight.table }
  /// The numbers that the layer multiplies.
  public var precision: Precision { weight.precision }

  /// Reads `weight` and `bias`.
  ///
  /// - Throws: `WeightError` where they are missing or of another shape.
  public init(_ inputs: Int, _ outputs: Int, from weights: Weights) throws {
    self.init(
      weight: try weights.tensor("weight", [outputs, inputs]),
      bias: try weights.tensor("bias", [outputs]), precision: weights.precision,
      table: weights.table)
  }

  /// Reads layers that take the same rows, as one that gives their results side by side.
  ///
  /// - Parameters:
  ///   - inputs: The length of the rows that they take.
  ///   - outputs: The length of all their results together.
  ///   - layers: The scopes of the layers, whose results are of one length.
  /// - Throws: `WeightError` where parameters are missing or of another shape.
  public init(_ inputs: Int, _ outputs: Int, joining layers: [Weights]) throws {
    check(
      !layers.isEmpty && outputs.isMultiple(of: layers.count),
      "linear: \(layers.count) layers do not share \(outputs) results evenly")
    let each = outputs / layers.count
    let weights = try layers.map { try $0.tensor("weight", [each, inputs]) }
    let biases = try layers.map { try $0.tensor("bias", [each]) }
    let (weight, bias) =
      layers.count == 1
      ? (weights[0], biases[0])
      : (Tensor(concatenating: weights), Tensor(concatenating: biases))
    self.init(weight: weight, bias: bias, precision: layers[0].precision, table: layers[0].table)
    for weight in weights { weight.discardPages() }
  }

  /// A layer with a copy of these parameters.
  ///
  /// - Parameters:
  ///   - weight: `[outputs, inputs]`.
  ///   - bias: `[outputs]`.
  ///   - precision: The numbers to multiply.
  public init(
    weight: Tensor<Float>, bias: Tensor<Float>, precision: Precision = .float32
  ) {
    self.init(weight: weight, bias: bias, precision: precision, table: .active)
  }

  package init(
    weight: Tensor<Float>, bias: Tensor<Float>, precision: Precision, table: KernelTable
  ) {
    self.weight = PackedMatrix(weight, precision: precision, table: table)
    self.bias = bias.copied()
    weight.discardPages()
  }

  /// Applies the layer, then `activation`, to each row.
  ///
  /// - Parameters:
  ///   - x: `[…, inputs]`.
  ///   - activation: What is applied to the result.
  ///   - workspace: What to compute with.
  /// - Returns: `[…, outputs]`.
  public func callAsFunction(
    _ x: Operand, activation: Activation? = nil, in workspace: Workspace
  ) -> Tensor<Float> {
    linear(x, weight, bias: bias, activation: activation, in: workspace)
  }

  /// Applies the layer, then `activation`, to each row, for a next layer of the same precision.
  ///
  /// - Parameters:
  ///   - x: `[…, inputs]`.
  ///   - activation: What is applied to the result.
  ///   - workspace: What to compute with.
  /// - Returns: `[…, outputs]`.
  public func operand(
    _ x: Operand, activation: Activation? = nil, in workspace: Workspace
  ) -> Operand {
    linearOperand(x, weight, bias: bias, activation: activation, in: workspace)
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
