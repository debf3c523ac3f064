public import Kernels
public import Tensor

/// The two linear layers of a transformer block, with GELU (tanh) between them.
public struct FeedForward: Sendable {
  let expand, contract: Linear

  /// Reads `fc1` and `fc2`.
  ///
  /// - Throws: `WeightError` where they are missing or of another shape.
  public init(_ width: Int, hiddenWidth: Int, from weights: Weights) throws {
    expand = try Linear(width, hiddenWidth, from: weights["fc1"])
    contract = try Linear(hiddenWidth, width, from: weights["fc2"])
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
