/// The QR decomposition of one matrix, `A · P = Q · R`, by reflections.
struct HouseholderQR {
  private let reflections: Reflections
  /// The diagonal of R; above it, R stands in the matrix of the reflections.
  private let diagonal: [Double]
  /// Which column of A each column of `A · P` is.
  let order: [Int]

  /// Decomposes a matrix, which is overwritten.
  ///
  /// - Parameters:
  ///   - matrix: A, whose elements are near 1 or less.
  ///   - pivots: Whether each step takes the column with the largest rest, so that the diagonal of R
  ///     falls; else the columns stay in their order.
  init(_ matrix: ColumnMatrix, pivots: Bool = false) {
    var reflections = Reflections(in: matrix, offset: 0)
    var (diagonal, order) = ([Double](), Array(0..<matrix.columns))
    // The squared norms of what is left of the columns, and what they were when last computed.
    var norms = pivots ? order.map { matrix.dot($0, $0) } : []
    var computed = norms
    for k in 0..<Swift.min(matrix.rows, matrix.columns) {
      if pivots {
        let pivot = (k..<matrix.columns).reduce(k) { norms[$1] > norms[$0] ? $1 : $0 }
        matrix.swapColumns(k, pivot)
        order.swapAt(k, pivot)
        norms.swapAt(k, pivot)
        computed.swapAt(k, pivot)
      }
      diagonal.append(reflections.appendNext())
      for column in k + 1..<Swift.max(matrix.columns, k + 1) {
        reflections.apply(k, to: column, of: matrix)
        guard pivots else { continue }
        norms[column] -= matrix[k, column] * matrix[k, column]
        // The difference of like numbers has lost its digits.
        if norms[column] <= 1e-6 * computed[column] {
          norms[column] = matrix.dot(column, column, from: k + 1)
          computed[column] = norms[column]
        }
      }
    }
    (self.reflections, self.diagonal, self.order) = (reflections, diagonal, order)
  }

  /// The first columns of Q.
  func q(columns: Int) -> ColumnMatrix { reflections.orthonormalColumns(columns) }

  /// Multiplies a matrix, from the left, with all of Q.
  func applyQ(to matrix: ColumnMatrix) { reflections.apply(to: matrix) }

  /// The first rows of R.
  func r(rows: Int) -> ColumnMatrix {
    let source = reflections.matrix
    let result = ColumnMatrix(rows: rows, columns: source.columns)
    for column in 0..<source.columns {
      for row in 0..<Swift.min(column, rows) { result[row, column] = source[row, column] }
      if column < diagonal.count { result[column, column] = diagonal[column] }
    }
    return result
  }
}

extension Tensor where Scalar: TensorFloatingPoint {
  /// The QR decomposition, `self = q · r`, computed in 64 bits.
  ///
  /// The columns of `q` are orthonormal, and `r` is upper triangular. As in NumPy (`linalg.qr`), its
  /// diagonal may be negative.
  ///
  ///     let (q, r) = try Tensor([[3, 1], [4, 2]]).qr()
  ///     q   // [[-0.6, -0.8], [-0.8, 0.6]]
  ///     r   // [[-5, -2.2], [0, 0.4]]
  ///
  /// - Parameter full: Whether `q` is square, `[…, m, m]`, and `r` is `[…, m, n]`.
  /// - Returns: Of `[…, m, n]`, with `k` the smaller of both, `q` of `[…, m, k]` and `r` of
  ///   `[…, k, n]`.
  /// - Throws: `LinearAlgebraError.notFinite`.
  /// - Precondition: There are at least two axes.
  public func qr(full: Bool = false) throws(LinearAlgebraError) -> (q: Tensor, r: Tensor) {
    let batch = MatrixBatch(self, "qr")
    let (m, n) = (batch.rows, batch.columns)
    let k = full ? m : Swift.min(m, n)
    var (q, r) = ([ColumnMatrix](), [ColumnMatrix]())
    for index in batch.indices {
      let matrix = batch[index]
      let scale = matrix.normalize()
      if scale.isNaN { throw .notFinite(operation: "qr", matrix: index) }
      let decomposition = HouseholderQR(matrix)
      q.append(decomposition.q(columns: k))
      let upper = decomposition.r(rows: k)
      upper.scale(by: scale)
      r.append(upper)
    }
    return (
      Tensor(q, leading: batch.leading, rows: m, columns: k),
      Tensor(r, leading: batch.leading, rows: k, columns: n)
    )
  }
}
