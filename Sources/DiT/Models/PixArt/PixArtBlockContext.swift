internal import Tensor

extension PixArtTransformer.Block {
  /// The shift, scale and gate of self-attention and of the feed-forward branch, for every row of a
  /// batch.
  typealias Modulation = DiffusionTransformer.Block.Modulation

  /// What a block takes besides the tokens.
  struct Context {
    /// The rows and columns of patches.
    let grid: (rows: Int, columns: Int)
    /// The modulation of this block.
    let modulation: Modulation
    /// The keys and values of the texts for this block.
    let text: PixArtTransformer.TextKeys.Rows

    /// The same for some of the rows.
    subscript(rows: [Int]) -> Context {
      Context(grid: grid, modulation: modulation[rows], text: text[rows])
    }
  }
}

extension DiffusionTransformer.Block.Modulation {
  /// The modulation of a block of PixArt.
  ///
  /// - Parameters:
  ///   - block: The block.
  ///   - step: The modulation that all blocks share in a step, `[6, width]`.
  ///   - rows: The number of rows of the batch.
  init(_ block: PixArtTransformer.Block, step: Tensor<Float>, rows: Int) {
    let parts = (block.table + step).reshaped([1, step.count])
    self.init(parts.broadcast(to: [rows, step.count]).copied())
  }
}
