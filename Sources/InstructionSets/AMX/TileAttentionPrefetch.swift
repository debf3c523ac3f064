#if arch(x86_64)
internal import _KernelsMicro

extension TileAttention {
  /// Asks, while a block of queries meets a square of keys, for a share of what comes next: keys and
  /// values of the next head, which usually stands beside this one, the queries of the next block,
  /// and the lines that the results of this one go to.
  @inline(__always)
  func prefetchNext(square: Int, block: Int) {
    guard sizes.numberParts == 1 else { return }
    let blockShare = (block - blocks.lowerBound, of: blocks.count)
    prefetchNextHead(head.key, row: square * 32, blockShare)
    prefetchNextHead(head.value, row: square * 32, blockShare)
    let (squareShare, row) = ((square, of: AMX.squares(head.keys)), block * 32 - head.query.row)
    prefetch(head.query, row: row + 32, from: 0, to: head.size, squareShare)
    prefetch(head.result, row: row, from: 0, to: head.size, squareShare)
  }

  /// The squares that this head has not touched already, if any.
  @inline(__always)
  private func prefetchNextHead(_ tokens: HeadTokens, row: Int, _ share: (Int, of: Int)) {
    let first = ((tokens.column + head.size - 1) | 31) + 1 - tokens.column
    prefetch(tokens, row: row, from: first, to: 2 * head.size, share)
  }

  /// Asks for a share of the squares, side by side, that hold some columns of 32 tokens.
  @inline(__always)
  private func prefetch(
    _ tokens: HeadTokens, row: Int, from first: Int, to end: Int, _ share: (Int, of: Int)
  ) {
    let square = (tokens.column + first) / 32
    let lines = max((tokens.column + end + 31) / 32 - square, 0) * 32
    let firstLine = lines * share.0 / share.of
    prefetchToL2(
      tokens.rows.place(row: (tokens.row + row) / 32 * 32, column: square * 32) + firstLine * 64,
      lines: lines * (share.0 + 1) / share.of - firstLine)
  }
}
#endif
