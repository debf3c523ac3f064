internal import _KernelsMicro
public import Tensor

/// The matrix products of two stacks of matrices.
///
/// - Parameters:
///   - a: `[…, rows, depth]`, any strides.
///   - b: `[…, depth, columns]`, any strides; the leading extents are those of `a`.
///   - workspace: What to compute with.
/// - Returns: `[…, rows, columns]`.
/// - Complexity: rows · depth · columns multiply-adds for each matrix.
public func matmul(
  _ a: Tensor<Float>, _ b: Tensor<Float>, in workspace: Workspace
) -> Tensor<Float> {
  check(
    a.rank >= 2 && a.rank == b.rank && a.shape.dropLast(2) == b.shape.dropLast(2)
      && a.shape[a.rank - 1] == b.shape[b.rank - 2],
    "matmul: \(a.shape) and \(b.shape) do not meet")
  let (rows, depth, columns) = (a.shape[a.rank - 2], a.shape[a.rank - 1], b.shape[b.rank - 1])
  let timer = workspace.timer("matmul \(a.shape) by \(b.shape)")
  defer { timer.stop() }
  let output: Tensor<Float> = workspace.tensor(a.shape.dropLast() + [columns])
  // Rows are read as they stand if their elements are neighbours.
  let a = a.strides[a.rank - 1] == 1 ? a : a.copied()
  let kernels = workspace.table.float32
  let panels = kernels.panels(columns)
  let packed: Tensor<Float> = workspace.tensor([panels, depth, kernels.panelWidth])
  for (index, offsets) in matrixOffsets(a, b).enumerated() {
    let source = PackingSource(
      elements: b.pointer + offsets.b, depthStride: b.strides[b.rank - 2],
      columnStride: b.strides[b.rank - 1], depth: depth, columns: columns)
    kernels.pack(source, into: packed.mutablePointer, threads: workspace.threads)
    compute(
      Product(
        a: a.pointer + offsets.a, aStride: a.strides[a.rank - 2], b: packed.pointer, depth: depth,
        columns: columns, output: output.mutablePointer + index * rows * columns,
        outputStride: columns), rows: rows, with: kernels, in: workspace)
  }
  return withExtendedLifetime((a, b, packed)) { output }
}

/// Where each pair of matrices begins, in the order of the stack.
private func matrixOffsets(_ a: Tensor<Float>, _ b: Tensor<Float>) -> [(a: Int, b: Int)] {
  var offsets = [(a: 0, b: 0)]
  for axis in 0..<a.rank - 2 {
    offsets = offsets.flatMap { offset in
      (0..<a.shape[axis]).map {
        (offset.a + $0 * a.strides[axis], offset.b + $0 * b.strides[axis])
      }
    }
  }
  return offsets
}
