#if arch(x86_64)
internal import _KernelsMicro

/// How a product of tiles is cut to fit the L2 cache.
private struct TileBlocking {
  /// The rows of a block, and the squares in a section of the depth.
  let rows, section: Int
  /// The squares of the whole depth.
  let steps: Int

  init(_ rowCount: Int, depth: Int) {
    steps = AMX.squares(depth)
    // Sections of like length.
    let sections = max((steps + 47) / 48, 1)
    section = (steps + sections - 1) / sections
    // A third of an L2 cache of 2 MB: panels, sums and results pass through it too.
    let limit = max(700 * 1024 / (2048 * section + 1), 1)
    rows = min(limit, max(AMX.squares(rowCount), 1)) * 32
  }

  /// The elements of the sums of a panel that wait for the next section.
  var waitingCount: Int { section < steps ? rows * 32 : 0 }
}

/// A square of sums on its way to the output, row by row.
private struct FinishingSquare {
  /// Room for this square and for the next one, by turns.
  var sums, nextSums: UnsafeMutablePointer<Float>
  /// The next row of this square, and where it goes.
  var row: UnsafePointer<Float>
  var epilogue: Epilogue
  var rowsLeft = 0

  init(_ product: Product, _ scratch: UnsafeMutablePointer<Float>) {
    (sums, nextSums, row) = (scratch + 1024, scratch, UnsafePointer(scratch))
    epilogue = Epilogue(product, row: 0, column: 0)
  }

  /// Begins with the square that has been written to `nextSums`.
  @inline(__always)
  mutating func begin(_ product: Product, rows: Range<Int>, column: Int) {
    swap(&sums, &nextSums)
    row = UnsafePointer(sums)
    epilogue = Epilogue(product, row: rows.lowerBound, column: column)
    rowsLeft = rows.count
  }

  /// Writes the next row to the output, if there is one.
  @_transparent
  mutating func finishRow(_ product: Product) {
    guard rowsLeft > 0 else { return }
    AMX.finishRow(product, &epilogue, width: 32, sums: row)
    row += 32
    rowsLeft -= 1
  }
}

extension AMX {
  /// The elements of scratch that `compute` needs: two squares of sums, and those that wait for the
  /// next section of the depth.
  static func productScratch(rows: Int, depth: Int, columns: Int) -> Int {
    2 * 1024 + TileBlocking(rows, depth: depth).waitingCount * squares(columns)
  }

  /// Computes rows × panels of a product of tiles.
  ///
  /// A block of rows × a section of the depth stays in the L2 cache while each panel meets it. An
  /// output is one chain of sums whatever surrounds it.
  static func compute(
    _ product: Product, rows: Range<Int>, panels: Range<Int>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    TileUnit.configure()
    let blocking = TileBlocking(rows.count, depth: product.depth)
    var finishing = FinishingSquare(product, scratch)
    var first = rows.lowerBound
    while first < rows.upperBound {
      let block = first..<min(first + blocking.rows, rows.upperBound)
      var start = 0
      repeat {  // once for a depth of zero
        let section = start..<min(start + blocking.section, blocking.steps)
        var waiting = scratch + 2 * 1024
        for panel in panels {
          compute(product, rows: block, steps: section, panel: panel, waiting, &finishing)
          waiting += blocking.waitingCount
        }
        start = section.upperBound
      } while start < blocking.steps
      first = block.upperBound
    }
    while finishing.rowsLeft > 0 { finishing.finishRow(product) }
    TileUnit.release()
  }

  /// Computes a block of rows × a section of the depth × one panel, 32 rows at a time.
  ///
  /// The vector unit works beside the tile unit: in each step of a square it takes a row of the one
  /// before to the output, and asks for a part of the next panel.
  ///
  /// - Parameters:
  ///   - product: The whole product.
  ///   - rows: The rows of the block.
  ///   - steps: The squares of the depth.
  ///   - panel: The panel.
  ///   - waiting: The sums of this block and panel, from one section to the next.
  ///   - finishing: The square before, and afterwards the last one of these.
  @inline(__always)
  private static func compute(
    _ product: Product, rows: Range<Int>, steps: Range<Int>, panel: Int,
    _ waiting: UnsafeMutablePointer<Float>, _ finishing: inout FinishingSquare
  ) {
    let allSteps = squares(product.depth)
    let columns = product.b + (panel * allSteps + steps.lowerBound) * 2048
    var (next, waiting) = (columns + allSteps * 2048, waiting)
    var row = rows.lowerBound
    while row < rows.upperBound {
      let square = row..<min(row + 32, rows.upperBound)
      if steps.lowerBound == 0 {
        TileUnit.zeroSums()
      } else {
        TileUnit.loadSums(waiting, stride: 128)
      }
      let rowsPerStep = (finishing.rowsLeft + steps.count - 1) / max(steps.count, 1)
      add(
        rows: product.a + (row / 32 * allSteps + steps.lowerBound) * 2048, count: square.count,
        columns: columns, steps: steps.count
      ) {
        prefetchToL2(next, lines: 2)
        next += 2 * 64
        for _ in 0..<rowsPerStep { finishing.finishRow(product) }
      }
      while finishing.rowsLeft > 0 { finishing.finishRow(product) }
      if steps.upperBound < allSteps {
        TileUnit.storeSums(waiting, stride: 128)
      } else {
        TileUnit.storeSums(finishing.nextSums, stride: 128)
        finishing.begin(product, rows: square, column: panel * 32)
      }
      waiting += 1024
      row = square.upperBound
    }
  }

  /// Adds the products of up to 32 rows.
  @inline(__always)
  private static func add(
    rows: UnsafeRawPointer, count: Int, columns: UnsafeRawPointer, steps: Int,
    beside: () -> Void
  ) {
    if count > 16 {
      TileUnit.addProducts(
        rows: rows, secondRows: 1024, stride: 64, step: 2048, columns: columns, steps: steps,
        beside: beside)
    } else {
      TileUnit.addProducts(
        rows: rows, stride: 64, step: 2048, columns: columns, steps: steps, beside: beside)
    }
  }
}
#endif
