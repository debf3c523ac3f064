internal import _Parallel
public import Tensor

/// The softmax of each row, `e^x / Σ e^x` along the last axis.
///
/// - Parameters:
///   - x: `[…, columns]`.
///   - workspace: What to compute with.
/// - Returns: `[…, columns]`; each row sums to one.
public func softmax(_ x: Tensor<Float>, in workspace: Workspace) -> Tensor<Float> {
  let columns = x.shape.last ?? 1
  let timer = workspace.timer("softmax \(x.shape)")
  defer { timer.stop() }
  let x = x.contiguous()
  let output: Tensor<Float> = workspace.tensor(x.shape)
  let table = workspace.table
  nonisolated(unsafe) let (input, result) = (x.pointer, output.mutablePointer)
  parallelFor(
    x.shape.dropLast().product, grain: rowGrain(columns), threads: workspace.threads
  ) { range, _ in
    let start = range.lowerBound * columns
    table.softmax(input + start, result + start, range.count, columns)
  }
  return withExtendedLifetime(x) { output }
}

/// A copy in memory of the workspace, in row-major order.
///
/// - Parameters:
///   - x: Any shape and strides, broadcast ones too.
///   - workspace: The workspace whose memory the copy takes.
/// - Returns: The same elements, `x.shape`.
public func copy(_ x: Tensor<Float>, in workspace: Workspace) -> Tensor<Float> {
  let timer = workspace.timer("copy \(x.shape)")
  defer { timer.stop() }
  var output: Tensor<Float> = workspace.tensor(x.shape)
  output.update(from: x)
  return output
}

/// The rows that are worth a thread: fewer take less time than it takes to wake one.
func rowGrain(_ columns: Int) -> Int { max(1, 16_384 / max(columns, 1)) }
