#if arch(x86_64)
internal import _KernelsMicro

// Keys and values in the order of the right matrix of a product: a row of a tile holds pairs of
// terms. Terms of the scores are elements of a key, terms of the results are keys.
extension TileAttention {
  /// Packs the keys of a part.
  ///
  /// Of the squares that hold the columns of a query, what is not the head's is zero. The scores of a
  /// key that is not there are not used.
  func packKeys(_ part: Range<Int>) {
    let isCopied = sizes.numberParts > 1 || !keysStandAsQueries
    if isCopied { keyRows.update(repeating: 0, count: 32 * sizes.rowStride) }
    for (square, first) in stride(from: part.lowerBound, to: part.upperBound, by: 32).enumerated() {
      if isCopied {
        for i in 0..<min(part.upperBound - first, 32) {
          copyKey(first + i, to: keyRows + i * sizes.rowStride)
        }
      }
      for step in 0..<querySteps {
        let tiles = keys + (square * querySteps + step) * sizes.square * 4
        if sizes.numberParts > 1 {
          splitKeys(step, into: tiles)
        } else if isCopied {
          transposeKeys(keyRows + step * 16, stride: sizes.rowStride, into: tiles)
        } else {
          let place = head.key.rows.place(
            row: head.key.row + first, column: (head.key.column / 32 + step) * 32)
          transposeKeys(
            UnsafePointer(place.assumingMemoryBound(to: Float.self)), stride: 16, into: tiles)
          clearOthers(step, in: tiles)
        }
      }
    }
  }

  /// Whether squares of keys are what keys have to be copied to: whole, and in their columns as the
  /// queries are.
  private var keysStandAsQueries: Bool {
    head.places == nil && head.key.row % 32 == 0 && head.key.column % 32 == queryShift
      && queryShift % 2 == 0 && head.size % 2 == 0
  }

  /// Transposes a square of keys: pairs of terms are moved as if each were a number of 32 bits.
  @inline(__always)
  private func transposeKeys(
    _ rows: UnsafePointer<Float>, stride: Int, into tiles: UnsafeMutableRawPointer
  ) {
    for half in 0..<2 {
      AMX.transposeSquare(
        rows + half * 16 * stride, stride: stride,
        into: (tiles + half * 1024).assumingMemoryBound(to: Float.self))
    }
  }

  /// Makes the pairs of terms of a transposed square zero that are of other heads.
  @inline(__always)
  private func clearOthers(_ step: Int, in tiles: UnsafeMutableRawPointer) {
    let first = min(max(queryShift / 2 - step * 16, 0), 16)
    let end = min(max((queryShift + head.size) / 2 - step * 16, first), 16)
    for pair in 0..<16 where pair < first || pair >= end {
      for half in 0..<2 {
        AMX.store(AMX.all(0), (tiles + half * 1024 + pair * 64).assumingMemoryBound(to: Float.self))
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
        if sizes.numberParts > 1 {
          for step in 0..<valueSteps {
            splitValues(key, next, part, step, pair, square: step * squares + square)
          }
        } else {
          let (row, nextRow) = (valueRow(key, part), valueRow(next, part))
          // The last square may be the one of the ones alone.
          let last = (valueShift + head.size - 1) / 32
          for step in 0..<valueSteps {
            func columns(_ row: UnsafePointer<Float>?) -> AMX.F32 {
              row.map { AMX.load($0 + min(step, last) * 512) } ?? .zero
            }
            let (first, second) = AMX.interleavedWords(columns(row), columns(nextRow))
            let pairs = (values + (step * squares + square) * 2048 + pair * 64)
              .assumingMemoryBound(to: Float.self)
            AMX.store(first, pairs)
            AMX.store(second, pairs + 256)
          }
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

  /// A value of a part in the first of its squares, from the start of the row on.
  @inline(__always)
  private func valueRow(_ key: Int, _ part: Range<Int>) -> UnsafePointer<Float>? {
    guard key < part.upperBound else { return nil }
    let place = head.value.place(token: head.place(key), column: -valueShift)
    return UnsafePointer(place.assumingMemoryBound(to: Float.self))
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
