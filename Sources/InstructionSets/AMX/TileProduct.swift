#if arch(x86_64)
internal import _KernelsMicro

extension AMX {
  /// The elements of scratch that `compute` needs: two squares of sums.
  static let productScratch = 2 * 32 * 32

  /// A square of sums that waits to be written to the output.
  private struct FinishedSquare {
    let rows: Range<Int>
    let column: Int
    let sums: UnsafeMutablePointer<Float>
  }

  /// Computes rows × panels of a product of tiles.
  ///
  /// A block of rows stays in the L2 cache while each panel meets it. 32 rows × 32 columns of sums
  /// are in the tile registers over the whole depth, so that an output is one chain of sums
  /// whatever surrounds it. A square is written to the output while the tile unit works on the next
  /// one: at once, its reader would wait for the unit.
  static func compute(
    _ product: Product, rows: Range<Int>, panels: Range<Int>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    TileUnit.configure()
    let steps = squares(product.depth)
    // Half of an L2 cache of 2 MB.
    let blockRows = max(1024 * 1024 / (2048 * steps + 1), 1) * 32
    var waiting: FinishedSquare?
    var sums = scratch
    var first = rows.lowerBound
    while first < rows.upperBound {
      let block = first..<min(first + blockRows, rows.upperBound)
      for panel in panels {
        let columns = product.b + panel * steps * 2048
        var row = block.lowerBound
        while row < block.upperBound {
          let square = FinishedSquare(
            rows: row..<min(row + 32, block.upperBound), column: panel * 32, sums: sums)
          add(
            rows: product.a + row / 32 * steps * 2048, columns: columns, steps: steps, to: square)
          if let waiting { finish(product, waiting) }
          store(square)
          waiting = square
          sums = sums == scratch ? scratch + 32 * 32 : scratch
          row = square.rows.upperBound
        }
      }
      first = block.upperBound
    }
    if let waiting { finish(product, waiting) }
    TileUnit.release()
  }

  /// Computes the sums of a square in the tile registers.
  @inline(__always)
  private static func add(
    rows: UnsafeRawPointer, columns: UnsafeRawPointer, steps: Int, to square: FinishedSquare
  ) {
    TileUnit.zeroSums()
    if square.rows.count > 16 {
      TileUnit.addProducts(
        rows: rows, secondRows: 1024, stride: 64, step: 2048, columns: columns, steps: steps)
    } else {
      TileUnit.addProducts(rows: rows, stride: 64, step: 2048, columns: columns, steps: steps)
    }
  }

  /// Takes the sums of a square out of the tile registers.
  @inline(__always)
  private static func store(_ square: FinishedSquare) {
    if square.rows.count > 16 {
      TileUnit.storeSums(square.sums, stride: 128)
    } else {
      TileUnit.storeFirstSums(square.sums, stride: 128)
    }
  }

  @inline(__always)
  private static func finish(_ product: Product, _ square: FinishedSquare) {
    finish(product, rows: square.rows, column: square.column, width: 32, sums: square.sums)
  }
}
#endif
