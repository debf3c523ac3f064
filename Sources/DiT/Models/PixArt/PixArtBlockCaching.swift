internal import Kernels
internal import NN
internal import Tensor

// The block with a cache.
extension PixArtTransformer.Block {
  /// Passes tokens through the block.
  ///
  /// The cache says of each branch whether it is computed, computed and kept, or reused.
  func callAsFunction(
    _ x: inout Tensor<Float>, _ context: Context, index: Int, _ cache: inout CacheState,
    in workspace: Workspace
  ) {
    let m = context.modulation
    cache.add(
      .attention, block: index, gate: m.attention.gate, to: &x, in: workspace,
      byLayer: { x, cache in
        cache.attentionByLayer(
          modulatedInput(x, context, in: workspace), qkv: attention.qkv,
          projection: attention.projection, block: index, in: workspace,
          heads: { attention.heads(of: $0, grid: context.grid, in: workspace).tensor })
      },
      fused: { addAttention(to: &$0, context, in: workspace) },
      value: { x, rows, window in
        attention.projection(
          heads(x.rows(rows), context[rows], window: window, in: workspace), in: workspace)
      })
    cache.add(
      .crossAttention, block: index, gate: nil, to: &x, in: workspace,
      fused: { addCrossAttention(to: &$0, context, in: workspace) },
      value: { x, rows, _ in
        crossAttention.projection(
          crossAttention(x.rows(rows), context.text[rows], in: workspace), in: workspace)
      })
    cache.add(
      .feedForward, block: index, gate: m.feedForward.gate, to: &x, in: workspace,
      byLayer: { x, cache in
        cache.feedForwardByLayer(
          modulated(x, m.feedForward, in: workspace).tensor, feedForward, block: index,
          in: workspace)
      },
      fused: { addFeedForward(to: &$0, context, in: workspace) },
      value: { x, rows, _ in
        feedForward(
          modulated(x.rows(rows), m[rows].feedForward, in: workspace), in: workspace)
      })
  }
}
