/// A matrix product with what is done to its result while it is in cache.
///
/// `output = residual + gate · function(a · b + bias)`, each part optional.
public struct Product: @unchecked Sendable {
  /// The left matrix, `[rows, depth]`: row-major numbers of 32 bits, or tiles.
  public var a: UnsafeRawPointer
  /// The distance between rows of `a`, in elements.
  public var aStride: Int
  /// How many consecutive rows are a line; lines may lie apart.
  public var lineRows: Int
  /// The distance between lines of `a`, in elements.
  public var lineStride: Int
  /// Where in a row, and beyond it, each part of the depth begins; none where it is one part.
  ///
  /// A convolution reads the pixels around one as so many parts. `setTaps` sets this and the next
  /// two.
  public var tapOffsets: UnsafePointer<Int>?
  /// The number of these parts, all of the same length.
  public var taps: Int
  /// The terms of each part that rows have; for those beyond them `b` has zeros.
  public var tapTerms: Int
  /// The right matrix, packed: panels of so many elements as hold the depth × panel width, the last
  /// one padded.
  public var b: UnsafeRawPointer
  /// What the panels hold; all but elements is widened to 32 bits on the way to L1.
  public var format: PanelFormat
  /// The terms of each group that has a scale of its own, where `b` is of small integers.
  public var groupSize: Int
  /// The number of terms in each sum.
  public var depth: Int
  /// The number of columns of the result.
  public var columns: Int
  /// The result, `[rows, columns]`.
  public var output: RowDestination
  /// What is added to each row, `[columns]`.
  public var bias: UnsafePointer<Float>?
  /// What is applied after the bias, one that is fused.
  public var function: Activation
  /// What the result is added to, `[rows, columns]`; it may be the output itself.
  public var residual: UnsafePointer<Float>?
  /// The distance between rows of the residual, in elements.
  public var residualStride: Int
  /// What the result is multiplied with before the residual is added, a row for every `gateRows`;
  /// it counts only where there is a residual.
  public var gate: UnsafePointer<Float>?
  /// The distance between rows of the gate, in elements.
  public var gateStride: Int
  /// How many consecutive rows share a row of the gate.
  public var gateRows: Int

  /// A plain product; set the optional parts afterwards.
  @inlinable
  public init(
    a: UnsafeRawPointer, aStride: Int, b: UnsafeRawPointer, depth: Int, columns: Int,
    output: UnsafeMutablePointer<Float>, outputStride: Int
  ) {
    (self.a, self.aStride, self.b, self.depth) = (a, aStride, b, depth)
    (self.columns, self.output) = (columns, RowDestination(output, stride: outputStride))
    (format, groupSize) = (.elements, max(depth, 1))
    (bias, function, residual, residualStride) = (nil, .identity, nil, 0)
    (gate, gateStride, gateRows) = (nil, 0, 1)
    (lineRows, lineStride, tapOffsets, taps, tapTerms) = (.max, 0, nil, 1, depth)
  }

  /// Reads each row in so many parts of like length, each from its offset on; of the terms that an
  /// output has in a part, rows have `terms`.
  @inlinable
  public mutating func setTaps(_ offsets: UnsafePointer<Int>?, count: Int, terms: Int) {
    (tapOffsets, taps, tapTerms) = (offsets, count, terms)
  }

  /// The groups of terms that have a scale of their own.
  @inlinable @inline(__always)
  public var groups: TermGroups { TermGroups(depth: depth, size: groupSize) }

  /// Where part `tap` of the depth begins, from the start of a row.
  @inlinable @inline(__always)
  func tapOffset(_ tap: Int) -> Int { tapOffsets.map { $0[tap] } ?? 0 }

  /// The start of a row.
  @inlinable @inline(__always)
  public func start(ofRow row: Int) -> UnsafePointer<Float> {
    let (line, place) = row.quotientAndRemainder(dividingBy: lineRows)
    return a.assumingMemoryBound(to: Float.self) + line * lineStride + place * aStride
  }
}

extension Tile {
  /// The elements in a row of the tile.
  @inlinable @inline(__always)
  public static func panelWidth<I: InstructionSet>(_ isa: I.Type) -> Int { columns * I.width }

  /// The elements of scratch that `compute` needs for a product of these sizes.
  @inlinable @inline(__always)
  public static func productScratch<I: InstructionSet>(
    _ isa: I.Type, rows count: Int, depth: Int, columns: Int
  ) -> Int {
    let blocking = Blocking(isa, Self.self, rows: count, depth: depth)
    let panels = blocking.sections > 1 ? panels(isa, columns) : 1
    return blocking.packedCount(isa) + (blocking.slice + blocking.rows * panels) * panelWidth(isa)
  }

  /// Computes the part of a product that is `rowRange` × the panels of `panelRange`.
  ///
  /// A block of rows × a section of the depth is packed and stays in the L2 cache while each panel
  /// meets it. Of a panel, a slice of the depth stays in L1 while the strips of rows meet it; their
  /// sums wait in `scratch` for the next slice.
  ///
  /// - Parameters:
  ///   - isa: The instruction set.
  ///   - product: The whole product.
  ///   - rowRange: The rows to compute.
  ///   - panelRange: The panels of `b` to compute.
  ///   - scratch: As many elements as `productScratch` says.
  @inlinable @inline(__always)
  public static func compute<I: InstructionSet>(
    _ isa: I.Type, _ product: Product, rows rowRange: Range<Int>, panels panelRange: Range<Int>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    let blocking = Blocking(isa, Self.self, rows: rowRange.count, depth: product.depth)
    let widened = scratch
    let packed = widened + blocking.slice * panelWidth(isa)
    let sums = packed + blocking.packedCount(isa)
    let panelSums = blocking.sections > 1 ? blocking.rows * panelWidth(isa) : 0
    var first = rowRange.lowerBound
    while first < rowRange.upperBound {
      let block = first..<min(first + blocking.rows, rowRange.upperBound)
      var start = 0
      repeat {  // once for a depth of zero
        let section = start..<min(start + blocking.section, blocking.depth)
        packRows(isa, product, rows: block, depth: section, into: packed)
        for panel in panelRange {
          computePanel(
            isa, product, rows: block, depth: section, blocking, packed: packed, panel: panel,
            widened: widened, sums: sums + (panel - panelRange.lowerBound) * panelSums)
        }
        start = section.upperBound
      } while start < blocking.depth
      first = block.upperBound
    }
  }

  /// Computes a block of rows × a section of the depth × one panel.
  @inlinable @inline(__always)
  static func computePanel<I: InstructionSet>(
    _ isa: I.Type, _ product: Product, rows: Range<Int>, depth section: Range<Int>,
    _ blocking: Blocking, packed: UnsafePointer<Float>, panel: Int,
    widened: UnsafeMutablePointer<Float>, sums: UnsafeMutablePointer<Float>
  ) {
    let (width, depth) = (panelWidth(isa), blocking.depth)
    let format = product.format
    func offset(_ element: Int) -> Int {
      format.byteOffset(element, width: width, groupSize: product.groupSize)
    }
    let panelBytes = format.panelBytes(depth: depth, width: width, groupSize: product.groupSize)
    let b = product.b + panel * panelBytes
    var start = section.lowerBound
    repeat {
      let end = min(start + blocking.slice, section.upperBound)
      var (row, strip, tile) = (rows.lowerBound, packed, sums)
      // Each strip asks for a part of the slice that comes next, of this panel or the next one.
      var next =
        b + (end < section.upperBound ? offset(end) : panelBytes + offset(section.lowerBound))
      let lines = min(
        (offset(end) - offset(start)) * Self.rows / (64 * rows.count) + 1, 32)
      var slice = b + offset(start)
      if format != .elements {
        I.widen(
          b, format, terms: start..<end, width: width, groupSize: product.groupSize, into: widened)
        slice = UnsafeRawPointer(widened)
      }
      while row < rows.upperBound {
        let count = stripRows(rows.upperBound - row)
        prefetchToL2(next, lines: lines)
        next += 64 * lines
        if end == depth { prefetchOutput(isa, product, rows: row..<row + count, panel: panel) }
        addTile(
          isa, rows: count, strip + (start - section.lowerBound) * count,
          panel: slice.assumingMemoryBound(to: Float.self), depth: end - start,
          continues: start > 0, into: tile)
        if end == depth {
          I.finish(
            product, rows: row..<row + count, column: panel * width, width: width, sums: tile)
        }
        strip += count * section.count
        tile += count * width
        row += count
      }
      start = end
    } while start < section.upperBound
  }

  /// Asks for the lines that a tile goes to, while it is computed: they lie a row apart, which is
  /// nothing that the processor would foresee.
  @inlinable @inline(__always)
  public static func prefetchOutput<I: InstructionSet>(
    _ isa: I.Type, _ product: Product, rows: Range<Int>, panel: Int
  ) {
    let width = panelWidth(isa)
    let lines = product.output.layout == .tiles ? (width + 31) / 32 : (width + 15) / 16
    for row in rows {
      prefetchToL1(product.output.place(row: row, column: panel * width), lines: lines)
    }
  }

  /// Computes a tile of `count` rows, a number that `stripRows` gave.
  @inlinable @inline(__always)
  static func addTile<I: InstructionSet>(
    _ isa: I.Type, rows count: Int, _ strip: UnsafePointer<Float>, panel: UnsafePointer<Float>,
    depth: Int, continues: Bool, into sums: UnsafeMutablePointer<Float>
  ) {
    func add<let n: Int>(_ tile: Tile<n, columns>.Type) {
      tile.product(isa, strip, panel: panel, depth: depth, continues: continues, into: sums)
    }
    switch count {
    case rows: add(Self.self)
    case 4: add(Tile<4, columns>.self)
    case 2: add(Tile<2, columns>.self)
    default: add(Tile<1, columns>.self)
    }
  }
}
