public import Kernels
internal import Tensor

/// Multi-head self-attention up to its output projection.
public struct SelfAttention: Sendable {
  let qkv: Linear
  let headCount: Int

  /// Reads what makes queries, keys and values, in this order, each with its heads side by side.
  ///
  /// - Parameters:
  ///   - width: The width of a token.
  ///   - headCount: The number of heads.
  ///   - layers: The scope of the layer that makes all of them, or of the three that make one each.
  /// - Throws: `WeightError` where parameters are missing or of another shape.
  public init(_ width: Int, headCount: Int, qkv layers: [Weights]) throws {
    qkv = try Linear(width, 3 * width, joining: layers)
    self.headCount = headCount
  }

  /// The result of each head, side by side.
  ///
  /// - Parameters:
  ///   - x: `[batch, tokens, width]`.
  ///   - workspace: What to compute with.
  /// - Returns: `[batch, tokens, width]`.
  public func callAsFunction(_ x: Operand, in workspace: Workspace) -> Operand {
    let (batch, tokens, width) = (x.shape[0], x.shape[1], x.shape[2])
    let parts = qkv(x, in: workspace)
      .reshaped([batch, tokens, 3, headCount, width / headCount])
      .permuted([2, 0, 1, 3, 4])
    return attention(query: parts[0], key: parts[1], value: parts[2], in: workspace)
  }
}
