/// A singular value decomposition, `u · diagonal(values) · vTransposed`.
public struct SingularValueDecomposition<Scalar: TensorScalar>: Sendable {
  /// The left singular vectors, in columns: `[…, m, k]`, or `[…, m, m]` where it is full.
  public let u: Tensor<Scalar>
  /// The singular values, which fall and are not negative: `[…, k]`.
  public let values: Tensor<Scalar>
  /// The right singular vectors, in rows: `[…, k, n]`, or `[…, n, n]` where it is full.
  public let vTransposed: Tensor<Scalar>
}

/// The singular value decomposition of one matrix, by one-sided Jacobi rotations.
///
/// Columns are rotated in pairs until all are orthogonal; their norms are then the singular values. It
/// begins with a pivoted QR decomposition and works on the transpose of R, as in Drmač and Veselić,
/// *New fast and accurate Jacobi SVD algorithm I* (2008): fewer rotations are needed there, each as
/// long as the shorter side of the matrix.
struct JacobiSVD {
  /// The most sweeps over all pairs; five to ten are usual.
  static let maximumSweeps = 60
  /// The left singular vectors, `[m, k]` or `[m, m]`, and the right ones, `[n, k]` or `[n, n]`; both
  /// in columns, and empty where nobody asked for vectors.
  let u, v: ColumnMatrix
  /// The singular values, which fall.
  let values: [Double]

  /// What a decomposition is to contain besides the values.
  enum Vectors { case none, thin, full }

  init(
    _ a: ColumnMatrix, _ vectors: Vectors, _ operation: String, matrix index: Int
  ) throws(LinearAlgebraError) {
    if a.rows < a.columns {
      let other = try JacobiSVD(a.transposed(), vectors, operation, matrix: index)
      (u, v, values) = (other.v, other.u, other.values)
      return
    }
    let (rows, count) = (a.rows, a.columns)
    let scale = a.normalize()
    if scale.isNaN { throw .notFinite(operation: operation, matrix: index) }
    // A · P = Q R, and Rᵀ J = W with orthogonal columns: A is Q J |W| times W / |W|, transposed, Pᵀ.
    let qr = HouseholderQR(a, pivots: true)
    let w = qr.r(rows: count).transposed()
    let j = vectors == .none ? nil : ColumnMatrix.identity(rows: count, columns: count)
    guard Self.orthogonalize(w, rotating: j) else {
      throw .notConverged(operation: operation, matrix: index, rounds: Self.maximumSweeps)
    }
    let norms = (0..<count).map { w.dot($0, $0).squareRoot() }
    // A stable order.
    let order = (0..<count).sorted { norms[$0] == norms[$1] ? $0 < $1 : norms[$0] > norms[$1] }
    values = order.map { norms[$0] * scale }
    guard let j else {
      (u, v) = (ColumnMatrix(rows: rows, columns: 0), ColumnMatrix(rows: count, columns: 0))
      return
    }
    let left = ColumnMatrix.identity(rows: rows, columns: vectors == .full ? rows : count)
    for (column, source) in order.enumerated() {
      for row in 0..<count { left[row, column] = j[row, source] }
    }
    qr.applyQ(to: left)
    u = left
    let right = Self.completed(w.selected(order), norms: order.map { norms[$0] })
    v = ColumnMatrix(rows: count, columns: count)
    for (row, target) in qr.order.enumerated() {
      for column in 0..<count { v[target, column] = right[row, column] }
    }
  }

  /// Rotates the columns of `w` until they are orthogonal, and those of `j` alike.
  ///
  /// - Returns: Whether that took no more sweeps than allowed.
  private static func orthogonalize(_ w: ColumnMatrix, rotating j: ColumnMatrix?) -> Bool {
    let tolerance = Double.ulpOfOne * Double(Swift.max(w.rows, 10)).squareRoot()
    for _ in 0..<maximumSweeps {
      var isDone = true
      var squares = (0..<w.columns).map { w.dot($0, $0) }
      for p in 0..<w.columns {
        for q in p + 1..<Swift.max(w.columns, p + 1) {
          let product = w.dot(p, q)
          guard product.magnitude > tolerance * (squares[p] * squares[q]).squareRoot() else {
            continue
          }
          isDone = false
          // The smaller of both angles that make the rotated columns orthogonal.
          let zeta = (squares[q] - squares[p]) / (2 * product)
          let tangent =
            (zeta < 0 ? -1 : 1) / (zeta.magnitude + (1 + zeta * zeta).squareRoot())
          let cosine = 1 / (1 + tangent * tangent).squareRoot()
          w.rotate(p, q, cosine: cosine, sine: cosine * tangent)
          j?.rotate(p, q, cosine: cosine, sine: cosine * tangent)
          squares[p] = Swift.max(squares[p] - tangent * product, 0)
          squares[q] += tangent * product
        }
      }
      if isDone { return true }
    }
    return false
  }

  /// Divides orthogonal columns by their norms, which fall, and replaces those that are zero by others
  /// that are orthogonal to all.
  private static func completed(_ w: ColumnMatrix, norms: [Double]) -> ColumnMatrix {
    // The inverse of what is smaller would not be finite.
    let rank = norms.prefix { $0 >= .leastNormalMagnitude }.count
    for column in 0..<rank { w.scale(column, by: 1 / norms[column]) }
    if rank == w.columns { return w }
    let basis = HouseholderQR(w.selected(Array(0..<rank))).q(columns: w.columns)
    for column in rank..<w.columns {
      for row in 0..<w.rows { w[row, column] = basis[row, column] }
    }
    return w
  }
}

extension Tensor where Scalar: TensorFloatingPoint {
  /// The singular value decomposition, `self = u · diagonal(values) · vTransposed`, computed in 64
  /// bits; NumPy's `linalg.svd`.
  ///
  /// It is by one-sided Jacobi rotations, whose vectors are orthogonal to rounding, also those of
  /// singular values that are zero or nearly so.
  ///
  ///     let svd = try Tensor([[3, 0], [4, 5]]).svd()
  ///     svd.values    // [6.708, 2.236]
  ///     svd.u.shape   // [2, 2]
  ///
  /// - Parameter full: Whether all vectors are wanted, or only those that have a singular value.
  /// - Returns: Of `[…, m, n]`, with `k` the smaller of both, vectors of `[…, m, k]` and `[…, k, n]`
  ///   and values of `[…, k]`.
  /// - Throws: `LinearAlgebraError.notFinite`, `notConverged`.
  /// - Precondition: There are at least two axes.
  public func svd(
    full: Bool = false
  ) throws(LinearAlgebraError) -> SingularValueDecomposition<Scalar> {
    let batch = MatrixBatch(self, "svd")
    let (m, n) = (batch.rows, batch.columns)
    let k = Swift.min(m, n)
    var (u, v, values) = ([ColumnMatrix](), [ColumnMatrix](), [[Double]]())
    for index in batch.indices {
      let svd = try JacobiSVD(batch[index], full ? .full : .thin, "svd", matrix: index)
      u.append(svd.u)
      v.append(svd.v.transposed())
      values.append(svd.values)
    }
    return SingularValueDecomposition(
      u: Tensor(u, leading: batch.leading, rows: m, columns: full ? m : k),
      values: Tensor(values, leading: batch.leading, count: k),
      vTransposed: Tensor(v, leading: batch.leading, rows: full ? n : k, columns: n))
  }

  /// The singular values, which fall, computed in 64 bits; NumPy's `linalg.svdvals`.
  ///
  ///     try Tensor([[3, 0], [4, 5]]).singularValues()   // [6.708, 2.236]
  ///
  /// - Returns: `[…, k]` of `[…, m, n]`, with `k` the smaller of both.
  /// - Throws: `LinearAlgebraError.notFinite`, `notConverged`.
  /// - Precondition: There are at least two axes.
  public func singularValues() throws(LinearAlgebraError) -> Tensor {
    let batch = MatrixBatch(self, "singularValues")
    let values = try batch.singularValues("singularValues")
    return Tensor(values, leading: batch.leading, count: Swift.min(batch.rows, batch.columns))
  }
}

extension MatrixBatch {
  /// The singular values of each matrix.
  func singularValues(_ operation: String) throws(LinearAlgebraError) -> [[Double]] {
    var values: [[Double]] = []
    for index in indices {
      values.append(try JacobiSVD(self[index], .none, operation, matrix: index).values)
    }
    return values
  }
}
