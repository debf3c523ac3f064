/// The eigenvalues and eigenvectors of one symmetric matrix.
///
/// Reflections make it tridiagonal; then the implicit QL iteration makes that diagonal (Golub and Van
/// Loan, *Matrix Computations*, 8.3; Dubrulle, Martin and Wilkinson, *The implicit QL algorithm*,
/// 1968).
struct SymmetricEigen {
  /// The most steps for one eigenvalue; one or two are usual.
  static let maximumSteps = 60
  /// The eigenvalues, which rise.
  private(set) var values: [Double] = []
  /// The eigenvectors, in columns; nil where nobody asked for them.
  private(set) var vectors: ColumnMatrix?
  /// The diagonal, and the elements beside it.
  private var diagonal: [Double] = []
  private var beside: [Double] = []

  /// Decomposes a symmetric matrix, of which what is below the diagonal counts, and overwrites it.
  init(
    _ matrix: ColumnMatrix, wantsVectors: Bool, _ operation: String, matrix index: Int
  ) throws(LinearAlgebraError) {
    let count = matrix.rows
    for column in 0..<count {
      for row in 0..<column { matrix[row, column] = matrix[column, row] }
    }
    let scale = matrix.normalize()
    if scale.isNaN { throw .notFinite(operation: operation, matrix: index) }
    let reflections = makeTridiagonal(matrix)
    vectors = wantsVectors ? reflections.orthonormalColumns(count) : nil
    for first in 0..<count {
      guard deflate(from: first) else {
        throw .notConverged(operation: operation, matrix: index, rounds: Self.maximumSteps)
      }
    }
    let order = (0..<count).sorted {
      diagonal[$0] == diagonal[$1] ? $0 < $1 : diagonal[$0] < diagonal[$1]
    }
    values = order.map { diagonal[$0] * scale }
    vectors = vectors?.selected(order)
  }

  /// Makes everything zero but the diagonal and what is beside it.
  private mutating func makeTridiagonal(_ a: ColumnMatrix) -> Reflections {
    let count = a.rows
    var reflections = Reflections(in: a, offset: 1)
    let update = ColumnMatrix(rows: count, columns: 1)
    for k in 0..<count {
      diagonal.append(a[k, k])
      guard k < count - 1 else { break }
      beside.append(reflections.appendNext())
      let factor = reflections.factors[k]
      if factor == 0 { continue }
      // The rest becomes A - v wᵀ - w vᵀ with w = p - (factor / 2 · vᵀ p) v and p = factor · A v.
      let rest = k + 1..<count
      for column in rest { update[column, 0] = factor * a.dot(column, k, from: k + 1) }
      let product = update.dot(0, k, of: a, from: k + 1)
      update.add(-0.5 * factor * product, times: a, k, to: 0, from: k + 1)
      for column in rest {
        let (v, w) = (a[column, k], update[column, 0])
        a.add(-w, k, to: column, from: k + 1)
        a.add(-v, times: update, 0, to: column, from: k + 1)
      }
    }
    beside.append(0)
    return reflections
  }

  /// Makes the element beside `diagonal[first]` zero.
  ///
  /// - Returns: Whether that took no more steps than allowed.
  private mutating func deflate(from first: Int) -> Bool {
    for _ in 0..<Self.maximumSteps {
      let last = endOfBlock(from: first)
      if last == first { return true }
      step(first, last)
    }
    return endOfBlock(from: first) == first
  }

  /// The first place from one on behind which the matrix falls into two.
  private func endOfBlock(from first: Int) -> Int {
    var place = first
    while place < diagonal.count - 1 {
      let size = diagonal[place].magnitude + diagonal[place + 1].magnitude
      // Elements are near 1 or less: what is far below matters to none of them, and its square is
      // lost.
      if beside[place].magnitude <= Swift.max(Double.ulpOfOne * size, 1e-150) { break }
      place += 1
    }
    return place
  }

  /// A step of the QL iteration from `last` up to `first`, shifted by an eigenvalue of the first two
  /// rows.
  private mutating func step(_ first: Int, _ last: Int) {
    let half = (diagonal[first + 1] - diagonal[first]) / (2 * beside[first])
    let root = (half * half + 1).squareRoot()
    var g =
      diagonal[last] - diagonal[first] + beside[first] / (half + (half < 0 ? -root : root))
    var (sine, cosine, shift) = (1.0, 1.0, 0.0)
    for i in (first..<last).reversed() {
      let (f, b) = (sine * beside[i], cosine * beside[i])
      let norm = (f * f + g * g).squareRoot()
      beside[i + 1] = norm
      if norm == 0 {
        // The matrix falls into two here.
        diagonal[i + 1] -= shift
        beside[last] = 0
        return
      }
      (sine, cosine) = (f / norm, g / norm)
      g = diagonal[i + 1] - shift
      let r = (diagonal[i] - g) * sine + 2 * cosine * b
      shift = sine * r
      diagonal[i + 1] = g + shift
      g = cosine * r - b
      vectors?.rotate(i, i + 1, cosine: cosine, sine: sine)
    }
    diagonal[first] -= shift
    (beside[first], beside[last]) = (g, 0)
  }
}

extension Tensor where Scalar: TensorFloatingPoint {
  /// The eigenvalues and eigenvectors of symmetric matrices,
  /// `self = vectors · diagonal(values) · vectorsᵀ`, computed in 64 bits; NumPy's `linalg.eigh`.
  ///
  /// Only what is on and below the diagonal is looked at.
  ///
  ///     let (values, vectors) = try Tensor([[2, 1], [1, 2]]).symmetricEigen()
  ///     values               // [1, 3]
  ///     vectors.absolute()   // [[0.707, 0.707], [0.707, 0.707]]
  ///
  /// - Returns: Of `[…, n, n]`, the eigenvalues `[…, n]`, which rise, and the orthonormal eigenvectors
  ///   in columns, `[…, n, n]`.
  /// - Throws: `LinearAlgebraError.notFinite`, `notConverged`.
  /// - Precondition: The last two of at least two axes are equal.
  public func symmetricEigen() throws(LinearAlgebraError) -> (values: Tensor, vectors: Tensor) {
    let batch = MatrixBatch(square: self, "symmetricEigen")
    var (values, vectors) = ([[Double]](), [ColumnMatrix]())
    for index in batch.indices {
      let eigen = try SymmetricEigen(
        batch[index], wantsVectors: true, "symmetricEigen", matrix: index)
      values.append(eigen.values)
      if let columns = eigen.vectors { vectors.append(columns) }
    }
    return (
      Tensor(values, leading: batch.leading, count: batch.rows),
      Tensor(vectors, leading: batch.leading, rows: batch.rows, columns: batch.rows)
    )
  }

  /// The eigenvalues of symmetric matrices, which rise; NumPy's `linalg.eigvalsh`.
  ///
  ///     try Tensor([[2, 1], [1, 2]]).symmetricEigenvalues()   // [1, 3]
  ///
  /// - Returns: `[…, n]` of `[…, n, n]`.
  /// - Throws: `LinearAlgebraError.notFinite`, `notConverged`.
  /// - Precondition: The last two of at least two axes are equal.
  public func symmetricEigenvalues() throws(LinearAlgebraError) -> Tensor {
    let batch = MatrixBatch(square: self, "symmetricEigenvalues")
    var values: [[Double]] = []
    for index in batch.indices {
      values.append(
        try SymmetricEigen(
          batch[index], wantsVectors: false, "symmetricEigenvalues", matrix: index
        ).values)
    }
    return Tensor(values, leading: batch.leading, count: batch.rows)
  }
}
