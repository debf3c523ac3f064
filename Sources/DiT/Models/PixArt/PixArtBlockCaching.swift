internal import Kernels
internal import NN
internal import Tensor

// A block that asks a cache at each branch.
extension PixArtTransformer.Block {
  /// Passes tokens through the block, each branch computed, kept or reused as the cache says.
  func callAsFunction(
    _ x: inout Tensor<Float>, _ context: Context, index: Int, _ cache: inout CacheState,
    in workspace: Workspace
  ) {
    let m = context.modulation
    if cache.hasLinear(in: .attention, block: index) {
      let value = cache.attentionByLayer(
        modulatedInput(x, context, in: workspace), qkv: attention.qkv,
        projection: attention.projection, block: index, in: workspace,
        heads: { attention.heads(of: $0, grid: context.grid, in: workspace).tensor })
      addGated(value, gate: m.attention.gate, to: &x, in: workspace)
    } else {
      cache.add(
        .attention, block: index, gate: m.attention.gate, to: &x, in: workspace,
        fused: { addAttention(to: &$0, context, in: workspace) },
        value: { x, rows, window in
          attention.projection(
            heads(x.rows(rows), context[rows], window: window, in: workspace), in: workspace)
        })
    }
    cache.add(
      .crossAttention, block: index, gate: nil, to: &x, in: workspace,
      fused: { addCrossAttention(to: &$0, context, in: workspace) },
      value: { x, rows, _ in
        crossAttention.projection(
          crossAttention(x.rows(rows), context.text[rows], in: workspace), in: workspace)
      })
    if cache.hasLinear(in: .feedForward, block: index) {
      let value = cache.feedForwardByLayer(
        modulated(x, m.feedForward, in: workspace).tensor, feedForward, block: index,
        in: workspace)
      addGated(value, gate: m.feedForward.gate, to: &x, in: workspace)
    } else {
      cache.add(
        .feedForward, block: index, gate: m.feedForward.gate, to: &x, in: workspace,
        fused: { addFeedForward(to: &$0, context, in: workspace) },
        value: { x, rows, _ in
          feedForward(
            modulated(x.rows(rows), m[rows].feedForward, in: workspace), in: workspace)
        })
    }
  }
}
