/// What `Tensor.leastSquares(_:tolerance:)` finds.
public struct LeastSquaresSolution<Scalar: TensorScalar>: Sendable {
  /// The shortest of the vectors that minimize `‖a · x - b‖`: `[n]` or `[…, n, k]`.
  public let solution: Tensor<Scalar>
  /// The least `‖a · x - b‖²` of each right-hand side: `[]` or `[…, k]`.
  public let residuals: Tensor<Scalar>
  /// The ranks of the matrices, of the shape of the leading axes.
  public let rank: Tensor<Int64>
  /// The singular values of the matrices: `[…, min(m, n)]`.
  public let singularValues: Tensor<Scalar>
}

extension JacobiSVD {
  /// How many singular values are larger than `tolerance` times the largest.
  func rank(tolerance: Double) -> Int {
    values.prefix { $0 > tolerance * values[0] }.count
  }

  /// The pseudo-inverse, `v · diagonal(1 / values) · uᵀ`, with zeros for the values beyond the rank.
  func pseudoInverse(rank: Int) -> ColumnMatrix {
    let kept = Array(0..<rank)
    let scaled = v.selected(kept)
    for column in kept { scaled.scale(column, by: 1 / values[column]) }
    return scaled.times(u.selected(kept).transposed())
  }
}

extension Tensor where Scalar: TensorFloatingPoint {
  /// The relative size under which singular values count as zero: the larger extent times the distance
  /// from 1 to the next number.
  static func rankTolerance(_ rows: Int, _ columns: Int) -> Double {
    let ulp = Tensor(scalar: Scalar.ulpOfOne).converted(to: Double.self).item
    return Double(Swift.max(rows, columns)) * ulp
  }

  /// The vectors that minimize `‖self · x - b‖`, and of these the shortest ones, in 64 bits;
  /// NumPy's `linalg.lstsq`.
  ///
  /// It goes through the singular value decomposition, so matrices may have any shape and rank.
  ///
  ///     let a: Tensor<Double> = [[0, 1], [1, 1], [2, 1]]   // of the line y = c x + d
  ///     try a.leastSquares([1, 3, 5]).solution             // [2, 1]
  ///
  /// - Parameters:
  ///   - b: One right-hand side, `[m]`, or some in columns, `[…, m, k]`, with the leading axes of
  ///     `self`.
  ///   - tolerance: Singular values up to this part of the largest count as zero; nil for the larger
  ///     extent times the distance from 1 to the scalar's next number.
  /// - Returns: The solutions with their residuals, the ranks and the singular values.
  /// - Throws: `LinearAlgebraError.notFinite`, `notConverged`.
  /// - Precondition: `self` is `[…, m, n]`.
  public func leastSquares(
    _ b: Tensor, tolerance: Double? = nil
  ) throws(LinearAlgebraError) -> LeastSquaresSolution<Scalar> {
    let operation = "leastSquares"
    let sides = MatrixBatch(b.rank == 1 ? b.expanded(at: 1) : b, operation)
    let batch = MatrixBatch(self, operation)
    check(
      batch.rows == sides.rows && batch.leading == sides.leading,
      "\(operation): \(shape) and right-hand sides \(b.shape) do not meet")
    let (m, n) = (batch.rows, batch.columns)
    let tolerance = tolerance ?? Self.rankTolerance(m, n)
    var (solutions, residuals) = ([ColumnMatrix](), [[Double]]())
    var (values, ranks) = ([[Double]](), [Int64]())
    for index in batch.indices {
      let (a, side) = (batch[index], sides[index])
      if !side.largestMagnitude.isFinite { throw .notFinite(operation: operation, matrix: index) }
      let svd = try JacobiSVD(a.copy(), .thin, operation, matrix: index)
      let rank = svd.rank(tolerance: tolerance)
      let solution = svd.pseudoInverse(rank: rank).times(side)
      let rest = a.times(solution)
      for column in 0..<side.columns { rest.add(-1, times: side, column, to: column) }
      solutions.append(solution)
      residuals.append((0..<side.columns).map { rest.dot($0, $0) })
      values.append(svd.values)
      ranks.append(Int64(rank))
    }
    let solution = Tensor(solutions, leading: batch.leading, rows: n, columns: sides.columns)
    let residual = Tensor(residuals, leading: batch.leading, count: sides.columns)
    return LeastSquaresSolution(
      solution: b.rank == 1 ? solution.squeezed(-1) : solution,
      residuals: b.rank == 1 ? residual.squeezed(-1) : residual,
      rank: Tensor<Int64>(ranks, shape: batch.leading),
      singularValues: Tensor(values, leading: batch.leading, count: Swift.min(m, n)))
  }

  /// The pseudo-inverses of Moore and Penrose, by singular values in 64 bits; NumPy's `linalg.pinv`.
  ///
  ///     try Tensor([[2, 0], [0, 0]]).pseudoInverse()   // [[0.5, 0], [0, 0]]
  ///
  /// - Parameter tolerance: Singular values up to this part of the largest count as zero; nil for the
  ///   larger extent times the distance from 1 to the scalar's next number.
  /// - Returns: `[…, n, m]` of `[…, m, n]`.
  /// - Throws: `LinearAlgebraError.notFinite`, `notConverged`.
  /// - Precondition: There are at least two axes.
  public func pseudoInverse(tolerance: Double? = nil) throws(LinearAlgebraError) -> Tensor {
    let batch = MatrixBatch(self, "pseudoInverse")
    let tolerance = tolerance ?? Self.rankTolerance(batch.rows, batch.columns)
    var inverses: [ColumnMatrix] = []
    for index in batch.indices {
      let svd = try JacobiSVD(batch[index], .thin, "pseudoInverse", matrix: index)
      inverses.append(svd.pseudoInverse(rank: svd.rank(tolerance: tolerance)))
    }
    return Tensor(inverses, leading: batch.leading, rows: batch.columns, columns: batch.rows)
  }

  /// The ranks: the numbers of singular values that are not zero but for rounding; NumPy's
  /// `linalg.matrix_rank`.
  ///
  ///     try Tensor([[1, 2], [2, 4]]).matrixRank()   // 1
  ///
  /// - Parameter tolerance: Singular values up to this part of the largest count as zero; nil for the
  ///   larger extent times the distance from 1 to the scalar's next number.
  /// - Returns: One number for each matrix, of the shape of the leading axes.
  /// - Throws: `LinearAlgebraError.notFinite`, `notConverged`.
  /// - Precondition: There are at least two axes.
  public func matrixRank(tolerance: Double? = nil) throws(LinearAlgebraError) -> Tensor<Int64> {
    let batch = MatrixBatch(self, "matrixRank")
    let tolerance = tolerance ?? Self.rankTolerance(batch.rows, batch.columns)
    var ranks: [Int64] = []
    for index in batch.indices {
      let svd = try JacobiSVD(batch[index], .none, "matrixRank", matrix: index)
      ranks.append(Int64(svd.rank(tolerance: tolerance)))
    }
    return Tensor<Int64>(ranks, shape: batch.leading)
  }
}
