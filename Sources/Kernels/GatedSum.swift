internal import _KernelsMicro
internal import _Parallel
public import Tensor

/// Adds `gate · y` to a residual stream, in place if nobody else holds it.
///
/// A branch of a block that was kept before its gate joins the residual stream with the same bits as
/// where `addLinear` adds it: `linear`, then `addGated`, is `addLinear` with that gate.
///
/// - Parameters:
///   - y: The branch, `[batch, tokens, width]`.
///   - gate: A factor for each column, a row for each of the batch, `[batch, width]`; 1 where nil.
///   - residual: What it is added to, `[batch, tokens, width]`.
///   - workspace: What to compute with.
/// - Complexity: one pass over `y` and the residual.
public func addGated(
  _ y: Tensor<Float>, gate: Tensor<Float>? = nil, to residual: inout Tensor<Float>,
  in workspace: Workspace
) {
  check(
    y.rank == 3 && residual.shape == y.shape
      && gate.map { $0.shape == [y.shape[0], y.shape[2]] } ?? true,
    "addGated: \(y.shape)" + (gate.map { " with gate \($0.shape)" } ?? "")
      + " does not add to \(residual.shape)")
  let timer = workspace.timer("add-gated \(y.shape)")
  defer { timer.stop() }
  if !residual.isContiguous { residual = residual.contiguous() }
  let y = y.contiguous()
  let gate = gate.map { $0.strides[1] == 1 ? $0 : $0.contiguous() }
  // In place where nobody else holds the residual.
  let output =
    residual.isUniquelyWritable() ? residual : workspace.tensor(residual.shape)
  let (tokens, width) = (y.shape[1], y.shape[2])
  var sum = GatedSum(
    branch: y.pointer, residual: residual.pointer, output: output.mutablePointer, columns: width)
  if let gate {
    (sum.gate, sum.gateStride, sum.gateRows) = (gate.pointer, gate.strides[0], max(tokens, 1))
  }
  let (table, work) = (workspace.table, sum)
  parallelFor(y.shape[0] * tokens, grain: rowGrain(width), threads: workspace.threads) {
    range, _ in table.addGated(work, range)
  }
  withExtendedLifetime((y, gate)) { residual = output }
}
