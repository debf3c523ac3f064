// A product of 8-bit integers. Of each group of terms the sums are 32-bit integers,
// which no order changes; they are multiplied with both scales and added up in 32-bit floating
// point, one group after the other, with operations that round alike in every instruction set.
extension Tile {
  /// The elements of scratch that `computeInt8` needs.
  @inlinable @inline(__always)
  public static func int8Scratch<I: InstructionSet>(
    _ isa: I.Type, rows count: Int, _ groups: TermGroups
  ) -> Int {
    rows * panelWidth(isa) + int8RowScratch(isa, groups) + I.width
      + int8BlockRows(isa, count, groups) * I.int8RowElements(groups)
  }

  /// The rows of a block, which stay in L2, packed: half of a cache of 1 MB.
  @inlinable @inline(__always)
  static func int8BlockRows<I: InstructionSet>(
    _ isa: I.Type, _ count: Int, _ groups: TermGroups
  ) -> Int {
    min(count, max(512 * 1024 / (4 * I.int8RowElements(groups) + 1) / rows, 1) * rows)
  }

  /// Computes the part of a product of 8-bit integers that is `rowRange` × the panels of
  /// `panelRange`.
  ///
  /// A block of rows is quantized, packed, and stays in the L2 cache while each panel meets it. The
  /// rows of `product` are 32-bit numbers, dense.
  ///
  /// - Parameters:
  ///   - isa: The instruction set.
  ///   - product: The whole product.
  ///   - rowRange: The rows to compute.
  ///   - panelRange: The panels of `b` to compute, as `packInt8` leaves them.
  ///   - scratch: As many elements as `int8Scratch` says.
  @inlinable @inline(__always)
  public static func computeInt8<I: InstructionSet>(
    _ isa: I.Type, _ product: Product, rows rowRange: Range<Int>, panels panelRange: Range<Int>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    let (width, groups) = (panelWidth(isa), product.groups)
    let rowElements = I.int8RowElements(groups)
    let panelBytes = int8PanelBytes(isa, groups)
    let blockRows = int8BlockRows(isa, rowRange.count, groups)
    let sums = scratch
    let unpacked = sums + rows * width
    let packed = unpacked + int8RowScratch(isa, groups)
    var first = rowRange.lowerBound
    while first < rowRange.upperBound {
      let block = first..<min(first + blockRows, rowRange.upperBound)
      packInt8Rows(isa, product, rows: block, groups, into: packed, scratch: unpacked)
      for panel in panelRange {
        let b = product.b + panel * panelBytes
        // Each strip asks for a part of the next panel.
        let lines = min(panelBytes * rows / (64 * block.count) + 1, 64)
        var (row, strip, next) = (first, packed, b + panelBytes)
        while row < block.upperBound {
          let count = stripRows(block.upperBound - row)
          prefetchToL2(next, lines: lines)
          next += 64 * lines
          prefetchOutput(isa, product, rows: row..<row + count, panel: panel)
          int8Tile(isa, rows: count, strip, panel: b, groups, into: sums)
          I.finish(
            product, rows: row..<row + count, column: panel * width, width: width, sums: sums)
          strip += count * rowElements
          row += count
        }
      }
      first = block.upperBound
    }
  }

  /// Computes a tile of `count` rows, a number that `stripRows` gave.
  @inlinable @inline(__always)
  static func int8Tile<I: InstructionSet>(
    _ isa: I.Type, rows count: Int, _ strip: UnsafePointer<Float>, panel: UnsafeRawPointer,
    _ groups: TermGroups, into sums: UnsafeMutablePointer<Float>
  ) {
    func compute<let n: Int>(_ tile: Tile<n, columns>.Type) {
      tile.int8Product(isa, strip, panel: panel, groups, into: sums)
    }
    switch count {
    case rows: compute(Self.self)
    case 4: compute(Tile<4, columns>.self)
    case 2: compute(Tile<2, columns>.self)
    default: compute(Tile<1, columns>.self)
    }
  }

  /// Computes `strip · panel` and writes it to `result`, `rows` × (`columns` vectors), dense.
  @inlinable @inline(__always)
  static func int8Product<I: InstructionSet>(
    _ isa: I.Type, _ strip: UnsafePointer<Float>, panel: UnsafeRawPointer, _ groups: TermGroups,
    into result: UnsafeMutablePointer<Float>
  ) {
    let width = panelWidth(isa)
    if groups.count == 0 { return result.update(repeating: 0, count: rows * width) }
    var (strip, panel) = (strip, panel)
    for group in 0..<groups.count {
      let header = panel.assumingMemoryBound(to: Float.self)
      let rowScales = strip
      // In registers as long as the loops over rows and columns unroll: Scripts/symbols.sh looks.
      var sums = InlineArray<rows, InlineArray<columns, I.F32>>(
        repeating: .init(repeating: .zero))
      for j in 0..<columns {
        let start = I.load(header + j * I.width)
        for i in 0..<rows { sums[unchecked: i][unchecked: j] = start }
      }
      panel += 8 * width
      strip += rows
      let end = panel + I.int8Elements(groups[group].count) * width * I.int8Terms
      while panel < end {
        var y = InlineArray<columns, I.F32>(repeating: .zero)
        for j in 0..<columns {
          y[unchecked: j] = I.loadInt8Elements(panel + j * I.width * I.int8Terms)
        }
        for i in 0..<rows {
          let x = I.F32(repeating: strip[i])
          for j in 0..<columns {
            sums[unchecked: i][unchecked: j] = I.addInt8Products(
              x, y[unchecked: j], to: sums[unchecked: i][unchecked: j])
          }
        }
        strip += rows
        panel += width * I.int8Terms
      }
      for i in 0..<rows {
        let rowScale = I.all(rowScales[i])
        for j in 0..<columns {
          let place = result + (i * columns + j) * I.width
          let scale = I.multiply(rowScale, I.load(header + width + j * I.width))
          let product = I.multiply(I.floats(sums[unchecked: i][unchecked: j]), scale)
          I.store(group == 0 ? product : I.add(I.load(place), product), place)
        }
      }
    }
  }

  /// Multiplies and adds integers in registers alone, `rows · columns` vectors `count` times,
  /// to measure the most that the machine can do.
  ///
  /// - Parameters:
  ///   - isa: The instruction set.
  ///   - count: The number of rounds.
  /// - Returns: A number that depends on every operation.
  @inlinable @inline(__always)
  public static func int8Peak<I: InstructionSet>(_ isa: I.Type, count: Int) -> Float {
    var sums = InlineArray<rows, InlineArray<columns, I.F32>>(
      repeating: .init(repeating: .zero))
    for i in 0..<rows {
      for j in 0..<columns {
        sums[unchecked: i][unchecked: j] = I.F32(repeating: Float(i * columns + j))
      }
    }
    let x = I.F32(repeating: 0.999)
    for _ in 0..<count {
      for i in 0..<rows {
        for j in 0..<columns {
          // The numbers change, or the compiler would multiply only once.
          sums[unchecked: i][unchecked: j] = I.addInt8Products(
            sums[unchecked: (i + 1) % rows][unchecked: j], x, to: sums[unchecked: i][unchecked: j])
        }
      }
    }
    var total = I.F32.zero
    for i in 0..<rows {
      for j in 0..<columns { total = I.add(total, I.floats(sums[unchecked: i][unchecked: j])) }
    }
    return I.mergedLanes(total, I.add)
  }
}
