extension Tensor where Scalar: TensorFloatingPoint {
  /// An approximation of the largest singular values and their vectors, from a subspace that the
  /// matrix stretches most, computed in 64 bits; PyTorch's `svd_lowrank`.
  ///
  /// Of a large matrix it takes a small part of the time of `svd`. The subspace is what the matrix makes
  /// of random vectors, after some rounds with the matrix and its transpose (Halko, Martinsson and
  /// Tropp, *Finding structure with randomness*, 2011, algorithm 4.4). The random vectors are always
  /// the same, and so is the result. It is exact where the rank is no larger than what is asked for.
  ///
  ///     let weight = Tensor([1, 2]).outer([3, 4])
  ///     let svd = try weight.lowRankSVD(rank: 1)
  ///     svd.values                                           // [11.180]
  ///     let (a, b) = (svd.u * svd.values, svd.vTransposed)   // weight is nearly a · b
  ///
  /// - Parameters:
  ///   - rank: How many singular values, no more than the shorter side has.
  ///   - oversampling: How many dimensions more the subspace has.
  ///   - rounds: How often the subspace meets the matrix and its transpose. More are better where
  ///     singular values fall slowly.
  /// - Returns: Of `[…, m, n]`, vectors of `[…, m, rank]` and `[…, rank, n]`, values of `[…, rank]`.
  /// - Throws: `LinearAlgebraError.notFinite`, `notConverged`.
  /// - Complexity: about `2 · (rounds + 1) · m · n · (rank + oversampling)` multiply-adds.
  /// - Precondition: There are at least two axes, and the rank is positive.
  public func lowRankSVD(
    rank: Int, oversampling: Int = 10, rounds: Int = 2
  ) throws(LinearAlgebraError) -> SingularValueDecomposition<Scalar> {
    let operation = "lowRankSVD"
    let batch = MatrixBatch(self, operation)
    let (m, n) = (batch.rows, batch.columns)
    check(
      (1...Swift.max(Swift.min(m, n), 1)).contains(rank) && Swift.min(m, n) > 0
        && oversampling >= 0 && rounds >= 0,
      "\(operation): no \(rank) singular values of \(shape), with \(oversampling) dimensions more in"
        + " \(rounds) rounds")
    let dimensions = Swift.min(rank + oversampling, m, n)
    var generator = PhiloxGenerator(seed: 0)
    let start = MatrixBatch(generator.normal([n, dimensions]), operation)[0]
    let kept = Array(0..<rank)
    var (u, v, values) = ([ColumnMatrix](), [ColumnMatrix](), [[Double]]())
    for index in batch.indices {
      let a = batch[index]
      let scale = a.normalize()
      if scale.isNaN { throw .notFinite(operation: operation, matrix: index) }
      let transposed = a.transposed()
      func basis(_ x: ColumnMatrix) -> ColumnMatrix { HouseholderQR(x).q(columns: dimensions) }
      var subspace = basis(a.times(start))
      for _ in 0..<rounds { subspace = basis(a.times(basis(transposed.times(subspace)))) }
      let svd = try JacobiSVD(
        subspace.transposed().times(a), .thin, operation, matrix: index)
      u.append(subspace.times(svd.u.selected(kept)))
      v.append(svd.v.selected(kept).transposed())
      values.append(svd.values.prefix(rank).map { $0 * scale })
    }
    return SingularValueDecomposition(
      u: Tensor(u, leading: batch.leading, rows: m, columns: rank),
      values: Tensor(values, leading: batch.leading, count: rank),
      vTransposed: Tensor(v, leading: batch.leading, rows: rank, columns: n))
  }
}
