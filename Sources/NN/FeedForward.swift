public import Kernels
public import Tensor

/// The two linear layers of a transformer block, with GELU (tanh) between them.
public struct FeedForward: Sendable {
  let expand, contract: Linear

  /// Reads both layers.
  ///
  /// - Parameters:
  ///   - width: The width of a token.
  ///   - hiddenWidth: The width between the layers.
  ///   - expand: The scope of the first layer.
  ///   - contract: The scope of the second.
  /// - Throws: `WeightError` where parameters are missing or of another shape.
  public init(_ width: Int, hiddenWidth: Int, expand: Weights, contract: Weights) throws {
    self.expand = try Linear(width, hiddenWidth, from: expand)
    self.contract = try Linear(hiddenWidth, width, from: contract)
  }

  /// Adds `gate` times the result to a residual stream.
  ///
  /// - Parameters:
  ///   - x: `[batch, tokens, width]`.
  ///   - gate: `[batch, width]`.
  ///   - residual: `[batch, tokens, width]`.
  ///   - workspace: What to compute with.
  public func callAsFunction(
    _ x: Operand, gate: Tensor<Float>, addedTo residual: inout Tensor<Float>,
    in workspace: Workspace
  ) {
    let hidden = expand.operand(x, activation: .geluTanh, in: workspace)
    contract(hidden, gate: gate, addedTo: &residual, in: workspace)
  }
}
