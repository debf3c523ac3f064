#if arch(x86_64)
internal import _KernelsMicro

// Keys and values in the order of the right matrix of a product: a row of a tile holds pairs of
// terms. Terms of the scores are elements of a key, terms of the results are keys.
extension TileAttention {
  /// Packs the keys of a part.
  ///
  /// Of the squares that hold the columns of a query, what is not the head's is zero.
  func packKeys(_ part: Range<Int>) {
    let stride = sizes.rowStride
    keyRows.update(repeating: 0, count: 32 * stride)
    for (square, first) in Swift.stride(from: part.lowerBound, to: part.upperBound, by: 32)
      .enumerated()
    {
      let count = min(part.upperBound - first, 32)
      for i in 0..<count { copyKey(first + i, to: keyRows + i * stride) }
      for step in 0..<querySteps {
        let tiles = keys + (square * querySteps + step) * sizes.square * 4
        guard sizes.numberParts == 1 else {
          splitKeys(step, into: tiles)
          continue
        }
        for half in 0..<2 {
          // Pairs of terms are moved as if each were a number of 32 bits. The scores of a key that
          // is not there are not used.
          AMX.transposeSquare(
            keyRows + half * 16 * stride + step * 16, stride: stride,
            into: (tiles + half * 1024).assumingMemoryBound(to: Float.self))
        }
      }
    }
  }

  /// Splits 32 terms of the keys of a square.
  private func splitKeys(_ step: Int, into tiles: UnsafeMutableRawPointer) {
    for half in 0..<2 {
      for terms in 0..<2 {
        AMX.transposeSquare(
          keyRows + half * 16 * sizes.rowStride + step * 32 + terms * 16, stride: sizes.rowStride,
          into: transposed + terms * 256)
      }
      for term in 0..<16 {
        SplitPairs.store(
          AMX.load(transposed + term * 16), AMX.load(transposed + (16 + term) * 16),
          tiles + half * 1024 + term * 64)
      }
    }
  }

  /// Splits the queries of a block.
  func splitQueries(_ block: Int) {
    for row in rows(of: block) {
      let query = head.query.start(block * 32 + row - head.query.row)
      for step in 0..<querySteps {
        let left = head.size - step * 32
        SplitPairs.store(
          AMX.part(query + step * 32, left), AMX.part(query + step * 32 + 16, left - 16),
          queries + step * 6144 + row * 64)
      }
    }
  }

  /// Copies a key to where in a row the columns of a query are.
  @inline(__always)
  private func copyKey(_ key: Int, to row: UnsafeMutablePointer<Float>) {
    let key = head.place(key)
    guard sizes.numberParts == 1 else {
      return row.update(from: head.key.start(key), count: head.size)
    }
    let target = UnsafeMutableRawPointer(row) + queryShift * 2
    var column = 0
    while column < head.size {
      let count = min(head.size - column, 32 - (head.key.column + column) % 32)
      AMX.copyWords(head.key.place(token: key, column: column), target + column * 2, count: count)
      column += count
    }
  }

  /// Packs the values of a part.
  func packValues(_ part: Range<Int>) {
    let squares = AMX.squares(part.count)
    for square in 0..<squares {
      for pair in 0..<16 {
        let (key, next) = keys(ofPair: pair, from: part.lowerBound + square * 32)
        for step in 0..<valueSteps {
          guard sizes.numberParts == 1 else {
            splitValues(key, next, part, step, pair, square: step * squares + square)
            continue
          }
          func value(_ key: Int) -> AMX.F32 {
            guard key < part.upperBound else { return .zero }
            // The last square may be the one of the ones alone.
            let column = min(step * 32, (valueShift + head.size - 1) / 32 * 32) - valueShift
            let place = head.value.place(token: head.place(key), column: column)
            return AMX.load(UnsafePointer(place.assumingMemoryBound(to: Float.self)))
          }
          let (first, second) = AMX.interleavedWords(value(key), value(next))
          let row = (values + (step * squares + square) * 2048 + pair * 64)
            .assumingMemoryBound(to: Float.self)
          AMX.store(first, row)
          AMX.store(second, row + 256)
        }
        let (step, column) = onesColumn.quotientAndRemainder(dividingBy: 32)
        let ones =
          values + (step * squares + square) * sizes.square * 4 + column / 16 * 1024 + pair * 64
        func one(_ key: Int) -> UInt32 { key < part.upperBound ? 0x3F80 : 0 }
        ones.storeBytes(
          of: one(key) | one(next) << 16, toByteOffset: column % 16 * 4, as: UInt32.self)
      }
    }
  }

  /// The keys whose weights a pair of the rows of a square meets, of 32 keys from `first` on.
  @inline(__always)
  private func keys(ofPair pair: Int, from first: Int) -> (Int, Int) {
    guard sizes.numberParts == 1 else { return (first + pair, first + pair + 16) }
    let key = first + TileAttentionWeights.firstKey(ofLane: pair)
    return (key, key + 1)
  }

  /// Splits 32 columns of the values of two keys.
  private func splitValues(
    _ key: Int, _ next: Int, _ part: Range<Int>, _ step: Int, _ pair: Int, square: Int
  ) {
    for half in 0..<2 {
      let column = step * 32 + half * 16
      func value(_ key: Int) -> AMX.F32 {
        guard key < part.upperBound else { return .zero }
        return AMX.part(head.value.start(head.place(key)) + column, head.size - column)
      }
      SplitPairs.store(
        value(key), value(next), values + square * 6144 + half * 1024 + pair * 64)
    }
  }
}
#endif
