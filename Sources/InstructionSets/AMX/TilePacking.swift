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
        prefetchNext(source, panel, step)
        for half in 0..<2 {
          let tile = packed + ((panel * steps + step) * 2 + half) * 1024
          packTile(source, depth: step * 32, column: panel * 32 + half * 16, into: tile)
        }
      }
    }
  }

  /// Asks for what is packed next: rows far apart, as those of one head are, follow no pattern that
  /// the processor sees.
  @inline(__always)
  private static func prefetchNext(_ source: PackingSource, _ panel: Int, _ step: Int) {
    let isAcross = source.depthStride == 1
    let depth = (isAcross ? step : step + 1) * 32
    let column = (isAcross ? panel + 1 : panel) * 32
    let stride = isAcross ? source.columnStride : source.depthStride
    let start = source.elements + depth * source.depthStride + column * source.columnStride
    for row in 0..<32 { prefetchToL2(start + row * stride, lines: 2) }
  }

  /// Packs 32 terms of 16 columns, with zeros where the matrix has none.
  @inline(__always)
  private static func packTile(
    _ source: PackingSource, depth: Int, column: Int, into tile: UnsafeMutableRawPointer
  ) {
    let tile = tile.assumingMemoryBound(to: Float.self)
    let first = source.elements + depth * source.depthStride + column * source.columnStride
    let terms = min(source.depth - depth, 32)
    let columns = min(source.columns - column, 16)
    guard columns > 0 else {
      for pair in 0..<16 { store(.zero, tile + pair * 16) }
      return
    }
    if source.depthStride == 1 {
      // Pairs of terms are moved as if each were a number of 32 bits.
      // A column that is not there gives no output: the last one may stand for it.
      for i in 0..<16 {
        let start = first + min(i, columns - 1) * source.columnStride
        let pairs =
          terms == 32
          ? neighbours(load(start), load(start + 16))
          : neighbours(part(start, terms), part(start + 16, terms - 16))
        store(pairs, tile + i * 16)
      }
      transposeSquare(tile, stride: 16, into: tile)
    } else if source.columnStride == 1 {
      if terms == 32 && columns == 16 {
        for pair in 0..<16 {
          let start = first + 2 * pair * source.depthStride
          store(interleaved(load(start), load(start + source.depthStride)), tile + pair * 16)
        }
        return
      }
      for pair in 0..<16 {
        let start = first + 2 * pair * source.depthStride
        let a = part(start, 2 * pair < terms ? columns : 0)
        let b = part(start + source.depthStride, 2 * pair + 1 < terms ? columns : 0)
        store(interleaved(a, b), tile + pair * 16)
      }
    } else {
      for pair in 0..<16 {
        var (a, b) = (F32.zero, F32.zero)
        for j in 0..<columns {
          let start = first + 2 * pair * source.depthStride + j * source.columnStride
          if 2 * pair < terms { a[j] = start[0] }
          if 2 * pair + 1 < terms { b[j] = start[source.depthStride] }
        }
        store(interleaved(a, b), tile + pair * 16)
      }
    }
  }

  /// Transposes 16 rows of 16 numbers of 32 bits, or of pairs of 16 bits; in place, if `square` is
  /// their beginning and they are dense.
  ///
  /// A function of its own: inlined in several places, parts of it would be called.
  @inline(never)
  static func transposeSquare(
    _ rows: UnsafePointer<Float>, stride: Int, into square: UnsafeMutablePointer<Float>
  ) {
    transpose { i in
      load(rows + i * stride)
    } store: { i, column in
      store(column, square + i * 16)
    }
  }

  /// Up to a vector of `count` elements, and zeros behind them.
  @inline(__always)
  static func part(_ start: UnsafePointer<Float>, _ count: Int) -> F32 {
    count >= 16 ? load(start) : count > 0 ? loadPart(start, count: count, padding: 0) : .zero
  }
}
#endif
