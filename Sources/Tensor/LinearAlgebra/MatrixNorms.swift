/// A norm of matrices.
public enum MatrixNorm: Sendable, Hashable, CaseIterable {
  /// The root of the sum of all squares.
  case frobenius
  /// The sum of the singular values.
  case nuclear
  /// The largest singular value: how much longer a vector can become; NumPy's `2`.
  case spectral
  /// The largest sum of magnitudes in a column; NumPy's `1`.
  case columnSum
  /// The largest sum of magnitudes in a row; NumPy's `inf`.
  case rowSum

  /// The norm of one matrix, which may be overwritten.
  fileprivate func callAsFunction(
    _ matrix: ColumnMatrix, _ operation: String, _ index: Int
  ) throws(LinearAlgebraError) -> Double {
    let (rows, columns) = (0..<matrix.rows, 0..<matrix.columns)
    switch self {
    case .frobenius:
      let largest = matrix.largestMagnitude
      guard largest.isFinite else { return largest }
      // Scaled, so that no square overflows or is lost.
      let scale = matrix.normalize()
      return scale * columns.reduce(0) { $0 + matrix.dot($1, $1) }.squareRoot()
    case .columnSum:
      return Self.largest(
        columns.map { column in rows.reduce(0) { $0 + matrix[$1, column].magnitude } })
    case .rowSum:
      return Self.largest(
        rows.map { row in columns.reduce(0) { $0 + matrix[row, $1].magnitude } })
    case .nuclear, .spectral:
      let values = try JacobiSVD(matrix, .none, operation, matrix: index).values
      return self == .nuclear ? values.reduce(0, +) : values.first ?? 0
    }
  }

  /// The largest number; NaN where there is one, zero of none.
  private static func largest(_ numbers: [Double]) -> Double {
    numbers.reduce(0) { $0.isNaN || $1 <= $0 ? $0 : $1 }
  }
}

extension Tensor where Scalar: TensorFloatingPoint {
  /// The norms of matrices, computed in 64 bits; NumPy's `linalg.matrix_norm`.
  ///
  ///     let x: Tensor<Float> = [[1, -2], [3, 4]]
  ///     try x.matrixNorm()             // 5.477
  ///     try x.matrixNorm(.columnSum)   // 6
  ///     try x.matrixNorm(.rowSum)      // 7
  ///
  /// - Parameter norm: Which norm.
  /// - Returns: One number for each matrix, of the shape of the leading axes; zero where it is empty.
  /// - Throws: `LinearAlgebraError.notFinite`, `notConverged`, if the norm is one of singular values;
  ///   others are NaN or infinite where an element is.
  /// - Precondition: There are at least two axes.
  public func matrixNorm(
    _ norm: MatrixNorm = .frobenius
  ) throws(LinearAlgebraError) -> Tensor {
    let batch = MatrixBatch(self, "matrixNorm")
    var numbers: [Double] = []
    for index in batch.indices { numbers.append(try norm(batch[index], "matrixNorm", index)) }
    return Tensor<Double>(numbers, shape: batch.leading).converted(to: Scalar.self)
  }

  /// The condition numbers `‖a‖ · ‖a⁻¹‖`: how much larger relative errors can become when equations are
  /// solved; NumPy's `linalg.cond`.
  ///
  ///     try Tensor([[1, 0], [0, 0.001]]).conditionNumber()   // 1000
  ///
  /// - Parameter norm: Which norm; for `spectral` matrices need not be square, and the number is the
  ///   largest singular value over the smallest.
  /// - Returns: One number for each matrix, of the shape of the leading axes; infinite where it is
  ///   singular.
  /// - Throws: `LinearAlgebraError.notFinite`, `notConverged`.
  /// - Precondition: There are at least two axes, and no matrix is empty.
  public func conditionNumber(
    _ norm: MatrixNorm = .spectral
  ) throws(LinearAlgebraError) -> Tensor {
    let operation = "conditionNumber"
    let batch =
      norm == .spectral ? MatrixBatch(self, operation) : MatrixBatch(square: self, operation)
    check(
      Swift.min(batch.rows, batch.columns) > 0, "\(operation): matrices of \(shape) are empty")
    var numbers: [Double] = []
    for index in batch.indices {
      let matrix = batch[index]
      if !matrix.largestMagnitude.isFinite {
        throw .notFinite(operation: operation, matrix: index)
      }
      guard norm != .spectral else {
        let values = try JacobiSVD(matrix, .none, operation, matrix: index).values
        numbers.append(values[0] / values[values.count - 1])
        if values[0] == 0 { numbers[index] = .infinity }
        continue
      }
      let size = try norm(matrix.copy(), operation, index)
      let lu = LU(matrix)
      guard lu.singularColumn == nil else {
        numbers.append(.infinity)
        continue
      }
      let inverse = ColumnMatrix.identity(rows: batch.rows, columns: batch.rows)
      lu.solve(inverse)
      numbers.append(size * (try norm(inverse, operation, index)))
    }
    return Tensor<Double>(numbers, shape: batch.leading).converted(to: Scalar.self)
  }
}
