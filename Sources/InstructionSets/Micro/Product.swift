/// A function applied to every element.
public enum ElementFunction: Sendable, Hashable {
  /// The element itself.
  case identity
  /// `x · Φ(x)` by the error function.
  case gelu
  /// GELU by the hyperbolic tangent, the one of DiT.
  case geluTanh
  /// `x · sigmoid(x)`.
  case silu
  /// e to the power of the element.
  case exp
  /// The hyperbolic tangent.
  case tanh
  /// The error function.
  case erf
  /// The square root.
  case squareRoot
  /// The natural logarithm.
  case log
  /// The nearest whole number, ties to even.
  case rounded
}

/// A matrix product with what is done to its result while it is in cache.
///
/// `output = residual + gate · function(a · b + bias)`, each part optional.
public struct Product: @unchecked Sendable {
  /// The left matrix, `[rows, depth]`, row-major.
  public var a: UnsafePointer<Float>
  /// The distance between rows of `a`, in elements.
  public var aStride: Int
  /// How many consecutive rows are a line; lines may lie apart.
  public var lineRows: Int
  /// The distance between lines of `a`, in elements.
  public var lineStride: Int
  /// Where in a row, and beyond it, each part of the depth begins; none where it is one part.
  ///
  /// A convolution reads the pixels around one as so many parts.
  public var tapOffsets: UnsafePointer<Int>?
  /// The number of these parts, all of the same length.
  public var taps: Int
  /// The right matrix, packed: panels of `depth` × panel width, the last one padded.
  public var b: UnsafePointer<Float>
  /// The number of terms in each sum.
  public var depth: Int
  /// The number of columns of the result.
  public var columns: Int
  /// The result, `[rows, columns]`, row-major.
  public var output: UnsafeMutablePointer<Float>
  /// The distance between rows of the result, in elements.
  public var outputStride: Int
  /// What is added to each row, `[columns]`.
  public var bias: UnsafePointer<Float>?
  /// What is applied after the bias.
  public var function: ElementFunction
  /// What the result is added to, `[rows, columns]`; it may be the output itself.
  public var residual: UnsafePointer<Float>?
  /// The distance between rows of the residual, in elements.
  public var residualStride: Int
  /// What the result is multiplied with before the residual is added, a row for every `gateRows`.
  public var gate: UnsafePointer<Float>?
  /// The distance between rows of the gate, in elements.
  public var gateStride: Int
  /// How many consecutive rows share a row of the gate.
  public var gateRows: Int

  /// A plain product; set the optional parts afterwards.
  @inlinable
  public init(
    a: UnsafePointer<Float>, aStride: Int, b: UnsafePointer<Float>, depth: Int, columns: Int,
    output: UnsafeMutablePointer<Float>, outputStride: Int
  ) {
    (self.a, self.aStride, self.b, self.depth) = (a, aStride, b, depth)
    (self.columns, self.output, self.outputStride) = (columns, output, outputStride)
    (bias, function, residual, residualStride) = (nil, .identity, nil, 0)
    (gate, gateStride, gateRows) = (nil, 0, 1)
    (lineRows, lineStride, tapOffsets, taps) = (.max, 0, nil, 1)
  }

  /// The terms of a sum that lie side by side in a row.
  @inlinable @inline(__always)
  var tapDepth: Int { depth / taps }

  /// Where part `tap` of the depth begins, from the start of a row.
  @inlinable @inline(__always)
  func tapOffset(_ tap: Int) -> Int { tapOffsets.map { $0[tap] } ?? 0 }

  /// The start of a row.
  @inlinable @inline(__always)
  func start(ofRow row: Int) -> UnsafePointer<Float> {
    let (line, place) = row.quotientAndRemainder(dividingBy: lineRows)
    return a + line * lineStride + place * aStride
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
    return blocking.rows * (blocking.section + panels * panelWidth(isa)) + I.width
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
    let packed = scratch
    let sums = packed + blocking.rows * blocking.section + I.width
    let panelSums = blocking.sections > 1 ? blocking.rows * panelWidth(isa) : 0
    var first = rowRange.lowerBound
    while first < rowRange.upperBound {
      let block = first..<min(first + blocking.rows, rowRange.upperBound)
      var start = 0
      repeat {  // once for a depth of zero
        let section = start..<min(start + blocking.section, product.depth)
        packRows(isa, product, rows: block, depth: section, into: packed)
        for panel in panelRange {
          computePanel(
            isa, product, rows: block, depth: section, slice: blocking.slice, packed: packed,
            panel: panel, sums: sums + (panel - panelRange.lowerBound) * panelSums)
        }
        start = section.upperBound
      } while start < product.depth
      first = block.upperBound
    }
  }

  /// Computes a block of rows × a section of the depth × one panel.
  @inlinable @inline(__always)
  static func computePanel<I: InstructionSet>(
    _ isa: I.Type, _ product: Product, rows: Range<Int>, depth section: Range<Int>, slice: Int,
    packed: UnsafePointer<Float>, panel: Int, sums: UnsafeMutablePointer<Float>
  ) {
    let width = panelWidth(isa)
    let b = product.b + panel * width * product.depth
    var start = section.lowerBound
    repeat {
      let end = min(start + slice, section.upperBound)
      var (row, strip, tile) = (rows.lowerBound, packed, sums)
      // Each strip asks for a part of the slice that comes next, of this panel or the next one.
      var next = UnsafeRawPointer(
        b + (end < section.upperBound ? end : product.depth + section.lowerBound) * width)
      let lines = min(slice * width * Self.rows / (16 * rows.count) + 1, 32)
      while row < rows.upperBound {
        let count = stripRows(rows.upperBound - row)
        prefetchToL2(next, lines: lines)
        next += 64 * lines
        addTile(
          isa, rows: count, strip + (start - section.lowerBound) * count,
          panel: b + start * width, depth: end - start, continues: start > 0, into: tile)
        if end == product.depth {
          epilogue(isa, product, rows: row..<row + count, column: panel * width, tile: tile)
        }
        strip += count * section.count
        tile += count * width
        row += count
      }
      start = end
    } while start < section.upperBound
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

  /// Writes a tile to the output, with all that `product` asks for on the way.
  @inlinable @inline(__always)
  static func epilogue<I: InstructionSet>(
    _ isa: I.Type, _ product: Product, rows range: Range<Int>, column: Int,
    tile: UnsafePointer<Float>
  ) {
    let width = panelWidth(isa)
    let count = min(width, product.columns - column)
    var gateRow = range.lowerBound / product.gateRows
    var nextGateRow = (gateRow + 1) * product.gateRows
    var sums = tile
    for row in range {
      if row == nextGateRow {
        gateRow += 1
        nextGateRow += product.gateRows
      }
      let end = Epilogue(product, row: row, gateRow: gateRow, column: column)
      // A whole row has a constant count, and so unrolls.
      if count == width {
        I.epilogue(sums, end, product.function, count: width)
      } else {
        I.epilogue(sums, end, product.function, count: count)
      }
      sums += width
    }
  }
}

/// What happens to a row of a tile: where it goes, and what is put to it on the way.
@usableFromInline
struct Epilogue {
  @usableFromInline let output: UnsafeMutablePointer<Float>
  @usableFromInline let bias, residual, gate: UnsafePointer<Float>?

  @inlinable @inline(__always)
  init(_ product: Product, row: Int, gateRow: Int, column: Int) {
    output = product.output + row * product.outputStride + column
    bias = product.bias.map { $0 + column }
    residual = product.residual.map { $0 + row * product.residualStride + column }
    gate = product.gate.map { $0 + gateRow * product.gateStride + column }
  }
}

extension InstructionSet {
  /// Writes `residual + gate · function(sums + bias)`.
  @inlinable @inline(__always)
  static func epilogue(
    _ sums: UnsafePointer<Float>, _ end: Epilogue, _ function: ElementFunction, count: Int
  ) {
    with(function) { epilogue(sums, end, count: count, $0) }
  }

  /// A register at a time from the tile to the output: a row that went through memory between two
  /// of its operations would wait for its own stores.
  @inlinable @inline(__always)
  static func epilogue(
    _ sums: UnsafePointer<Float>, _ end: Epilogue, count: Int, _ function: (F32) -> F32
  ) {
    var i = 0
    while i + width <= count {
      store(finished(load(sums + i), end, function) { load($0 + i) }, end.output + i)
      i += width
    }
    let rest = count - i
    if rest > 0 {
      let x = loadPart(sums + i, count: rest, padding: 0)
      let y = finished(x, end, function) { loadPart($0 + i, count: rest, padding: 0) }
      storePart(y, end.output + i, count: rest)
    }
  }

  /// `residual + gate · function(x + bias)`.
  @inlinable @inline(__always)
  static func finished(
    _ x: F32, _ end: Epilogue, _ function: (F32) -> F32, _ load: (UnsafePointer<Float>) -> F32
  ) -> F32 {
    var x = x
    if let bias = end.bias { x = add(x, load(bias)) }
    x = function(x)
    if let residual = end.residual {
      let base = load(residual)
      x = end.gate.map { multiplyAdd(load($0), x, base) } ?? add(x, base)
    }
    return x
  }
}
