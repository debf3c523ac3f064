#if arch(x86_64)
internal import _KernelsMicro

extension AMX {
  /// The elements of scratch that `compute` needs: the sums of 32 rows × 32 columns.
  static let productScratch = 32 * 32

  /// Computes rows × panels of a product of tiles.
  ///
  /// A block of rows stays in the L2 cache while each panel meets it. 32 rows × 32 columns of sums
  /// are in the tile registers over the whole depth, so that an output is one chain of sums
  /// whatever surrounds it.
  static func compute(
    _ product: Product, rows: Range<Int>, panels: Range<Int>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    TileUnit.configure()
    let steps = squares(product.depth)
    // Half of an L2 cache of 2 MB.
    let blockRows = max(1024 * 1024 / (2048 * steps + 1), 1) * 32
    var first = rows.lowerBound
    while first < rows.upperBound {
      let block = first..<min(first + blockRows, rows.upperBound)
      // Each square of rows asks for a part of the next panel.
      let lines = min(32 * steps / squares(block.count) + 1, 48)
      for panel in panels {
        let columns = product.b + panel * steps * 2048
        var (row, next) = (block.lowerBound, columns + steps * 2048)
        while row < block.upperBound {
          let count = min(32, block.upperBound - row)
          prefetchToL2(next, lines: lines)
          next += 64 * lines
          addSquare(
            rows: product.a + row / 32 * steps * 2048, columns: columns, steps: steps, count: count,
            into: scratch)
          finish(
            product, rows: row..<row + count, column: panel * 32, width: 32, sums: scratch)
          row += count
        }
      }
      first = block.upperBound
    }
    TileUnit.release()
  }

  /// Computes the sums of up to 32 rows × 32 columns.
  @inline(__always)
  private static func addSquare(
    rows: UnsafeRawPointer, columns: UnsafeRawPointer, steps: Int, count: Int,
    into sums: UnsafeMutablePointer<Float>
  ) {
    TileUnit.zeroSums()
    if count > 16 {
      TileUnit.addProducts(
        rows: rows, secondRows: 1024, stride: 64, step: 2048, columns: columns, steps: steps)
      TileUnit.storeSums(sums, stride: 128)
    } else {
      TileUnit.addProducts(rows: rows, stride: 64, step: 2048, columns: columns, steps: steps)
      TileUnit.storeFirstSums(sums, stride: 128)
    }
  }
}
#endif
