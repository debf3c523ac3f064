internal import _KernelsMicro
internal import _Parallel
public import Tensor

/// Scaled dot-product attention, `softmax(q kᵀ / √size) v` for each head.
///
/// - Parameters:
///   - query: `[batch, queries, heads, size]`; any strides, the last one 1.
///   - key: `[batch, keys, heads, size]`, likewise.
///   - value: `[batch, keys, heads, size]`, likewise.
///   - workspace: What to compute with.
/// - Returns: The heads side by side, `[batch, queries, heads · size]`.
/// - Complexity: 2 · batch · heads · queries · keys · size multiply-adds; scores of a block of
///   queries at a time.
public func attention(
  query: Tensor<Float>, key: Tensor<Float>, value: Tensor<Float>, in workspace: Workspace
) -> Operand {
  check(
    query.rank == 4 && key.rank == 4 && key.shape == value.shape && key.shape[1] > 0
      && [0, 2, 3].allSatisfy { query.shape[$0] == key.shape[$0] }
      && [query, key, value].allSatisfy { $0.strides[3] == 1 || $0.shape[3] == 1 },
    "attention: query \(query.shape), key \(key.shape) and value \(value.shape) do not meet")
  let (batch, queries, heads) = (query.shape[0], query.shape[1], query.shape[2])
  let (keys, size) = (key.shape[1], query.shape[3])
  let timer = workspace.timer("attention \(query.shape), \(keys) keys")
  defer { timer.stop() }
  let output = Operand([batch, queries, heads * size], for: workspace.precision, in: workspace)
  let (kernels, threads) = (workspace.table.products(workspace.precision), workspace.threads)
  let scratchCount = kernels.attentionScratch(queries, keys, size)
    .roundedUp(to: Storage.alignment)
  let scratchTensor: Tensor<Float> = workspace.tensor([threads, scratchCount])

  nonisolated(unsafe) let scratch = scratchTensor.mutablePointer
  let rows = output.rows
  let scale = 1 / Float(size).squareRoot()
  // A head is one piece of work, cut only where there are fewer heads than threads.
  let cuts = min(queries, max(1, 2 * threads / max(batch * heads, 1)))
  parallelFor(batch * heads * cuts, threads: threads) { range, thread in
    for part in range {
      let (item, cut) = part.quotientAndRemainder(dividingBy: cuts)
      let (sample, head) = item.quotientAndRemainder(dividingBy: heads)
      func start(_ x: Tensor<Float>) -> UnsafePointer<Float> {
        x.pointer + sample * x.strides[0] + head * x.strides[2]
      }
      let work = AttentionHead(
        query: start(query), key: start(key), value: start(value), queryStride: query.strides[1],
        keyStride: key.strides[1], valueStride: value.strides[1], queries: queries, keys: keys,
        size: size, scale: scale, destination: rows, row: sample * queries, column: head * size)
      let queryRange = queries * cut / cuts..<queries * (cut + 1) / cuts
      kernels.attend(work, queryRange, scratch + thread * scratchCount)
      if head == heads - 1 {
        for query in queryRange { rows.pad(row: sample * queries + query, from: heads * size) }
      }
    }
  }
  return withExtendedLifetime((query, key, value, scratchTensor)) { output }
}
