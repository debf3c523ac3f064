internal import Tensor

extension PixArtTransformer.Block {
  /// The shift, scale and gate of both branches that are modulated, for every row of a batch.
  struct Modulation: Sendable {
    let attention, feedForward: (shift: Tensor<Float>, scale: Tensor<Float>, gate: Tensor<Float>)

    /// The modulation of a block.
    ///
    /// - Parameters:
    ///   - block: The block.
    ///   - step: What all blocks share in a step, `[6, width]`.
    ///   - rows: The number of rows of the batch.
    init(_ block: PixArtTransformer.Block, step: Tensor<Float>, rows: Int) {
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
    let text: PixArtTransformer.TextKeys.Rows

    /// The same for the conditional half of the rows.
    var conditional: Context {
      let half = 0..<text.texts.count / 2
      return Context(grid: grid, modulation: modulation[half], text: text[half])
    }
  }
}
