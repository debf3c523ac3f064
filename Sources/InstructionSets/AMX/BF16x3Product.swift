#if arch(x86_64)
internal import _KernelsMicro

/// How a product of numbers of 32 bits is cut to fit the L2 cache.
private struct SplitBlocking {
  /// The rows of a block, and the terms of a section of the depth.
  let rows, section: Int
  /// The number of sections.
  private let sections: Int

  init(_ rowCount: Int, depth: Int) {
    // Sections of like length, in whole squares; the same ones for any number of rows.
    let steps = AMX.squares(depth)
    sections = max((steps + 8) / 9, 1)
    section = (steps + sections - 1) / sections * 32
    // With nine squares 864 KB.
    rows = min(max(AMX.squares(rowCount), 1), 16) * 32
  }

  /// The most squares of a section.
  var steps: Int { section / 32 }
  /// The elements of the rows of a block, of a panel, and of the sums of a panel that wait for the
  /// next section.
  var packedRows: Int { rows / 32 * steps * 1536 }
  var packedPanel: Int { steps * 1536 }
  var sums: Int { sections > 1 ? rows * 32 : 0 }
}

extension AMX {
  /// The elements of scratch that `computeSplit` needs.
  static func splitScratch(rows: Int, depth: Int, columns: Int) -> Int {
    let blocking = SplitBlocking(rows, depth: depth)
    return blocking.packedRows + 2 * blocking.packedPanel + 2 * 1024
      + blocking.sums * squares(columns)
  }

  /// Computes rows × panels of a product of numbers of 32 bits.
  ///
  /// A block of rows × a section of the depth, in parts, stays in the L2 cache while each panel meets
  /// it. The sums of a section begin at zero and are added to those of the sections before, so they
  /// round less often than one chain would.
  static func computeSplit(
    _ product: Product, rows: Range<Int>, panels: Range<Int>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    guard !panels.isEmpty else { return }
    let blocking = SplitBlocking(rows.count, depth: product.depth)
    let packedRows = UnsafeMutableRawPointer(scratch)
    var (packedPanel, nextPanel) = (
      packedRows + blocking.packedRows * 4,
      packedRows + (blocking.packedRows + blocking.packedPanel) * 4
    )
    let staging = scratch + blocking.packedRows + 2 * blocking.packedPanel
    TileUnit.configure()
    var first = rows.lowerBound
    while first < rows.upperBound {
      let block = first..<min(first + blocking.rows, rows.upperBound)
      var start = 0
      repeat {  // once for a depth of zero
        let section = start..<min(start + blocking.section, product.depth)
        let steps = squares(section.count)
        split(product, rows: block, depth: section, steps: steps, into: packedRows)
        var sums = staging + 2 * 1024
        var splitter = PanelSplitter(
          product, panel: panels.lowerBound, section: section, into: packedPanel)
        while !splitter.isDone { splitter.next() }
        for panel in panels {
          if panel + 1 < panels.upperBound {
            splitter = PanelSplitter(product, panel: panel + 1, section: section, into: nextPanel)
          }
          let work = SplitPanel(
            product: product, rows: block, section: section, panel: panel, steps: steps,
            packedRows: packedRows, packedPanel: packedPanel, sums: sums, staging: staging)
          work.compute(beside: &splitter)
          sums += blocking.sums
          swap(&packedPanel, &nextPanel)
        }
        start = section.upperBound
      } while start < product.depth
      first = block.upperBound
    }
    TileUnit.release()
  }

  /// Writes rows × a section of the depth as squares of three parts.
  private static func split(
    _ product: Product, rows: Range<Int>, depth: Range<Int>, steps: Int,
    into packed: UnsafeMutableRawPointer
  ) {
    for row in rows {
      let source = product.start(ofRow: row) + depth.lowerBound
      let i = row - rows.lowerBound
      var place = packed + i / 32 * steps * 6144 + i % 32 * 64
      var left = depth.count
      for step in 0..<steps {
        let terms = source + step * 32
        if left >= 32 {
          SplitPairs.store(load(terms), load(terms + 16), place)
        } else {
          SplitPairs.store(part(terms, left), part(terms + 16, left - 16), place)
        }
        place += 6144
        left -= 32
      }
    }
  }
}

/// Writes a section of a panel as tiles of three parts, a row of a tile at a time.
private struct PanelSplitter {
  private var source: UnsafePointer<Float>
  private var place: UnsafeMutableRawPointer
  /// The row of the tiles of a step, and the terms from that step on.
  private var row = 0, terms: Int
  /// Where the section of the next panel is, from this one on.
  private let ahead: Int

  @inline(__always)
  init(
    _ product: Product, panel: Int, section: Range<Int>, into place: UnsafeMutableRawPointer
  ) {
    source = (product.b + (panel * product.depth + section.lowerBound) * 128)
      .assumingMemoryBound(to: Float.self)
    self.place = place
    terms = section.count
    ahead = product.depth * 128
  }

  @inline(__always)
  var isDone: Bool { terms <= 0 }

  /// Writes the next row of a pair of tiles.
  @_transparent
  mutating func next() {
    for half in 0..<2 {
      let term = source + half * 16
      let a = row < terms ? AMX.load(term) : .zero
      let b = row + 16 < terms ? AMX.load(term + 512) : .zero
      SplitPairs.store(a, b, place + half * 1024)
    }
    // The same terms of the panel after this one.
    prefetchToL2(UnsafeRawPointer(source) + ahead, lines: 2)
    prefetchToL2(UnsafeRawPointer(source) + ahead + 2048, lines: 2)
    source += 32
    place += 64
    row += 1
    guard row == 16 else { return }
    row = 0
    terms -= 32
    source += 512
    place += 6144 - 1024
  }
}

/// A block of rows × a section of the depth × one panel.
private struct SplitPanel {
  let product: Product
  let rows, section: Range<Int>
  let panel, steps: Int
  let packedRows, packedPanel: UnsafeMutableRawPointer
  /// The sums of the sections before, and room for two squares of this one.
  let sums, staging: UnsafeMutablePointer<Float>

  /// Computes 32 rows at a time; while the tile unit computes a square, the vector unit takes the one
  /// before to the sums, or to the output, and splits a part of the next panel.
  @inline(__always)
  func compute(beside splitter: inout PanelSplitter) {
    let squares = AMX.squares(rows.count)
    let splitPace = 15 / max(squares, 1) + 1
    var epilogue = Epilogue(product, row: rows.lowerBound, column: panel * 32)
    var row = 0
    let pace = 32 / max(steps, 1) + 1
    for square in 0...squares {
      let before = min(square * 32, rows.count)
      if square < squares {
        TileUnit.zeroSums()
        TileUnit.addSplitProducts(
          rows: packedRows + square * steps * 6144, columns: packedPanel, steps: steps,
          isHalf: rows.count - square * 32 <= 16
        ) {
          for _ in 0..<splitPace where !splitter.isDone { splitter.next() }
          take(&row, until: min(row + pace, before), &epilogue)
        }
      }
      take(&row, until: before, &epilogue)
      if square < squares { TileUnit.storeSums(staging + square % 2 * 1024, stride: 128) }
    }
  }

  /// Adds rows of the staged squares to the sums; after the last section they go to the output.
  @inline(__always)
  private func take(_ row: inout Int, until end: Int, _ epilogue: inout Epilogue) {
    while row < end {
      let (staged, sum) = (staging + row % 64 * 32, sums + row * 32)
      var (a, b) = (AMX.load(staged), AMX.load(staged + 16))
      if section.lowerBound > 0 {
        (a, b) = (AMX.add(a, AMX.load(sum)), AMX.add(b, AMX.load(sum + 16)))
      }
      let isLast = section.upperBound == product.depth
      let place = isLast ? staged : sum
      AMX.store(a, place)
      AMX.store(b, place + 16)
      if isLast { AMX.finishRow(product, &epilogue, width: 32, sums: place) }
      row += 1
    }
  }
}
#endif
