/// How a product is cut to fit the caches.
///
/// Terms are counted in elements of 32 bits, each of which may hold two.
@usableFromInline
struct Blocking {
  /// The elements that hold the terms of a sum.
  @usableFromInline let depth: Int
  /// The rows of a block and the elements of a section of the depth: together they stay in L2.
  @usableFromInline let rows, section: Int
  /// The number of sections.
  @usableFromInline let sections: Int
  /// The elements of a slice of a section: of a panel and a strip of rows they stay in L1.
  @usableFromInline let slice: Int

  @inlinable @inline(__always)
  init<I: InstructionSet, let tileRows: Int, let columns: Int>(
    _ isa: I.Type, _ tile: Tile<tileRows, columns>.Type, rows count: Int, depth terms: Int
  ) {
    depth = I.elementCount(terms)
    // Sections of like length, and slices too: a short one costs as much to begin as a long one.
    func cut(_ length: Int, _ limit: Int) -> Int {
      let parts = max((length + limit - 1) / limit, 1)
      return (length + parts - 1) / parts
    }
    section = cut(depth, 1280)
    sections = section == 0 ? 1 : (depth + section - 1) / section
    // An L1 cache of 48 KB. A smaller one does with lines from L2, which come in time; shorter slices
    // would carry the sums through scratch more often.
    slice = cut(section, 48 * 1024 / (4 * (tile.panelWidth(isa) + tileRows)))
    // A third of an L2 cache of 2 MB: panels and sums want room too.
    let limit = 700 * 1024 / (4 * section + 1) / tileRows * tileRows
    rows = min(count, max(limit, tileRows))
  }

  /// The elements of the packed rows, with the vector behind them that packing overwrites, in whole
  /// cache lines.
  @inlinable @inline(__always)
  func packedCount<I: InstructionSet>(_ isa: I.Type) -> Int {
    (rows * section + I.width + 15) / 16 * 16
  }
}
