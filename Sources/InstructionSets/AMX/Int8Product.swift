#if arch(x86_64)
internal import _KernelsMicro

/// How the rows of a product of 8-bit integers are packed.
private struct Int8Rows {
  /// The rows of a block: with their scales up to 512 KB, which stay in L2.
  let count: Int
  /// From a row to the next one, in bytes.
  let stride: Int
  let groups: TermGroups

  init(_ rowCount: Int, _ groups: TermGroups) {
    self.groups = groups
    let bytes = (0..<groups.count).reduce(0) { $0 + 4 * AMX.int8Elements(groups[$1].count) }
    // Rows at a multiple of 4096 bytes would meet in one set of L1.
    stride = bytes % 1024 == 0 ? bytes + 64 : bytes
    let limit = max(512 * 1024 / (stride + 4 * groups.count) / 32, 1)
    count = min(max(AMX.squares(rowCount), 1), limit) * 32
  }

  /// The elements of scratch that the rows and their scales take.
  var rowElements: Int { count * stride / 4 }
  var scaleElements: Int { count * groups.count }
}

extension AMX {
  /// The elements of scratch that `computeInt8` needs.
  static func int8Scratch(rows: Int, _ groups: TermGroups) -> Int {
    let packed = Int8Rows(rows, groups)
    return packed.rowElements + packed.scaleElements + 3 * 1024
  }

  /// Computes rows × panels of a product of 8-bit integers; its rows are 32-bit numbers, dense.
  ///
  /// A block of rows is quantized and stays in the L2 cache while each panel meets it. The tile
  /// unit sums up a group of terms of 32 rows and 32 columns; while it does so for the next group,
  /// the vector unit multiplies the sums with their scales and adds them to those of the groups
  /// before.
  static func computeInt8(
    _ product: Product, rows: Range<Int>, panels: Range<Int>, scratch: UnsafeMutablePointer<Float>
  ) {
    guard !panels.isEmpty else { return }
    let groups = TermGroups(depth: product.depth, size: product.groupSize)
    let packed = Int8Rows(rows.count, groups)
    // Squares begin at multiples of a line.
    let (sums, packedRows) = (scratch, scratch + 3 * 1024)
    let scales = packedRows + packed.rowElements
    let panelBytes = Tile<1, 2>.int8PanelBytes(Self.self, groups)
    TileUnit.configure()
    var first = rows.lowerBound
    while first < rows.upperBound {
      let block = first..<min(first + packed.count, rows.upperBound)
      quantize(product, rows: block, packed, into: packedRows, scales: scales)
      for panel in panels {
        for row in stride(from: block.lowerBound, to: block.upperBound, by: 32) {
          let place = row - block.lowerBound
          computeSquare(
            product, rows: row..<min(row + 32, block.upperBound), panel: panel,
            packedRows: UnsafeRawPointer(packedRows) + place * packed.stride, stride: packed.stride,
            scales: scales + place * groups.count, product.b + panel * panelBytes, groups,
            sums: sums)
        }
      }
      first = block.upperBound
    }
    TileUnit.release()
  }

  /// Writes rows as integers, each group filled up with zeros to whole tiles, and their scales.
  private static func quantize(
    _ product: Product, rows: Range<Int>, _ packed: Int8Rows,
    into target: UnsafeMutablePointer<Float>, scales: UnsafeMutablePointer<Float>
  ) {
    let groups = packed.groups
    for row in rows {
      let place = row - rows.lowerBound
      var bytes = UnsafeMutableRawPointer(target) + place * packed.stride
      for group in 0..<groups.count {
        let terms = groups[group]
        let count = 4 * int8Elements(terms.count)
        scales[place * groups.count + group] = quantize(
          product.start(ofRow: row) + terms.lowerBound, count: terms.count, levels: 127, offset: 0
        ) { storeInt8Terms($0, bytes + $1) }
        // Whole vectors are written; what is missing to whole tiles behind them is zero.
        for i in stride(from: (terms.count + 15) / 16 * 16, to: count, by: 16) {
          storeInt8Terms(.zero, bytes + i)
        }
        bytes += count
      }
    }
  }

  /// Computes up to 32 rows of a panel.
  private static func computeSquare(
    _ product: Product, rows: Range<Int>, panel: Int, packedRows: UnsafeRawPointer, stride: Int,
    scales: UnsafePointer<Float>, _ panelStart: UnsafeRawPointer, _ groups: TermGroups,
    sums: UnsafeMutablePointer<Float>
  ) {
    var (a, b) = (packedRows, panelStart)
    if groups.count == 0 { sums.update(repeating: 0, count: 1024) }
    for group in 0..<groups.count {
      let steps = int8Elements(groups[group].count) / 16
      let columnScales = (b + 128).assumingMemoryBound(to: Float.self)
      TileUnit.zeroSums()
      TileUnit.addInt8Products(
        rows: a, stride: stride, columns: b + 256, steps: steps, isHalf: rows.count <= 16)
      // In turns, so that the next group does not wait until these are read.
      let staging = sums + 1024 * (1 + group % 2)
      if rows.count <= 16 {
        TileUnit.storeFirstSums(staging, stride: 128)
      } else {
        TileUnit.storeSums(staging, stride: 128)
      }
      let (low, high) = (load(columnScales), load(columnScales + 16))
      for row in 0..<rows.count {
        let scale = all(scales[row * groups.count + group])
        let (place, staged) = (sums + row * 32, staging + row * 32)
        let x = multiply(floats(load(staged)), multiply(scale, low))
        let y = multiply(floats(load(staged + 16)), multiply(scale, high))
        store(group == 0 ? x : add(load(place), x), place)
        store(group == 0 ? y : add(load(place + 16), y), place + 16)
      }
      a += steps * 64
      b += 256 + steps * 2048
    }
    finish(product, rows: rows, column: panel * 32, width: 32, sums: sums)
  }
}
#endif
