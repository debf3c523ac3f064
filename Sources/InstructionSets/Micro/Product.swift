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
  }
}

extension Tile {
  /// The elements in a row of the tile.
  @inlinable @inline(__always)
  public static func panelWidth<I: InstructionSet>(_ isa: I.Type) -> Int { columns * I.width }

  /// Computes the part of a product that is `rowRange` × the panels of `panelRange`.
  ///
  /// A block of rows that fits in the L2 cache meets each panel in turn; the panel streams in once
  /// per block and then stays in L1 or L2 for all rows of it.
  ///
  /// - Parameters:
  ///   - isa: The instruction set.
  ///   - product: The whole product.
  ///   - rowRange: The rows to compute.
  ///   - panelRange: The panels of `b` to compute.
  ///   - tile: Scratch of `rows` × panel width elements.
  @inlinable @inline(__always)
  public static func compute<I: InstructionSet>(
    _ isa: I.Type, _ product: Product, rows rowRange: Range<Int>, panels panelRange: Range<Int>,
    tile: UnsafeMutablePointer<Float>
  ) {
    let panelWidth = panelWidth(isa)
    // A third of an L2 cache of 2 MB: the panel and the output want room too.
    let block = max(rows, 640 * 1024 / (4 * product.depth + 1) / rows * rows)
    var blockStart = rowRange.lowerBound
    while blockStart < rowRange.upperBound {
      let blockEnd = min(blockStart + block, rowRange.upperBound)
      for panel in panelRange {
        let b = product.b + panel * panelWidth * product.depth
        var row = blockStart
        while row < blockEnd {
          let done =
            switch blockEnd - row {
            case rows...: sums(isa, product, row, b, into: tile)
            case 4...: Tile<4, columns>.sums(isa, product, row, b, into: tile)
            case 2...: Tile<2, columns>.sums(isa, product, row, b, into: tile)
            default: Tile<1, columns>.sums(isa, product, row, b, into: tile)
            }
          epilogue(isa, product, rows: row..<row + done, column: panel * panelWidth, tile: tile)
          row += done
        }
      }
      blockStart = blockEnd
    }
  }

  /// Computes a tile of a product from `row` on, and returns the number of its rows.
  @inlinable @inline(__always)
  static func sums<I: InstructionSet>(
    _ isa: I.Type, _ product: Product, _ row: Int, _ panel: UnsafePointer<Float>,
    into tile: UnsafeMutablePointer<Float>
  ) -> Int {
    Self.product(
      isa, product.a + row * product.aStride, stride: product.aStride, panel: panel,
      depth: product.depth, into: tile)
    return rows
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
