/// What happens to a row of a tile: where it goes, and what is put to it on the way.
public struct Epilogue {
  /// The row, and the first column of the tile.
  @usableFromInline var row: Int
  @usableFromInline let column: Int
  @usableFromInline var output: UnsafeMutableRawPointer
  @usableFromInline let layout: RowLayout
  @usableFromInline let bias: UnsafePointer<Float>?
  @usableFromInline var residual, gate: UnsafePointer<Float>?
  @usableFromInline var nextGateRow: Int

  /// The tile begins at this row and column of the product.
  @inlinable @inline(__always)
  public init(_ product: Product, row: Int, column: Int) {
    (self.row, self.column) = (row, column)
    let gateRow = row / product.gateRows
    output = product.output.place(row: row, column: column)
    layout = product.output.layout
    bias = product.bias.map { $0 + column }
    residual = product.residual.map { $0 + row * product.residualStride + column }
    gate = product.gate.map { $0 + gateRow * product.gateStride + column }
    nextGateRow = (gateRow + 1) * product.gateRows
  }

  /// Goes on to the next row.
  @inlinable @inline(__always)
  mutating func advance(_ product: Product) {
    row += 1
    if layout != .tiles {
      output += product.output.stride * 4
    } else if row % 32 > 0 {
      output += 64
    } else {
      output = product.output.place(row: row, column: column)
    }
    residual = residual.map { $0 + product.residualStride }
    if row == nextGateRow {
      gate = gate.map { $0 + product.gateStride }
      nextGateRow += product.gateRows
    }
  }
}

extension InstructionSet {
  /// Writes a tile of sums to the output, with all that `product` asks for on the way:
  /// `residual + gate · function(sums + bias)`.
  ///
  /// - Parameters:
  ///   - product: The whole product.
  ///   - range: The rows of the tile.
  ///   - column: The first of its columns.
  ///   - width: The number of its columns, a multiple of the vector's; those that the output lacks
  ///     are left out.
  ///   - sums: The tile, dense.
  @inlinable @inline(__always)
  public static func finish(
    _ product: Product, rows range: Range<Int>, column: Int, width: Int,
    sums: UnsafePointer<Float>
  ) {
    var (end, sums) = (Epilogue(product, row: range.lowerBound, column: column), sums)
    withFused(product.function) { function in
      for _ in range {
        finishRow(product, &end, width: width, sums: sums, function)
        sums += width
      }
    }
  }

  /// Writes the next row of a tile of sums to the output.
  @inlinable @inline(__always)
  public static func finishRow(
    _ product: Product, _ end: inout Epilogue, width: Int, sums: UnsafePointer<Float>
  ) {
    withFused(product.function) { finishRow(product, &end, width: width, sums: sums, $0) }
  }

  /// The same, with the function of the product.
  @inlinable @inline(__always)
  static func finishRow(
    _ product: Product, _ end: inout Epilogue, width: Int, sums: UnsafePointer<Float>,
    _ function: (F32) -> F32
  ) {
    let count = min(width, product.columns - end.column)
    // A whole row has a constant count, and so unrolls.
    if count == width {
      epilogue(sums, end, count: width, function)
    } else {
      epilogue(sums, end, count: count, function)
      product.output.pad(row: end.row, from: product.columns)
    }
    end.advance(product)
  }

  /// A register at a time from the tile to the output: a row that went through memory between two
  /// of its operations would wait for its own stores.
  @inlinable @inline(__always)
  static func epilogue(
    _ sums: UnsafePointer<Float>, _ end: Epilogue, count: Int, _ function: (F32) -> F32
  ) {
    let elementSize = end.layout == .tiles ? 2 : 4
    var i = 0
    while i + width <= count {
      let y = finished(load(sums + i), end, function) { load($0 + i) }
      store(y, end.output + i * elementSize, as: end.layout)
      i += width
    }
    let rest = count - i
    if rest > 0 {
      let x = loadPart(sums + i, count: rest, padding: 0)
      let y = finished(x, end, function) { loadPart($0 + i, count: rest, padding: 0) }
      storePart(y, end.output + i * elementSize, as: end.layout, count: rest)
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
