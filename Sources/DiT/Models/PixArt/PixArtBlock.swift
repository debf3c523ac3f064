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
    /// The summand of this block to the modulation that all blocks share, `[6, width]`.
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

    /// Passes tokens through the block.
    ///
    /// - Parameters:
    ///   - x: `[rows, tokens, width]`.
    ///   - context: The modulation and the text.
    ///   - workspace: What to compute with.
    func callAsFunction(
      _ x: inout Tensor<Float>, _ context: Context, in workspace: Workspace
    ) {
      addAttention(to: &x, context, in: workspace)
      addCrossAttention(to: &x, context, in: workspace)
      addFeedForward(to: &x, context, in: workspace)
    }

    /// The input of self-attention, after the norm and modulation, `[rows, tokens, width]`.
    func modulatedInput(
      _ x: Tensor<Float>, _ context: Context, in workspace: Workspace
    ) -> Tensor<Float> {
      modulated(x, context.modulation.attention, in: workspace).tensor
    }

    func modulated(
      _ x: Tensor<Float>, _ m: (shift: Tensor<Float>, scale: Tensor<Float>, gate: Tensor<Float>),
      in workspace: Workspace
    ) -> Operand {
      layerNorm(x, shift: m.shift, scale: m.scale, epsilon: epsilon, in: workspace)
    }

    func heads(
      _ x: Tensor<Float>, _ context: Context, window: Int? = nil, in workspace: Workspace
    ) -> Operand {
      attention(
        modulated(x, context.modulation.attention, in: workspace), grid: context.grid,
        window: window, in: workspace)
    }

    func addAttention(
      to x: inout Tensor<Float>, _ context: Context, in workspace: Workspace
    ) {
      let heads = heads(x, context, in: workspace)
      attention.projection(
        heads, gate: context.modulation.attention.gate, addedTo: &x, in: workspace)
    }

    /// Adds cross-attention, without a norm and without a gate, as the paper's code does.
    func addCrossAttention(
      to x: inout Tensor<Float>, _ context: Context, in workspace: Workspace
    ) {
      crossAttention.projection(
        crossAttention(x, context.text, in: workspace), addedTo: &x, in: workspace)
    }

    func addFeedForward(
      to x: inout Tensor<Float>, _ context: Context, in workspace: Workspace
    ) {
      let input = modulated(x, context.modulation.feedForward, in: workspace)
      feedForward(input, gate: context.modulation.feedForward.gate, addedTo: &x, in: workspace)
    }
  }
}
