/// The matrices that the last two axes of a tensor are, in 64 bits.
struct MatrixBatch {
  /// The axes before the last two.
  let leading: [Int]
  let rows, columns: Int
  /// The elements, each matrix column by column.
  private let elements: Tensor<Double>

  /// The matrices of a tensor of at least two axes.
  init<Scalar: TensorScalar>(_ tensor: Tensor<Scalar>, _ operation: String) {
    check(
      tensor.rank >= 2,
      "\(operation): a tensor of shape \(tensor.shape) is no matrix; it has fewer than two axes")
    leading = Array(tensor.shape.dropLast(2))
    (rows, columns) = (tensor.shape[tensor.rank - 2], tensor.shape[tensor.rank - 1])
    elements = tensor.transposed().converted(to: Double.self).contiguous()
  }

  /// The square matrices of a tensor.
  init<Scalar: TensorScalar>(square tensor: Tensor<Scalar>, _ operation: String) {
    self.init(tensor, operation)
    check(rows == columns, "\(operation): matrices of shape \([rows, columns]) are not square")
  }

  /// The numbers of the matrices.
  var indices: Range<Int> { 0..<leading.product }

  /// A copy of one of the matrices.
  subscript(index: Int) -> ColumnMatrix {
    withExtendedLifetime(elements) {
      ColumnMatrix(
        rows: rows, columns: columns, copying: elements.pointer + index * rows * columns)
    }
  }
}

extension Tensor {
  /// Matrices of like shape, one for each of the places in `leading`.
  init(_ matrices: [ColumnMatrix], leading: [Int], rows: Int, columns: Int) {
    var result = Tensor<Double>(uninitialized: leading + [columns, rows])
    result.withUnsafeMutableElements { elements in
      guard let start = elements.baseAddress else { return }
      for (index, matrix) in matrices.enumerated() {
        let place = start + index * rows * columns
        matrix.withElements { place.update(from: $0, count: rows * columns) }
      }
    }
    self = result.transposed().contiguous().converted(to: Scalar.self)
  }

  /// Vectors of like length, one for each of the places in `leading`.
  init(_ vectors: [[Double]], leading: [Int], count: Int) {
    self = Tensor<Double>(vectors.flatMap { $0 }, shape: leading + [count])
      .converted(to: Scalar.self)
  }
}
