internal import Kernels
internal import Tensor

/// Some rows of a batch, copied unless they are all of it: a view would keep the whole batch alive.
func ownRows(
  _ batch: Tensor<Float>, _ rows: Range<Int>, in workspace: Workspace
) -> Tensor<Float> {
  rows.count == batch.shape[0] ? batch : linearCombination([(1, batch[rows])], in: workspace)
}

/// Rows one after the other.
func joined(_ parts: [Tensor<Float>]) -> Tensor<Float> {
  parts.count == 1 ? parts[0] : Tensor(concatenating: parts, axis: 0)
}

extension Tensor {
  /// Some of the rows, in their order: a view where they are neighbours.
  func rows(_ rows: [Int]) -> Tensor {
    guard let first = rows.first, rows.elementsEqual(first..<first + rows.count) else {
      return gathered(Tensor<Int64>(rows.map(Int64.init)), axis: 0)
    }
    return self[first..<first + rows.count]
  }
}
