internal import _KernelsActive
internal import _KernelsMicro

/// A matrix that a decomposition works on, in 64 bits, column by column.
///
/// Decompositions are written in its operations on whole columns, whose loops are vector code; single
/// elements are for what is done once a column. A column may be taken from a row on.
final class ColumnMatrix {
  let rows, columns: Int
  private let base: UnsafeMutablePointer<Double>
  private let kernels = KernelTable.active.columnOperations

  /// A matrix of zeros.
  init(rows: Int, columns: Int) {
    (self.rows, self.columns) = (rows, columns)
    base = .allocate(capacity: rows * columns)
    base.initialize(repeating: 0, count: rows * columns)
  }

  /// A matrix of elements that stand column by column.
  init(rows: Int, columns: Int, copying elements: UnsafePointer<Double>) {
    (self.rows, self.columns) = (rows, columns)
    base = .allocate(capacity: rows * columns)
    base.initialize(from: elements, count: rows * columns)
  }

  deinit { base.deallocate() }

  /// Ones on the diagonal, zeros elsewhere.
  static func identity(rows: Int, columns: Int) -> ColumnMatrix {
    let result = ColumnMatrix(rows: rows, columns: columns)
    for i in 0..<min(rows, columns) { result[i, i] = 1 }
    return result
  }

  subscript(row: Int, column: Int) -> Double {
    get { base[column * rows + row] }
    set { base[column * rows + row] = newValue }
  }

  /// Calls `body` with the elements, column by column.
  func withElements<Result>(_ body: (UnsafeMutablePointer<Double>) -> Result) -> Result {
    body(base)
  }

  /// The same elements in memory of their own.
  func copy() -> ColumnMatrix { ColumnMatrix(rows: rows, columns: columns, copying: base) }

  /// Rows become columns.
  func transposed() -> ColumnMatrix {
    let result = ColumnMatrix(rows: columns, columns: rows)
    for column in 0..<columns {
      for row in 0..<rows { result[column, row] = self[row, column] }
    }
    return result
  }

  /// Some of the columns, in the order that is asked for.
  func selected(_ order: [Int]) -> ColumnMatrix {
    let result = ColumnMatrix(rows: rows, columns: order.count)
    for (column, source) in order.enumerated() {
      (result.base + column * rows).update(from: base + source * rows, count: rows)
    }
    return result
  }

  /// The product of two matrices.
  func times(_ other: ColumnMatrix) -> ColumnMatrix {
    let result = ColumnMatrix(rows: rows, columns: other.columns)
    // Column by column, a matrix is its transpose row by row: other's times this one's.
    kernels.addProduct(other.base, base, result.base, other.columns, columns, rows)
    return result
  }
}

// Operations on columns. Those of another matrix have as many rows.
extension ColumnMatrix {
  private func start(_ column: Int, _ row: Int) -> UnsafeMutablePointer<Double> {
    base + (column * rows + row)
  }

  /// The sum of products of a column and one of this or another matrix.
  func dot(
    _ column: Int, _ second: Int, of other: ColumnMatrix? = nil, from row: Int = 0
  ) -> Double {
    kernels.dot(start(column, row), (other ?? self).start(second, row), rows - row)
  }

  /// Adds a factor times a column of this or another matrix to a column, down to a row.
  func add(
    _ factor: Double, times other: ColumnMatrix? = nil, _ source: Int, to column: Int,
    from row: Int = 0, until end: Int? = nil
  ) {
    kernels.addScaled(
      factor, (other ?? self).start(source, row), start(column, row), (end ?? rows) - row)
  }

  /// Multiplies a column with a factor.
  func scale(_ column: Int, by factor: Double, from row: Int = 0) {
    kernels.scale(factor, start(column, row), rows - row)
  }

  /// Multiplies all elements with a factor.
  func scale(by factor: Double) {
    if factor != 1 { kernels.scale(factor, base, rows * columns) }
  }

  /// Replaces columns `x` and `y` by `cosine · x - sine · y` and `sine · x + cosine · y`.
  func rotate(_ x: Int, _ y: Int, cosine: Double, sine: Double) {
    kernels.rotate(cosine, sine, start(x, 0), start(y, 0), rows)
  }

  /// Exchanges two columns.
  func swapColumns(_ a: Int, _ b: Int) {
    if a == b { return }
    let (x, y) = (start(a, 0), start(b, 0))
    for row in 0..<rows { (x[row], y[row]) = (y[row], x[row]) }
  }

  /// Exchanges two rows.
  func swapRows(_ a: Int, _ b: Int) {
    if a == b { return }
    for column in 0..<columns {
      (self[a, column], self[b, column]) = (self[b, column], self[a, column])
    }
  }

  /// The largest magnitude; NaN or infinite where an element is.
  var largestMagnitude: Double {
    var largest = 0.0
    for i in 0..<rows * columns {
      let magnitude = base[i].magnitude
      if !(magnitude <= largest) { largest = magnitude }
      if magnitude.isNaN { return .nan }
    }
    return largest
  }

  /// Multiplies all elements with a power of two that brings the largest one near 1, so that no square
  /// overflows or is lost.
  ///
  /// - Returns: What the result is to be multiplied with again; NaN where an element is not finite.
  func normalize() -> Double {
    let largest = largestMagnitude
    guard largest.isFinite else { return .nan }
    if largest == 0 { return 1 }
    // Factors beyond would not be normal numbers.
    let exponent = max(min(largest.exponent, 1000), -1000)
    scale(by: Double(sign: .plus, exponent: -exponent, significand: 1))
    return Double(sign: .plus, exponent: exponent, significand: 1)
  }
}
