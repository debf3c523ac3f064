/// A reduction whose result has neighbours where the input has them: columns that are reduced side
/// by side, without a copy.
struct ReducedColumns: Sendable {
  /// The distance of the elements of a column.
  let stride: Int
  /// The most columns of a block.
  let blockWidth: Int
  private let columns: Int
  /// Where each run of columns begins.
  private let starts: [Int]

  /// The columns of a reduction over some axes of a shape; nil where the reduced axes are not one run,
  /// where the last of the others has no neighbours, and where there is too little to each run for
  /// its lanes to pay.
  init?(_ shape: [Int], _ strides: [Int], kept: [Int], axes: [Int]) {
    func merged(_ axes: some Sequence<Int>) -> [(extent: Int, stride: Int)] {
      var runs: [(extent: Int, stride: Int)] = []
      for axis in axes where shape[axis] != 1 {
        if let last = runs.last, last.stride == strides[axis] * shape[axis] {
          runs[runs.count - 1] = (last.extent * shape[axis], strides[axis])
        } else {
          runs.append((shape[axis], strides[axis]))
        }
      }
      return runs
    }
    var outer = merged(kept)
    let reduced = merged(axes)
    guard reduced.count == 1, let inner = outer.popLast(), inner.stride == 1, inner.extent >= 8,
      reduced[0].extent * inner.extent >= 4096
    else { return nil }
    (stride, columns) = (reduced[0].stride, inner.extent)
    blockWidth = Swift.min(256, columns)
    starts = outer.reduce([0]) { starts, run in
      starts.flatMap { start in (0..<run.extent).map { start + $0 * run.stride } }
    }
  }

  private var blocksPerRun: Int { (columns + blockWidth - 1) / blockWidth }

  /// The number of blocks.
  var blocks: Int { starts.count * blocksPerRun }

  /// Where a block begins, its number of columns, and the place of its results.
  func block(_ index: Int) -> (start: Int, count: Int, target: Int) {
    let (run, part) = index.quotientAndRemainder(dividingBy: blocksPerRun)
    let first = part * blockWidth
    return (
      starts[run] + first, Swift.min(blockWidth, columns - first), run * columns + first
    )
  }
}
