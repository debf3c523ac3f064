public import Kernels
public import Tensor

/// The two linear layers of a transformer block, with an activation between them.
public struct FeedForward: Layer {
  /// The first layer, from the width of a token to that between the layers.
  public let fc1: Linear
  /// The second layer, back to the width of a token.
  public let fc2: Linear
  /// What is applied between them.
  public let activation: Activation

  /// Reads both layers.
  ///
  /// - Parameters:
  ///   - width: The width of a token.
  ///   - hiddenWidth: The width between the layers.
  ///   - activation: What is applied between them.
  ///   - bias: Whether the layers have a bias.
  ///   - fc1: The scope of the first layer.
  ///   - fc2: The scope of the second.
  /// - Throws: `WeightError` where parameters are missing or of another shape.
  public init(
    _ width: Int, hiddenWidth: Int, activation: Activation = .geluTanh, bias: Bool = true,
    fc1: Weights, fc2: Weights
  ) throws {
    self.init(
      fc1: try Linear(width, hiddenWidth, bias: bias, from: fc1),
      fc2: try Linear(hiddenWidth, width, bias: bias, from: fc2), activation: activation)
  }

  /// A network of two layers.
  public init(fc1: Linear, fc2: Linear, activation: Activation = .geluTanh) {
    check(
      fc1.outputs == fc2.inputs,
      "feed-forward: fc1 gives \(fc1.outputs) numbers where fc2 takes \(fc2.inputs)")
    (self.fc1, self.fc2, self.activation) = (fc1, fc2, activation)
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
    self(Operand(x), in: workspace ?? fc1.defaultWorkspace)
  }

  /// Applies the network to each token, `[…, width]`.
  public func callAsFunction(_ x: Operand, in workspace: Workspace) -> Tensor<Float> {
    fc2(fc1.operand(x, activation: activation, in: workspace), in: workspace)
  }

  /// Adds `gate` times the result to a residual stream.
  ///
  /// - Parameters:
  ///   - x: `[batch, tokens, width]`.
  ///   - gate: `[batch, width]`; 1 where nil.
  ///   - residual: `[batch, tokens, width]`.
  ///   - workspace: What to compute with.
  public func callAsFunction(
    _ x: Operand, gate: Tensor<Float>? = nil, addedTo residual: inout Tensor<Float>,
    in workspace: Workspace
  ) {
    let hidden = fc1.operand(x, activation: activation, in: workspace)
    fc2(hidden, gate: gate, addedTo: &residual, in: workspace)
  }
}
