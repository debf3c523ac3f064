extension Tensor where Scalar: TensorFloatingPoint {
  /// The solutions of `self · x = b`, by elimination in 64 bits; NumPy's `linalg.solve`.
  ///
  ///     try Tensor([[2, 1], [1, 3]]).solve([3, 5])   // [0.8, 1.4]
  ///
  /// - Parameter b: One vector, `[n]`, or matrices whose columns are the right-hand sides, `[…, n, k]`.
  /// - Returns: The solutions, `[…, n]` or `[…, n, k]`; leading axes of both are broadcast.
  /// - Throws: `LinearAlgebraError.singular`, `notFinite`.
  /// - Precondition: `self` is `[…, n, n]`.
  public func solve(_ b: Tensor) throws(LinearAlgebraError) -> Tensor {
    try solved(b, "solve") { (a, index) throws(LinearAlgebraError) in
      let lu = LU(a)
      if let column = lu.singularColumn {
        throw .singular(operation: "solve", matrix: index, column: column)
      }
      return lu.solve
    }
  }

  /// The solutions of `self · x = b` where `self` is triangular, in 64 bits; SciPy's
  /// `linalg.solve_triangular`.
  ///
  /// Only what is on the diagonal and on one side of it is looked at.
  ///
  ///     try Tensor([[2, 0], [1, 4]]).solveTriangular([2, 9], lower: true)   // [1, 2]
  ///
  /// - Parameters:
  ///   - b: One vector, `[n]`, or matrices whose columns are the right-hand sides, `[…, n, k]`.
  ///   - lower: Whether the triangle is below the diagonal, else it is above.
  ///   - transposed: Whether the transposed triangle is meant, `selfᵀ · x = b`.
  ///   - unitDiagonal: Whether the diagonal counts as ones.
  /// - Returns: The solutions, `[…, n]` or `[…, n, k]`; leading axes of both are broadcast.
  /// - Throws: `LinearAlgebraError.singular`, where there is a zero on the diagonal; `notFinite`.
  /// - Precondition: `self` is `[…, n, n]`.
  public func solveTriangular(
    _ b: Tensor, lower: Bool, transposed: Bool = false, unitDiagonal: Bool = false
  ) throws(LinearAlgebraError) -> Tensor {
    let triangle = transposed ? self.transposed() : self
    return try triangle.solved(b, "solveTriangular") { (a, index) throws(LinearAlgebraError) in
      if let column = (0..<a.rows).first(where: { a[$0, $0] == 0 && !unitDiagonal }) {
        throw .singular(operation: "solveTriangular", matrix: index, column: column)
      }
      return { a.solveTriangular($0, lower: lower != transposed, unitDiagonal: unitDiagonal) }
    }
  }

  /// The inverse matrices, by elimination in 64 bits; NumPy's `linalg.inv`.
  ///
  /// To solve equations, `solve(_:)` is faster and rounds less.
  ///
  ///     try Tensor([[2, 0], [1, 4]]).inverse()   // [[0.5, 0], [-0.125, 0.25]]
  ///
  /// - Returns: `[…, n, n]`.
  /// - Throws: `LinearAlgebraError.singular`, `notFinite`.
  /// - Precondition: The last two of at least two axes are equal.
  public func inverse() throws(LinearAlgebraError) -> Tensor {
    let batch = MatrixBatch(square: self, "inverse")
    var inverses: [ColumnMatrix] = []
    for index in batch.indices {
      let a = batch[index]
      if !a.largestMagnitude.isFinite { throw .notFinite(operation: "inverse", matrix: index) }
      let lu = LU(a)
      if let column = lu.singularColumn {
        throw .singular(operation: "inverse", matrix: index, column: column)
      }
      let inverse = ColumnMatrix.identity(rows: batch.rows, columns: batch.rows)
      lu.solve(inverse)
      inverses.append(inverse)
    }
    return Tensor(inverses, leading: batch.leading, rows: batch.rows, columns: batch.rows)
  }

  /// The determinants, by elimination in 64 bits; NumPy's `linalg.det`.
  ///
  ///     Tensor([[1, 2], [3, 4]]).determinant()   // -2
  ///
  /// - Returns: One number for each matrix, of the shape of the leading axes: zero where it is
  ///   singular, 1 where it is empty, NaN where an element is.
  /// - Precondition: The last two of at least two axes are equal.
  public func determinant() -> Tensor {
    let batch = MatrixBatch(square: self, "determinant")
    let determinants = batch.indices.map { index in
      [LU(batch[index]).determinant]
    }
    return Tensor(determinants, leading: batch.leading, count: 1).squeezed(-1)
  }

  /// The signs of the determinants and the natural logarithms of their magnitudes, which neither
  /// overflow nor vanish; NumPy's `linalg.slogdet`.
  ///
  ///     Tensor([[1, 2], [3, 4]]).signAndLogDeterminant()   // (-1, 0.693)
  ///
  /// - Returns: Of the shape of the leading axes, signs of 1, -1 or 0, and logarithms, minus infinity
  ///   where a determinant is zero.
  /// - Precondition: The last two of at least two axes are equal.
  public func signAndLogDeterminant() -> (sign: Tensor, logarithm: Tensor) {
    let batch = MatrixBatch(square: self, "signAndLogDeterminant")
    var (signs, logarithms) = ([[Double]](), [[Double]]())
    for index in batch.indices {
      let (sign, logarithm) = LU(batch[index]).signAndLogDeterminant
      signs.append([sign])
      logarithms.append([logarithm])
    }
    return (
      Tensor(signs, leading: batch.leading, count: 1).squeezed(-1),
      Tensor(logarithms, leading: batch.leading, count: 1).squeezed(-1)
    )
  }

  /// The solutions for the right-hand sides `b`.
  ///
  /// - Parameters:
  ///   - b: `[n]` or `[…, n, k]`.
  ///   - operation: Who asks.
  ///   - solver: Makes of a matrix and its number what replaces the columns of another one by
  ///     solutions.
  /// - Returns: `[…, n]` or `[…, n, k]`.
  /// - Throws: What the solver throws; `notFinite`.
  private func solved(
    _ b: Tensor, _ operation: String,
    _ solver: (ColumnMatrix, Int) throws(LinearAlgebraError) -> (ColumnMatrix) -> Void
  ) throws(LinearAlgebraError) -> Tensor {
    let columns = b.rank == 1 ? b.expanded(at: 1) : b
    check(
      rank >= 2 && columns.rank >= 2 && shape[rank - 1] == columns.shape[columns.rank - 2],
      "\(operation): \(shape) and right-hand sides \(b.shape) do not meet")
    let leading = Self.commonShape(
      Array(shape.dropLast(2)), Array(columns.shape.dropLast(2)), operation)
    let a = MatrixBatch(
      square: broadcast(to: leading + shape.suffix(2)), operation)
    let sides = MatrixBatch(columns.broadcast(to: leading + columns.shape.suffix(2)), operation)
    var solutions: [ColumnMatrix] = []
    for index in a.indices {
      let (matrix, solution) = (a[index], sides[index])
      if !(matrix.largestMagnitude.isFinite && solution.largestMagnitude.isFinite) {
        throw .notFinite(operation: operation, matrix: index)
      }
      try solver(matrix, index)(solution)
      solutions.append(solution)
    }
    let result = Tensor(solutions, leading: leading, rows: sides.rows, columns: sides.columns)
    return b.rank == 1 ? result.squeezed(-1) : result
  }
}
