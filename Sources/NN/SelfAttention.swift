public import Kernels
internal import Tensor

/// Multi-head self-attention up to its output projection.
public struct SelfAttention: Sendable {
  /// The layer that makes queries, keys and values side by side.
  public let qkv: Linear
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
    heads(of: qkv.operand(x, in: workspace), in: workspace)
  }

  /// The result of each head, side by side.
  ///
  /// - Parameters:
  ///   - parts: Queries, keys and values side by side, `[batch, tokens, 3 · width]`.
  ///   - workspace: What to compute with.
  /// - Returns: `[batch, tokens, width]`.
  public func heads(of parts: Operand, in workspace: Workspace) -> Operand {
    let width = parts.shape[2] / 3
    func heads(_ part: Int) -> HeadView {
      HeadView(parts, from: part * width, count: headCount, size: width / headCount)
    }
    return attention(query: heads(0), key: heads(1), value: heads(2), in: workspace)
  }
}
