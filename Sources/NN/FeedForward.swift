public import Kernels
public import Tensor

/// The two linear layers of a transformer block, with GELU (tanh) between them.
public struct FeedForward: Sendable {
  let fc1, fc2: Linear

  /// Reads both layers.
  ///
  /// - Parameters:
  ///   - width: The width of a token.
  ///   - hiddenWidth: The width between the layers.
  ///   - fc1: The scope of the first layer.
  ///   - fc2: The scope of the second.
  /// - Throws: `WeightError` where parameters are missing or of another shape.
  public init(_ width: Int, hiddenWidth: Int, fc1: Weights, fc2: Weights) throws {
    self.fc1 = try Linear(width, hiddenWidth, from: fc1)
    self.fc2 = try Linear(hiddenWidth, width, from: fc2)
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
    let hidden = fc1.operand(x, activation: .geluTanh, in: workspace)
    fc2(hidden, gate: gate, addedTo: &residual, in: workspace)
  }
}
