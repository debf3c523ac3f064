extension Tensor where Scalar: TensorNumeric {
  /// The Kronecker product: each element of `self` times all of `other`; NumPy's `kron`.
  ///
  ///     Tensor<Int32>([1, 10]).kronecker([1, 2, 3])   // [1, 2, 3, 10, 20, 30]
  ///
  /// - Parameter other: A tensor of any shape; the one of lower rank gets leading axes of extent 1.
  /// - Returns: A tensor whose extents are the products of both tensors' extents.
  public func kronecker(_ other: Tensor) -> Tensor {
    let rank = Swift.max(self.rank, other.rank)
    func extents(_ shape: [Int]) -> [Int] { Array(repeating: 1, count: rank - shape.count) + shape }
    let (a, b) = (extents(shape), extents(other.shape))
    let product =
      reshaped(a.flatMap { [$0, 1] }) * other.reshaped(b.flatMap { [1, $0] })
    return product.reshaped(zip(a, b).map { $0 * $1 })
  }
}

extension Tensor where Scalar: TensorFloatingPoint {
  /// Square matrices times themselves, `exponent` times, computed in 64 bits; NumPy's
  /// `linalg.matrix_power`.
  ///
  /// It takes a product for each binary digit of the exponent, and one more for each that is 1.
  ///
  ///     try Tensor([[1, 1], [1, 0]]).matrixPower(10)   // [[89, 55], [55, 34]]
  ///
  /// - Parameter exponent: How often; 0 gives ones on the diagonal, a negative one powers of the
  ///   inverse.
  /// - Returns: `[…, n, n]`.
  /// - Throws: `LinearAlgebraError.singular`, `notFinite`, where the exponent is negative.
  /// - Precondition: The last two of at least two axes are equal.
  public func matrixPower(_ exponent: Int) throws(LinearAlgebraError) -> Tensor {
    let base = exponent < 0 ? try converted(to: Double.self).inverse() : converted(to: Double.self)
    let batch = MatrixBatch(square: base, "matrixPower")
    let powers = batch.indices.map { index in
      var (square, rest) = (batch[index], exponent.magnitude)
      var result = ColumnMatrix.identity(rows: batch.rows, columns: batch.rows)
      while rest > 0 {
        if rest % 2 == 1 { result = result.times(square) }
        rest /= 2
        if rest > 0 { square = square.times(square) }
      }
      return result
    }
    return Tensor(powers, leading: batch.leading, rows: batch.rows, columns: batch.rows)
  }
}
