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

      private init(
        attention: (Tensor<Float>, Tensor<Float>, Tensor<Float>),
        feedForward: (Tensor<Float>, Tensor<Float>, Tensor<Float>)
      ) {
        (self.attention, self.feedForward) = (attention, feedForward)
      }

      /// The modulation of some rows.
      subscript(rows: Range<Int>) -> Modulation {
        Modulation(
          attention: (attention.shift[rows], attention.scale[rows], attention.gate[rows]),
          feedForward: (feedForward.shift[rows], feedForward.scale[rows], feedForward.gate[rows]))
      }
    }

    /// What a block sees besides the tokens.
    struct Context {
      /// The rows and columns of patches.
      let grid: (rows: Int, columns: Int)
      /// The modulation of this block.
      let modulation: Modulation
      /// The keys and values of the texts for this block.
      let text: TextKeys.Rows

      /// The same for the conditional half of the rows.
      var conditional: Context {
        let half = 0..<text.texts.count / 2
        return Context(grid: grid, modulation: modulation[half], text: text[half])
      }
    }

    /// Passes tokens through the block.
    ///
    /// - Parameters:
    ///   - x: `[rows, tokens, width]`.
    ///   - context: What the block sees besides.
    ///   - workspace: What to compute with.
    func callAsFunction(
      _ x: inout Tensor<Float>, _ context: Context, in workspace: Workspace
    ) {
      addAttention(to: &x, context, in: workspace)
      addCrossAttention(to: &x, context, in: workspace)
      addFeedForward(to: &x, context, in: workspace)
    }

    /// Passes tokens through the block, each branch computed, kept or reused as the cache says.
    func callAsFunction(
      _ x: inout Tensor<Float>, _ context: Context, index: Int, _ cache: inout CacheState,
      in workspace: Workspace
    ) {
      cache.add(
        .attention, block: index, gate: context.modulation.attention.gate, to: &x, in: workspace,
        fused: { addAttention(to: &$0, context, in: workspace) },
        value: { x, part in
          let (x, context) = part.rows(of: x, context)
          return attention.projection(heads(x, context, in: workspace), in: workspace)
        })
      cache.add(
        .crossAttention, block: index, gate: nil, to: &x, in: workspace,
        fused: { addCrossAttention(to: &$0, context, in: workspace) },
        value: { x, part in
          let (x, context) = part.rows(of: x, context)
          return crossAttention.projection(
            crossAttention(x, context.text, in: workspace), in: workspace)
        })
      cache.add(
        .feedForward, block: index, gate: context.modulation.feedForward.gate, to: &x,
        in: workspace, fused: { addFeedForward(to: &$0, context, in: workspace) },
        value: { x, part in
          let (x, context) = part.rows(of: x, context)
          return feedForward(
            modulated(x, context.modulation.feedForward, in: workspace), in: workspace)
        })
    }

    /// What attention sees, `[rows, tokens, width]`.
    func modulatedInput(
      _ x: Tensor<Float>, _ context: Context, in workspace: Workspace
    ) -> Tensor<Float> {
      modulated(x, context.modulation.attention, in: workspace).tensor
    }

    private func modulated(
      _ x: Tensor<Float>, _ m: (shift: Tensor<Float>, scale: Tensor<Float>, gate: Tensor<Float>),
      in workspace: Workspace
    ) -> Operand {
      layerNorm(x, shift: m.shift, scale: m.scale, epsilon: epsilon, in: workspace)
    }

    private func heads(
      _ x: Tensor<Float>, _ context: Context, in workspace: Workspace
    ) -> Operand {
      attention(
        modulated(x, context.modulation.attention, in: workspace), grid: context.grid,
        in: workspace)
    }

    private func addAttention(
      to x: inout Tensor<Float>, _ context: Context, in workspace: Workspace
    ) {
      let heads = heads(x, context, in: workspace)
      attention.projection(
        heads, gate: context.modulation.attention.gate, addedTo: &x, in: workspace)
    }

    /// Neither a norm nor a gate, as the code of the paper has it.
    private func addCrossAttention(
      to x: inout Tensor<Float>, _ context: Context, in workspace: Workspace
    ) {
      crossAttention.projection(
        crossAttention(x, context.text, in: workspace), addedTo: &x, in: workspace)
    }

    private func addFeedForward(
      to x: inout Tensor<Float>, _ context: Context, in workspace: Workspace
    ) {
      let b = modulated(x, context.modulation.feedForward, in: workspace)
      feedForward(b, gate: context.modulation.feedForward.gate, addedTo: &x, in: workspace)
    }
  }
}

extension BranchPart {
  /// The rows of the part, with what the block sees of them.
  fileprivate func rows(
    of x: Tensor<Float>, _ context: PixArtTransformer.Block.Context
  ) -> (Tensor<Float>, PixArtTransformer.Block.Context) {
    conditionalOnly ? (x[0..<x.shape[0] / 2], context.conditional) : (x, context)
  }
}
