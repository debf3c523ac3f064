public import Kernels
public import Tensor

/// A gated feed-forward network, `output(activation(gate(x)) · value(x))` (Shazeer, "GLU variants
/// improve transformer", 2020).
///
/// With `.geluTanh` it is that of T5 1.1, with `.silu` that of Llama (SwiGLU), with `.gelu` that of
/// diffusers (GEGLU), with `.sigmoid` the plain GLU.
public struct GatedFeedForward: Layer {
  /// The layer whose result goes through the activation.
  public let gate: Linear
  /// The layer whose result is multiplied with the activated gate.
  public let value: Linear
  /// The layer that takes that product.
  public let output: Linear
  /// What is applied to the result of `gate`.
  public let activation: Activation

  /// Reads three layers.
  ///
  /// - Parameters:
  ///   - width: The width of a token.
  ///   - hiddenWidth: The width of gate and value.
  ///   - activation: What is applied to the gate.
  ///   - bias: Whether the layers have a bias.
  ///   - gate: The scope of the layer that is activated: T5's `wi_0`, Llama's `gate_proj`.
  ///   - value: The scope of its factor: T5's `wi_1`, Llama's `up_proj`.
  ///   - output: The scope of the last layer: T5's `wo`, Llama's `down_proj`.
  /// - Throws: `WeightError` where parameters are missing or of another shape.
  public init(
    _ width: Int, hiddenWidth: Int, activation: Activation, bias: Bool = false, gate: Weights,
    value: Weights, output: Weights
  ) throws {
    self.init(
      gate: try Linear(width, hiddenWidth, bias: bias, from: gate),
      value: try Linear(width, hiddenWidth, bias: bias, from: value),
      output: try Linear(hiddenWidth, width, bias: bias, from: output), activation: activation)
  }

  /// Reads a network whose gate and value are one layer, with their results side by side.
  ///
  /// - Parameters:
  ///   - width: The width of a token.
  ///   - hiddenWidth: The width of gate and value, each.
  ///   - activation: What is applied to the gate.
  ///   - bias: Whether the layers have a bias.
  ///   - joined: The scope of the layer of both.
  ///   - gateIsFirst: Whether the gate is the first half of its results, as in most code; in
  ///     diffusers' GEGLU it is the second.
  ///   - output: The scope of the last layer.
  /// - Throws: `WeightError` where parameters are missing or of another shape.
  public init(
    _ width: Int, hiddenWidth: Int, activation: Activation, bias: Bool = true, joined: Weights,
    gateIsFirst: Bool, output: Weights
  ) throws {
    func half(_ isFirst: Bool) throws -> Linear {
      let rows = isFirst ? 0..<hiddenWidth : hiddenWidth..<2 * hiddenWidth
      return try Linear(width, rows: rows, of: 2 * hiddenWidth, bias: bias, from: joined)
    }
    self.init(
      gate: try half(gateIsFirst), value: try half(!gateIsFirst),
      output: try Linear(hiddenWidth, width, bias: bias, from: output), activation: activation)
  }

  /// A network of three layers.
  public init(gate: Linear, value: Linear, output: Linear, activation: Activation) {
    check(
      gate.outputs == value.outputs && gate.inputs == value.inputs
        && gate.outputs == output.inputs,
      "gated feed-forward: a gate of \([gate.outputs, gate.inputs]), a value of "
        + "\([value.outputs, value.inputs]) and an output of \([output.outputs, output.inputs]) "
        + "do not meet")
    (self.gate, self.value, self.output) = (gate, value, output)
    self.activation = activation
  }

  /// Applies the network to each token.
  ///
  /// - Parameters:
  ///   - x: `[…, width]`.
  ///   - workspace: What to compute with; nil for a workspace that all such calls share.
  /// - Returns: `[…, width]`.
  public func callAsFunction(
    _ x: Tensor<Float>, in workspace: Workspace? = nil
  ) -> Tensor<Float> {
    let workspace = workspace ?? gate.defaultWorkspace
    return output(hidden(Operand(x), in: workspace), in: workspace)
  }

  /// Adds the result, times `gate`, to a residual stream.
  ///
  /// - Parameters:
  ///   - x: `[batch, tokens, width]`.
  ///   - factor: What the result is multiplied with first, `[batch, width]`; 1 where nil.
  ///   - residual: `[batch, tokens, width]`.
  ///   - workspace: What to compute with.
  public func callAsFunction(
    _ x: Operand, gate factor: Tensor<Float>? = nil, addedTo residual: inout Tensor<Float>,
    in workspace: Workspace
  ) {
    output(hidden(x, in: workspace), gate: factor, addedTo: &residual, in: workspace)
  }

  /// `activation(gate(x)) · value(x)`.
  private func hidden(_ x: Operand, in workspace: Workspace) -> Operand {
    gate.operand(x, activation: activation, times: value(x, in: workspace), in: workspace)
  }
}
