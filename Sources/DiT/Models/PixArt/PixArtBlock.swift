internal import Kernels
internal import NN
internal import Tensor

extension PixArtTransformer {
  /// A transformer block with adaLN-single conditioning and cross-attention to a text (section 2.3
  /// of the paper).
  struct Block: Sendable {
    let attention: CompressedAttention
    let crossAttention: CrossAttention
    let feedForward: FeedForward
    /// What this block adds to the modulation that all blocks share, `[6, width]`.
    let table: Tensor<Float>
    let epsilon: Float

    init(_ c: Configuration, from weights: Weights) throws {
      let names = c.flavor.names
      attention = try CompressedAttention(c, from: weights)
      crossAttention = try CrossAttention(c, from: weights)
      feedForward = try FeedForward(
        c.width, hiddenWidth: c.hiddenWidth, fc1: weights[names.fc1], fc2: weights[names.fc2])
      table = try weights.tensor("scale_shift_table", [6, c.width])
      epsilon = c.epsilon
    }

    /// The shift, scale and gate of both branches that are modulated, for every row of a batch.
    struct Modulation: Sendable {
      let attention, feedForward: (shift: Tensor<Float>, scale: Tensor<Float>, gate: Tensor<Float>)

      /// The modulation of a block.
      ///
      /// - Parameters:
      ///   - block: The block.
      ///   - step: What all blocks share in a step, `[6, width]`.
      ///   - rows: The number of rows of the batch.
      init(_ block: Block, step: Tensor<Float>, rows: Int) {
        let width = block.table.shape[1]
        let parts = (block.table + step).reshaped([6, 1, width])
          .broadcast(to: [6, rows, width]).copied()
        attention = (parts[0], parts[1], parts[2])
        feedForward = (parts[3], parts[4], parts[5])
      }
    }

    /// Passes tokens through the block.
    ///
    /// - Parameters:
    ///   - x: `[rows, tokens, width]`.
    ///   - grid: The rows and columns of patches.
    ///   - m: The modulation of this block.
    ///   - text: The keys and values of the texts for this block.
    ///   - workspace: What to compute with.
    func callAsFunction(
      _ x: inout Tensor<Float>, grid: (rows: Int, columns: Int), _ m: Modulation,
      _ text: TextKeys.Rows, in workspace: Workspace
    ) {
      let a = layerNorm(
        x, shift: m.attention.shift, scale: m.attention.scale, epsilon: epsilon, in: workspace)
      attention.projection(
        attention(a, grid: grid, in: workspace), gate: m.attention.gate, addedTo: &x,
        in: workspace)
      // Neither a norm nor a gate, as the code of the paper has it.
      crossAttention.projection(crossAttention(x, text, in: workspace), addedTo: &x, in: workspace)
      let b = layerNorm(
        x, shift: m.feedForward.shift, scale: m.feedForward.scale, epsilon: epsilon,
        in: workspace)
      feedForward(b, gate: m.feedForward.gate, addedTo: &x, in: workspace)
    }
  }
}
