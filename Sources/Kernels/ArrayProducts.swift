internal import _Parallel
public import Tensor

infix operator • : MultiplicationPrecedence

extension Tensor where Scalar: TensorNumeric {
  /// The product of matrices, or of stacks of them: `matmul`.
  ///
  ///     let y = x • w + b
  public static func • (a: Tensor, b: Tensor) -> Tensor { matmul(a, b) }
}

/// The product of matrices, or of stacks of them whose leading extents are broadcast, as NumPy's `@`.
///
///     matmul(x, w)        // [batch, rows, depth] by [depth, columns]
///     x • w
///
/// A vector on the left is a row, on the right a column, and that dimension goes again. `Float` is
/// computed with the workspace of calls that name none; hot code passes its own. `Float16` and
/// `BFloat16` are computed in `Float` and rounded once; integers wrap around.
///
/// - Returns: `[…, rows, columns]`.
public func matmul<Scalar: TensorNumeric>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, file: StaticString = #fileID, line: UInt = #line
) -> Tensor<Scalar> {
  check(
    a.rank > 0 && b.rank > 0, "matmul: \(a.shape) and \(b.shape) do not meet", file: file,
    line: line)
  if a.rank == 1 || b.rank == 1 {
    let product = matmul(
      a.rank == 1 ? a.expanded(at: 0) : a, b.rank == 1 ? b.expanded(at: 1) : b, file: file,
      line: line)
    let withoutColumn = b.rank == 1 ? product.squeezed(-1) : product
    return a.rank == 1 ? withoutColumn.squeezed(b.rank == 1 ? -1 : -2) : withoutColumn
  }
  switch Scalar.scalarType {
  case .float, .float16, .bfloat16:
    return floatProducts(a.converted(to: Float.self), b.converted(to: Float.self), file, line)
      .converted(to: Scalar.self)
  default: return plainProducts(a, b, file, line)
  }
}

/// Products of `Float` with the workspace of calls that name none.
private func floatProducts(
  _ a: Tensor<Float>, _ b: Tensor<Float>, _ file: StaticString, _ line: UInt
) -> Tensor<Float> {
  let batch = productBatch(a, b, file, line)
  let (rows, depth, columns) = (a.shape[a.rank - 2], a.shape[a.rank - 1], b.shape[b.rank - 1])
  // One matrix on the right of all: one product of all rows.
  if b.shape.dropLast(2).allSatisfy({ $0 == 1 }) && a.rank > 2 {
    let product = matmul(
      a.reshaped([batch.product * rows, depth]), b.reshaped([depth, columns]), in: .default)
    return product.reshaped(batch + [rows, columns])
  }
  return matmul(
    a.broadcast(to: batch + [rows, depth]), b.broadcast(to: batch + [depth, columns]), in: .default)
}

/// The leading extents of a product, once broadcast; stops where two matrices do not meet.
private func productBatch<Scalar>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, _ file: StaticString, _ line: UInt
) -> [Int] {
  check(
    a.rank >= 2 && b.rank >= 2 && a.shape[a.rank - 1] == b.shape[b.rank - 2],
    "matmul: \(a.shape) and \(b.shape) do not meet", file: file, line: line)
  let (x, y) = (Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2)))
  let rank = max(x.count, y.count)
  return zip(
    Array(repeating: 1, count: rank - x.count) + x, Array(repeating: 1, count: rank - y.count) + y
  ).map { m, n in
    check(
      m == n || m == 1 || n == 1, "matmul: \(a.shape) and \(b.shape) do not meet", file: file,
      line: line)
    return m == 1 ? n : m
  }
}

/// Products of numbers that have no packed kernels, shared out over the threads by rows.
private func plainProducts<Scalar: TensorNumeric>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, _ file: StaticString, _ line: UInt
) -> Tensor<Scalar> {
  let batch = productBatch(a, b, file, line)
  let (rows, depth, columns) = (a.shape[a.rank - 2], a.shape[a.rank - 1], b.shape[b.rank - 1])
  let x = a.broadcast(to: batch + [rows, depth]).contiguous()
  let y = b.broadcast(to: batch + [depth, columns]).contiguous()
  var output = Tensor<Scalar>(zeros: batch + [rows, columns])
  let product = Scalar._sequential.product
  output.withUnsafeMutableElements { elements in
    guard let base = elements.baseAddress else { return }
    nonisolated(unsafe) let (first, second, result) = (x.pointer, y.pointer, base)
    let grain = max(1, 65_536 / max(1, depth * columns))
    parallelFor(batch.product * rows, grain: grain, threads: TensorThreads.maximum) { range, _ in
      // Up to the end of each matrix that the range of rows is in.
      var row = range.lowerBound
      while row < range.upperBound {
        let matrix = row / rows
        let end = min(range.upperBound, (matrix + 1) * rows)
        product(
          first + row * depth, second + matrix * depth * columns, result + row * columns, end - row,
          depth, columns)
        row = end
      }
    }
  }
  return withExtendedLifetime((x, y)) { output }
}
