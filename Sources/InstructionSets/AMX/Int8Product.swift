#if arch(x86_64)
internal import _KernelsMicro

extension TileBlocking {
  /// A product of 8-bit integers in groups of terms: sections are up to 1536 terms.
  fileprivate init(_ rowCount: Int, _ groups: TermGroups) {
    self.init(
      rowCount, units: groups.count, bytes: AMX.int8GroupBytes(groups.largest),
      most: max(1536 / groups.size, 1))
  }
}

extension AMX {
  /// The elements of scratch that `computeInt8` needs: the sums of two groups, a square of those
  /// before, a row of what changes nothing, and the sums that wait for the next section.
  static func int8Scratch(rows: Int, columns: Int, _ groups: TermGroups) -> Int {
    Int8Scratch.count + TileBlocking(rows, groups).waitingCount * squares(columns)
  }

  /// Computes rows × panels of a product of 8-bit integers, whose rows are packed.
  ///
  /// A block of rows × a section of the depth stays in the L2 cache while each panel meets it. The
  /// tile unit sums up a group of terms of 32 rows and 32 columns; beside it, the vector unit
  /// multiplies the sums of the group before with their scales, and adds them up.
  ///
  /// - Precondition: `rows` begin at a multiple of 32.
  static func computeInt8(
    _ product: Product, rows: Range<Int>, panels: Range<Int>, scratch: UnsafeMutablePointer<Float>
  ) {
    let (groups, blocking) = (product.groups, TileBlocking(rows.count, product.groups))
    let panelBytes = Tile<1, 2>.int8PanelBytes(Self.self, groups)
    let stripBytes = groups.total(int8GroupBytes)
    // A group of a panel begins with 128 bytes more than one of rows: starts, which only products of
    // unsigned bytes need, and then scales.
    let panelGroupBytes = 128 + int8GroupBytes(groups.largest)
    let scratch = Int8Scratch(scratch)
    scratch.nothing.update(repeating: -0.0, count: 32)
    if groups.count == 0 { scratch.sums.update(repeating: 0, count: 1024) }
    var last = LastGroup(sums: GroupSums(scratch.first))
    TileUnit.configure()
    var first = rows.lowerBound
    while first < rows.upperBound {
      let block = first..<min(first + blocking.rows, rows.upperBound)
      var start = 0
      repeat {  // once for a depth of zero
        let section = start..<min(start + blocking.section, groups.count)
        var waiting = scratch.waiting
        for panel in panels {
          var row = block.lowerBound
          // Each step asks for two lines of the next panel.
          var next =
            product.b + (panel + 1) * panelBytes + section.lowerBound * panelGroupBytes
          while row < block.upperBound {
            let square = row..<min(row + 32, block.upperBound)
            let sums =
              blocking.waitingCount > 0
              ? waiting + (row - block.lowerBound) * 32 : scratch.sums
            computeSquare(
              product, rows: square, groups: section, panel: panel,
              product.a + row / 32 * stripBytes, product.b + panel * panelBytes, next: &next,
              sums: sums, scratch, &last)
            row = square.upperBound
          }
          waiting += blocking.waitingCount
        }
        start = section.upperBound
      } while start < groups.count
      first = block.upperBound
    }
    var rest = last.sums
    rest.add(rows: 32)
    last.finish(product)
    TileUnit.release()
  }

  /// Computes the groups of a section of up to 32 rows × one panel.
  ///
  /// - Parameters:
  ///   - product: The whole product.
  ///   - rows: The rows.
  ///   - section: The groups.
  ///   - panel: The panel.
  ///   - packedRows: The first group of the packed rows.
  ///   - packedPanel: The first group of the panel.
  ///   - next: What the steps ask for, and afterwards the lines behind it.
  ///   - sums: The sums of the groups before, and the new ones.
  ///   - scratch: The scratch.
  ///   - last: The group before, and afterwards the last one of these.
  @inline(__always)
  private static func computeSquare(
    _ product: Product, rows: Range<Int>, groups section: Range<Int>, panel: Int,
    _ packedRows: UnsafeRawPointer, _ packedPanel: UnsafeRawPointer,
    next: inout UnsafeRawPointer, sums: UnsafeMutablePointer<Float>, _ scratch: Int8Scratch,
    _ last: inout LastGroup
  ) {
    let groups = product.groups
    guard groups.count > 0 else {
      return finish(product, rows: rows, column: panel * 32, width: 32, sums: sums)
    }
    let groupBytes = int8GroupBytes(groups.largest)
    var a = packedRows + section.lowerBound * groupBytes
    var b = packedPanel + section.lowerBound * (groupBytes + 128)
    if section.upperBound == groups.count {
      Tile<1, 2>.prefetchOutput(Self.self, product, rows: rows, panel: panel)
    }
    for group in section {
      let steps = int8Elements(groups[group].count) / 16
      let place = last.sums.staged == UnsafePointer(scratch.first) ? scratch.second : scratch.first
      addGroup(
        rows: a + 128, columns: b + 256, steps: steps, isHalf: rows.count <= 16, next: next,
        before: last.sums, into: place)
      next += steps * 2 * 64
      last.finish(product)
      last.square = group == groups.count - 1 ? (rows, panel * 32) : nil
      let columnScales = (b + 128).assumingMemoryBound(to: Float.self)
      last.sums.columnScales = (load(columnScales), load(columnScales + 16))
      last.sums.rowScales = a.assumingMemoryBound(to: Float.self)
      (last.sums.rows, last.sums.staged) = (rows.count, UnsafePointer(place))
      (last.sums.target, last.sums.before) = (sums, UnsafePointer(sums))
      last.sums.beforeStride = 32
      if group == 0 {
        (last.sums.before, last.sums.beforeStride) = (UnsafePointer(scratch.nothing), 0)
      }
      a += 128 + steps * 2048
      b += 256 + steps * 2048
    }
  }

  /// Sums up the products of a group; beside them, adds those of the group before.
  @inline(never)
  private static func addGroup(
    rows: UnsafeRawPointer, columns: UnsafeRawPointer, steps: Int, isHalf: Bool,
    next: UnsafeRawPointer, before: GroupSums, into place: UnsafeMutablePointer<Float>
  ) {
    var (a, b, next, before) = (rows, columns, next, before)
    let rowsPerStep = (before.rows + steps - 1) / steps
    TileUnit.zeroSums()
    for _ in 0..<steps {
      TileUnit.addInt8Products(rows: a, columns: b, isHalf: isHalf)
      prefetchToL2(next, lines: 2)
      before.add(rows: rowsPerStep)
      next += 2 * 64
      a += 2048
      b += 2048
    }
    if isHalf {
      TileUnit.storeFirstSums(place, stride: 128)
    } else {
      TileUnit.storeSums(place, stride: 128)
    }
  }
}
#endif
