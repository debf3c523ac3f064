internal import Kernels
internal import NN
internal import Tensor

// A branch with a cached linear layer is computed layer by layer.
extension CacheState {
  /// Self-attention before its gate.
  ///
  /// - Parameters:
  ///   - x: What attention sees, `[rows, tokens, width]`.
  ///   - qkv: The layer that makes queries, keys and values, side by side.
  ///   - projection: The output projection.
  ///   - block: The index of the block.
  ///   - workspace: What to compute with.
  ///   - heads: Computes the results of the heads, side by side, from queries, keys and values.
  /// - Returns: `[rows, tokens, width]`.
  mutating func attentionByLayer(
    _ x: Tensor<Float>, qkv: Linear, projection: Linear, block: Int, in workspace: Workspace,
    heads: (Tensor<Float>) -> Tensor<Float>
  ) -> Tensor<Float> {
    let parts = linear(.qkv, block: block, x, in: workspace) {
      qkv(Operand($0, in: workspace), in: workspace)
    }
    return linear(.projection, block: block, heads(parts), in: workspace) {
      projection(Operand($0, in: workspace), in: workspace)
    }
  }

  /// The feed-forward branch before its gate.
  ///
  /// - Parameters:
  ///   - x: What the branch sees, `[rows, tokens, width]`.
  ///   - layers: The layers of the branch.
  ///   - block: The index of the block.
  ///   - workspace: What to compute with.
  /// - Returns: `[rows, tokens, width]`.
  mutating func feedForwardByLayer(
    _ x: Tensor<Float>, _ layers: FeedForward, block: Int, in workspace: Workspace
  ) -> Tensor<Float> {
    let sums = linear(.fc1, block: block, x, in: workspace) {
      layers.fc1(Operand($0, in: workspace), in: workspace)
    }
    let hidden = activate(layers.activation, sums, in: workspace)
    return linear(.fc2, block: block, hidden, in: workspace) {
      layers.fc2(Operand($0, in: workspace), in: workspace)
    }
  }
}
