#if arch(x86_64)
internal import _KernelsMicro

extension AMX {
  /// The bytes of a group of 32 packed rows: their scales, then a square of 32 × 64 terms for each
  /// step of the tile unit.
  static func int8GroupBytes(_ terms: Int) -> Int { 128 + int8Elements(terms) / 16 * 2048 }

  /// The elements that packed rows take.
  static func packedInt8Elements(rows: Int, _ groups: TermGroups) -> Int {
    squares(rows) * groups.total(int8GroupBytes) / 4
  }

  /// Writes rows of 32-bit numbers as integers, each group filled up with zeros to whole squares,
  /// and their scales.
  static func packInt8Rows(
    _ product: Product, rows: Range<Int>, into packed: UnsafeMutablePointer<Float>
  ) {
    let groups = product.groups
    let stripBytes = groups.total(int8GroupBytes)
    for row in rows {
      let (strip, place) = row.quotientAndRemainder(dividingBy: 32)
      var start = UnsafeMutableRawPointer(packed) + strip * stripBytes
      for group in 0..<groups.count {
        let terms = groups[group]
        let squares = start + 128 + place * 64
        func write(_ integers: F32, _ i: Int) {
          storeInt8Terms(integers, squares + i / 64 * 2048 + i % 64)
        }
        start.assumingMemoryBound(to: Float.self)[place] = quantize(
          product.start(ofRow: row) + terms.lowerBound, count: terms.count, levels: 127, offset: 0,
          write)
        // Whole vectors are written; what is missing to whole squares behind them is zero.
        let end = int8Elements(terms.count) * 4
        for i in stride(from: (terms.count + 15) / 16 * 16, to: end, by: 16) { write(.zero, i) }
        start += int8GroupBytes(terms.count)
      }
    }
  }
}
#endif
