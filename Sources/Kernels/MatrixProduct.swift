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
  let count = a.shape.dropLast(2).product
  guard count * rows * columns > 0 else { return output }
  // The same way for a matrix alone and among others, so that it has the same bits.
  if rows * depth * columns <= smallProductLimit {
    multiplySmall(a, b, into: output, in: workspace)
  } else {
    // Rows are read as they stand if their elements are neighbours.
    let a = a.strides[a.rank - 1] == 1 ? a : a.copied()
    multiplyPacked(
      a, b, into: output, sharesMatrices: count >= 2 * workspace.threads, in: workspace)
  }
  return output
}

/// The most multiply-adds of a product that takes longer to be packed than to be computed.
private let smallProductLimit = 32 * 32 * 32

/// Products of matrices as they stand.
private func multiplySmall(
  _ a: Tensor<Float>, _ b: Tensor<Float>, into output: Tensor<Float>, in workspace: Workspace
) {
  let (rows, depth, columns) = (a.shape[a.rank - 2], a.shape[a.rank - 1], b.shape[b.rank - 1])
  let b = b.strides[b.rank - 1] == 1 || columns == 1 ? b : b.copied()
  let stack = MatrixStack(a, b)
  let (table, size) = (workspace.table, rows * columns)
  var work = SmallProducts(
    a: a.pointer, b: b.pointer, output: output.mutablePointer, rows: rows, depth: depth,
    columns: columns)
  (work.aRowStride, work.aTermStride) = (a.strides[a.rank - 2], a.strides[a.rank - 1])
  work.bTermStride = b.strides[b.rank - 2]
  (work.aStride, work.bStride) = stack.innerStrides
  let first = work
  // A small product takes as long as many more multiply-adds of a large one.
  workspace.parallelFor(
    stack.count, grain: 64, multiplyAdds: stack.count * 8 * max(rows * depth * columns, 64),
    scratch: 0
  ) { range, _ in
    stack.forEachRun(of: range) { index, offsets, count in
      var run = first
      run.a += offsets.a
      run.b += offsets.b
      run.output += index * size
      table.multiply(run, count)
    }
  }
  withExtendedLifetime((a, b, output)) {}
}

/// Products of matrices of which the right ones are packed.
///
/// - Parameters:
///   - a: Left matrices, in whose rows the elements are neighbours.
///   - b: Right matrices.
///   - output: The results.
///   - sharesMatrices: Whether threads share out matrices rather than parts of each.
///   - workspace: What to compute with.
private func multiplyPacked(
  _ a: Tensor<Float>, _ b: Tensor<Float>, into output: Tensor<Float>, sharesMatrices: Bool,
  in workspace: Workspace
) {
  let (rows, depth, columns) = (a.shape[a.rank - 2], a.shape[a.rank - 1], b.shape[b.rank - 1])
  let kernels = workspace.table.float32
  let panels = kernels.panels(columns)
  let packedCount = panels * kernels.panelBytes(depth) / MemoryLayout<Float>.stride
  let stack = MatrixStack(a, b)
  nonisolated(unsafe) let (left, right, result) = (
    a.pointer, b.pointer, output.mutablePointer
  )
  let (aStride, bStrides) = (a.strides[a.rank - 2], b.strides.suffix(2))
  @Sendable func source(_ offset: Int) -> PackingSource {
    PackingSource(
      elements: right + offset, depthStride: bStrides[bStrides.startIndex],
      columnStride: bStrides[bStrides.startIndex + 1], depth: depth, columns: columns)
  }
  @Sendable func product(
    _ index: Int, _ offset: Int, _ packed: UnsafeMutablePointer<Float>
  ) -> Product {
    Product(
      a: left + offset, aStride: aStride, b: packed, depth: depth, columns: columns,
      output: result + index * rows * columns, outputStride: columns)
  }
  if sharesMatrices {
    let scratchCount = packedCount.roundedUp(to: Storage.alignment)
    workspace.parallelFor(
      stack.count, multiplyAdds: stack.count * rows * depth * columns,
      scratch: scratchCount + kernels.productScratch(rows, depth, columns)
    ) { range, packed in
      for index in range {
        let offsets = stack.offsets(of: index)
        kernels.pack(source(offsets.b), 0..<panels, packed)
        kernels.product(
          product(index, offsets.a, packed), 0..<rows, 0..<panels, packed + scratchCount)
      }
    }
  } else {
    let packed: Tensor<Float> = workspace.tensor([packedCount])
    for index in 0..<stack.count {
      let offsets = stack.offsets(of: index)
      let threads = workspace.threads(for: rows * depth * columns)
      kernels.pack(source(offsets.b), into: packed.mutablePointer, threads: threads)
      compute(
        product(index, offsets.a, packed.mutablePointer), rows: rows,
        with: ProductKernels(kernels, workspace.table), in: workspace)
    }
    withExtendedLifetime(packed) {}
  }
  withExtendedLifetime((a, b, output)) {}
}

/// Where the pairs of matrices of two stacks begin.
private struct MatrixStack: Sendable {
  /// The number of pairs.
  let count: Int
  /// The extents of the stacks and the distances of neighbours, of one axis at least.
  ///
  /// Axes that follow each other without a gap are one.
  private var axes: [(extent: Int, a: Int, b: Int)] = []

  init(_ a: Tensor<Float>, _ b: Tensor<Float>) {
    count = a.shape.dropLast(2).product
    for axis in 0..<a.rank - 2 where a.shape[axis] != 1 {
      let next = (extent: a.shape[axis], a: a.strides[axis], b: b.strides[axis])
      if let last = axes.last, last.a == next.extent * next.a, last.b == next.extent * next.b {
        axes[axes.count - 1] = (last.extent * next.extent, next.a, next.b)
      } else {
        axes.append(next)
      }
    }
    if axes.isEmpty { axes = [(1, 0, 0)] }
  }

  /// The distances of neighbours along the last axis.
  var innerStrides: (a: Int, b: Int) { (axes[axes.count - 1].a, axes[axes.count - 1].b) }

  /// Where a pair begins.
  func offsets(of index: Int) -> (a: Int, b: Int) {
    var (rest, offsets) = (index, (a: 0, b: 0))
    for axis in axes.reversed() {
      let (quotient, place) = rest.quotientAndRemainder(dividingBy: axis.extent)
      offsets.a += place * axis.a
      offsets.b += place * axis.b
      rest = quotient
    }
    return offsets
  }

  /// Calls `body` with the first of each run of pairs along the last axis, where it begins, and its
  /// length.
  func forEachRun(of range: Range<Int>, _ body: (Int, (a: Int, b: Int), Int) -> Void) {
    let extent = axes[axes.count - 1].extent
    var index = range.lowerBound
    while index < range.upperBound {
      let count = min(extent - index % extent, range.upperBound - index)
      body(index, offsets(of: index), count)
      index += count
    }
  }
}
