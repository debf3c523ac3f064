extension Tensor where Scalar: TensorFloatingPoint {
  /// The Cholesky decomposition of symmetric, positive definite matrices, `self = l · lᵀ`, computed in
  /// 64 bits; NumPy's `linalg.cholesky`.
  ///
  /// Only what is on and below the diagonal is looked at.
  ///
  ///     try Tensor([[4, 2], [2, 5]]).cholesky()   // [[2, 0], [1, 2]]
  ///
  /// - Returns: The lower triangles `l`, `[…, n, n]`.
  /// - Throws: `LinearAlgebraError.notPositiveDefinite`, `notFinite`.
  /// - Precondition: The last two of at least two axes are equal.
  public func cholesky() throws(LinearAlgebraError) -> Tensor {
    let batch = MatrixBatch(square: self, "cholesky")
    var triangles: [ColumnMatrix] = []
    for index in batch.indices {
      let a = batch[index]
      if !a.largestMagnitude.isFinite { throw .notFinite(operation: "cholesky", matrix: index) }
      for k in 0..<a.columns {
        guard a[k, k] > 0 else {
          throw .notPositiveDefinite(operation: "cholesky", matrix: index, rows: k + 1)
        }
        let root = a[k, k].squareRoot()
        a.scale(k, by: 1 / root, from: k)
        a[k, k] = root
        for column in k + 1..<Swift.max(a.columns, k + 1) {
          a.add(-a[column, k], k, to: column, from: column)
        }
        for row in 0..<k { a[row, k] = 0 }
      }
      triangles.append(a)
    }
    return Tensor(triangles, leading: batch.leading, rows: batch.rows, columns: batch.rows)
  }
}
