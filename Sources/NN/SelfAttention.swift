public import Kernels
public import Tensor

/// Multi-head self-attention whose queries, keys and values one product makes.
public struct SelfAttention: Layer {
  /// The layer that makes queries, keys and values, in this order, each with its heads side by
  /// side.
  public let qkv: Linear
  /// The output projection of the heads' results, which stand side by side.
  public let projection: Linear
  /// The number of heads.
  public let headCount: Int

  /// Reads the layers.
  ///
  /// - Parameters:
  ///   - width: The width of a token.
  ///   - headCount: The number of heads.
  ///   - layers: The scope of the layer that makes queries, keys and values, or of the three that make
  ///     one each.
  ///   - projection: The scope of the output projection.
  ///   - bias: Whether the layers have a bias.
  /// - Throws: `WeightError` where parameters are missing or of another shape.
  public init(
    _ width: Int, headCount: Int, qkv layers: [Weights], projection: Weights, bias: Bool = true
  ) throws {
    self.init(
      qkv: try Linear(width, 3 * width, bias: bias, joining: layers),
      projection: try Linear(width, width, bias: bias, from: projection), headCount: headCount)
  }

  /// Attention with two layers, `[3 · width, width]` and `[width, width]`.
  public init(qkv: Linear, projection: Linear, headCount: Int) {
    check(
      headCount > 0 && qkv.outputs.isMultiple(of: 3 * headCount)
        && projection.inputs == qkv.outputs / 3,
      "self-attention: layers of \([qkv.outputs, qkv.inputs]) and "
        + "\([projection.outputs, projection.inputs]) are not those of \(headCount) heads")
    (self.qkv, self.projection, self.headCount) = (qkv, projection, headCount)
  }

  /// Applies the layer.
  ///
  /// - Parameters:
  ///   - x: `[batch, tokens, width]`.
  ///   - mask: Which tokens count as keys, `[batch, tokens]`; nil where all do.
  ///   - isCausal: Whether a token attends only to itself and those before it.
  ///   - workspace: What to compute with; nil for a workspace that all such calls share.
  /// - Returns: `[batch, tokens, width]`.
  public func callAsFunction(
    _ x: Tensor<Float>, mask: Tensor<Bool>? = nil, isCausal: Bool = false,
    in workspace: Workspace? = nil
  ) -> Tensor<Float> {
    let workspace = workspace ?? qkv.defaultWorkspace
    let parts =
      isCausal
      ? qkv.operand(Operand(x), in: workspace) : qkv.attentionOperand(Operand(x), in: workspace)
    return projection(
      heads(of: parts, mask: mask, isCausal: isCausal, in: workspace), in: workspace)
  }

  /// Applies the layer to tokens in the layout of products.
  ///
  /// - Parameters:
  ///   - x: `[batch, tokens, width]`.
  ///   - window: How far to either side a token attends; nil where it attends to all.
  ///   - workspace: What to compute with.
  /// - Returns: `[batch, tokens, width]`.
  public func callAsFunction(
    _ x: Operand, window: Int? = nil, in workspace: Workspace
  ) -> Tensor<Float> {
    let parts =
      window == nil ? qkv.attentionOperand(x, in: workspace) : qkv.operand(x, in: workspace)
    return projection(heads(of: parts, window: window, in: workspace), in: workspace)
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
    let heads = heads(of: qkv.attentionOperand(x, in: workspace), in: workspace)
    projection(heads, gate: gate, addedTo: &residual, in: workspace)
  }

  /// The result of each head, side by side: what the output projection takes.
  ///
  /// - Parameters:
  ///   - parts: Queries, keys and values side by side, `[batch, tokens, 3 · width]`.
  ///   - mask: Which tokens count as keys, `[batch, tokens]`; nil where all do.
  ///   - isCausal: Whether a token attends only to itself and those before it.
  ///   - window: How far to either side a token attends; nil where it attends to all.
  ///   - workspace: What to compute with.
  /// - Returns: `[batch, tokens, width]`.
  public func heads(
    of parts: Operand, mask: Tensor<Bool>? = nil, isCausal: Bool = false, window: Int? = nil,
    in workspace: Workspace
  ) -> Operand {
    let (tokens, width) = (parts.shape[1], parts.shape[2] / 3)
    func heads(_ part: Int) -> HeadView {
      HeadView(parts, from: part * width, count: headCount, size: width / headCount)
    }
    return attention(
      query: heads(0), key: heads(1), value: heads(2), mask: mask,
      bias: isCausal ? causalBias(heads: headCount, queries: tokens, keys: tokens) : nil,
      window: window, in: workspace)
  }
}
