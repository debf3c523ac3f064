#if arch(x86_64)
internal import _KernelsMicro

extension AMX {
  /// The squares of 32 × 32 that hold `count` rows or terms.
  @inline(__always)
  static func squares(_ count: Int) -> Int { (count + 31) / 32 }

  /// Copies panels of 32 columns to their place in `packed`, rounded to bfloat16.
  ///
  /// A panel is a pair of tiles for every 32 terms. A row of a tile holds two terms of each of 16
  /// columns, in turn, which is what an instruction multiplies with two neighbours of a row.
  static func pack(
    _ source: PackingSource, panels: Range<Int>, into packed: UnsafeMutableRawPointer
  ) {
    let steps = squares(source.depth)
    for panel in panels {
      for step in 0..<steps {
        for half in 0..<2 {
          let tile = packed + ((panel * steps + step) * 2 + half) * 1024
          packTile(source, depth: step * 32, column: panel * 32 + half * 16, into: tile)
        }
      }
    }
  }

  /// Packs 32 terms of 16 columns.
  @inline(__always)
  private static func packTile(
    _ source: PackingSource, depth: Int, column: Int, into tile: UnsafeMutableRawPointer
  ) {
    let (depthCount, columnCount) = (source.depth - depth, source.columns - column)
    guard depthCount >= 32 && columnCount >= 16 && source.depthStride == 1 else {
      return packEdge(source, depth: depth, column: column, into: tile)
    }
    let first = source.elements + depth + column * source.columnStride
    // Pairs of terms are moved as if each were a number of 32 bits.
    transpose { i in
      let terms = first + i * source.columnStride
      return pairs(load(terms), load(terms + 16))
    } store: { pair, row in
      store(row, tile.assumingMemoryBound(to: Float.self) + pair * 16)
    }
  }

  /// 32 numbers of 16 bits, the first of each pair in the low half of a lane.
  @inline(__always)
  private static func pairs(_ a: F32, _ b: F32) -> F32 {
    var bits = InlineArray<32, UInt16>(repeating: 0)
    var result = F32.zero
    var span = bits.mutableSpan
    span.withUnsafeMutableBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      store(a, start, as: .tiles)
      store(b, start + 32, as: .tiles)
      result = start.loadUnaligned(as: F32.self)
    }
    return result
  }

  /// Packs a tile term by term, with zeros where the matrix has none.
  @inline(never)
  private static func packEdge(
    _ source: PackingSource, depth: Int, column: Int, into tile: UnsafeMutableRawPointer
  ) {
    for k in 0..<32 {
      for j in 0..<16 {
        let isInside = depth + k < source.depth && column + j < source.columns
        let x =
          isInside
          ? source.elements[
            (depth + k) * source.depthStride + (column + j) * source.columnStride] : 0
        storePart(F32(repeating: x), tile + k / 2 * 64 + j * 4 + k % 2 * 2, as: .tiles, count: 1)
      }
    }
  }
}
#endif
