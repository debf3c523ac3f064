#if arch(x86_64)
internal import _KernelsMicro

/// How a product of tiles is cut to fit the L2 cache.
///
/// The depth is counted in units: squares, or groups of terms.
struct TileBlocking {
  /// The rows of a block, and the units in a section of the depth.
  let rows, section: Int
  /// The units of the whole depth.
  let units: Int
  /// The rows that a block of as many rows, or fewer, has at most.
  private let mostRows: Int

  /// A product of bfloat16.
  init(_ rowCount: Int, depth: Int) {
    self.init(rowCount, units: AMX.squares(depth), bytes: 2048, most: 48)
  }

  /// A product whose depth is `units`, of which 32 rows have `bytes` and a section has at most `most`.
  init(_ rowCount: Int, units: Int, bytes: Int, most: Int) {
    self.units = units
    // Sections of like length.
    let sections = max((units + most - 1) / most, 1)
    section = (units + sections - 1) / sections
    // Two fifths of an L2 cache of 2 MB: panels, sums and results pass through it too. Blocks are of
    // like height, for each of them reads all weights.
    let squares = max(AMX.squares(rowCount), 1)
    let limit = max(800 * 1024 / (bytes * section + 1), 1)
    let blocks = (squares + limit - 1) / limit
    rows = (squares + blocks - 1) / blocks * 32
    mostRows = min(squares, limit) * 32
  }

  /// The elements of the sums of a panel that wait for the next section.
  ///
  /// Room for the tallest block: fewer rows may be one block that is taller than one of two.
  var waitingCount: Int { section < units ? mostRows * 32 : 0 }
}

extension AMX {
  /// The elements of scratch that `compute` needs: a square of sums, and those that wait for the next
  /// section of the depth.
  static func productScratch(rows: Int, depth: Int, columns: Int) -> Int {
    TileEpilogue.scratchCount
      + TileBlocking(rows, depth: depth).waitingCount * squares(columns)
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
    var finishing = TileEpilogue(scratch: scratch)
    var first = rows.lowerBound
    while first < rows.upperBound {
      let block = first..<min(first + blocking.rows, rows.upperBound)
      var start = 0
      repeat {  // once for a depth of zero
        let section = start..<min(start + blocking.section, blocking.units)
        var waiting = scratch + TileEpilogue.scratchCount
        for panel in panels {
          compute(product, rows: block, steps: section, panel: panel, waiting, &finishing)
          waiting += blocking.waitingCount
        }
        start = section.upperBound
      } while start < blocking.units
      first = block.upperBound
    }
    finishing.finish()
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
    _ waiting: UnsafeMutablePointer<Float>, _ finishing: inout TileEpilogue
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
      add(
        rows: product.a + (row / 32 * allSteps + steps.lowerBound) * 2048, columns: columns,
        steps: steps.count, isHalf: square.count <= 16, next: next, finishing: &finishing)
      next += steps.count * 2 * 64
      if steps.upperBound < allSteps {
        TileUnit.storeSums(waiting, stride: 128)
      } else {
        TileUnit.storeSums(finishing.sums, stride: 128)
        finishing.begin(product, rows: square, column: panel * 32)
      }
      waiting += 1024
      row = square.upperBound
    }
  }

  /// Adds the products of up to 32 rows; beside them, finishes the square before, and asks for the
  /// lines from `next` on, two in each step.
  ///
  /// A function of its own: in a larger one the loop would call what it does beside.
  @inline(never)
  private static func add(
    rows: UnsafeRawPointer, columns: UnsafeRawPointer, steps: Int, isHalf: Bool,
    next: UnsafeRawPointer, finishing: inout TileEpilogue
  ) {
    let before = finishing
    var (a, b, next, row) = (rows, columns, next, 0)
    let rowsPerStep = (before.rows + steps - 1) / max(steps, 1)
    for _ in 0..<steps {
      TileUnit.addProducts(rows: a, columns: b, isHalf: isHalf)
      prefetchToL2(next, lines: 2)
      next += 2 * 64
      for _ in 0..<rowsPerStep where row < before.rows {
        before.finish(row: row)
        row += 1
      }
      a += 2048
      b += 2048
    }
    finishing.finish(from: row)
  }
}
#endif
