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
    let rowBytes = product.depth * 4 + 1
    let block = max(rows, (640 * 1024 / rowBytes) / rows * rows)
    var blockStart = rowRange.lowerBound
    while blockStart < rowRange.upperBound {
      let blockEnd = min(blockStart + block, rowRange.upperBound)
      for panel in panelRange {
        let b = product.b + panel * panelWidth * product.depth
        var row = blockStart
        while row < blockEnd {
          let a = product.a + row * product.aStride
          let done: Int
          switch blockEnd - row {
          case rows...:
            Self.product(
              isa, a, stride: product.aStride, panel: b, depth: product.depth, into: tile)
            done = rows
          case 4...:
            Tile<4, columns>.product(
              isa, a, stride: product.aStride, panel: b, depth: product.depth, into: tile)
            done = 4
          case 2...:
            Tile<2, columns>.product(
              isa, a, stride: product.aStride, panel: b, depth: product.depth, into: tile)
            done = 2
          default:
            Tile<1, columns>.product(
              isa, a, stride: product.aStride, panel: b, depth: product.depth, into: tile)
            done = 1
          }
          for i in 0..<done {
            finish(
              isa, product, row: row + i, column: panel * panelWidth,
              sums: tile + i * panelWidth)
          }
          row &+= done
        }
      }
      blockStart = blockEnd
    }
  }

  /// Writes a row of a tile to the output, with all that `product` asks for on the way.
  @inlinable @inline(__always)
  static func finish<I: InstructionSet>(
    _ isa: I.Type, _ product: Product, row: Int, column: Int, sums: UnsafeMutablePointer<Float>
  ) {
    let panelWidth = panelWidth(isa)
    let count = min(panelWidth, product.columns - column)
    // The constant count of a whole row unrolls.
    if count == panelWidth {
      finish(isa, product, row: row, column: column, sums: sums, count: panelWidth)
    } else {
      finish(isa, product, row: row, column: column, sums: sums, count: count)
    }
  }

  @inlinable @inline(__always)
  static func finish<I: InstructionSet>(
    _ isa: I.Type, _ product: Product, row: Int, column: Int, sums: UnsafeMutablePointer<Float>,
    count: Int
  ) {
    if let bias = product.bias {
      for j in 0..<count { sums[j] += bias[column + j] }
    }
    if product.function != .identity {
      I.map(product.function, sums, into: sums, count: count)
    }
    let output = product.output + row * product.outputStride + column
    guard let residual = product.residual else {
      output.update(from: sums, count: count)
      return
    }
    let base = residual + row * product.residualStride + column
    if let gate = product.gate {
      let gate = gate + (row / product.gateRows) * product.gateStride + column
      for j in 0..<count { sums[j] = I.multiplyAdd(gate[j], sums[j], base[j]) }
    } else {
      for j in 0..<count { sums[j] += base[j] }
    }
    output.update(from: sums, count: count)
  }
}
