internal import _KernelsMicro
public import Tensor

/// Scaled dot-product attention, `softmax(scale · q kᵀ + bias) v` for each head.
///
/// The result of a query depends on the query, the keys that count and their values alone, to the
/// last bit. Keys that the mask leaves out are as if they were not there; they cost nothing. A query
/// all of whose keys are left out, or have a bias of minus infinity, gives zeros.
///
/// - Parameters:
///   - query: `[batch, queries, heads, size]`.
///   - key: `[batch, keys, heads, size]`.
///   - value: `[batch, keys, heads, size]`.
///   - mask: Which keys count, `[batch, keys]`; nil where all do.
///   - bias: What is added to the scores, `[heads, queries, keys]`, as T5 has it.
///   - window: How far from its own place a query sees keys, 0 or more: query `i` sees the keys `j` for
///     which `|i - j| ≤ window`; nil where it sees all. There are as many queries as keys, and no mask.
///   - scale: What the products of queries and keys are multiplied with, a positive number; nil for
///     `1 / √size`.
///   - workspace: What to compute with.
/// - Returns: The heads side by side, `[batch, queries, heads · size]`.
/// - Complexity: 2 · batch · heads · queries · keys · size multiply-adds; the scores of a few keys
///   at a time. With a window, about `2 · window` in place of `keys`.
public func attention(
  query: HeadView, key: HeadView, value: HeadView, mask: Tensor<Bool>? = nil,
  bias: Tensor<Float>? = nil, window: Int? = nil,
  scale: Float? = nil, in workspace: Workspace
) -> Operand {
  check(
    key.shape[1] > 0 && key.shape[3] > 0,
    "attention: keys of shape \(key.shape), none of whose extents of tokens and size may be 0")
  check(
    key.shape == value.shape
      && [0, 2, 3].allSatisfy { query.shape[$0] == key.shape[$0] },
    "attention: query \(query.shape), key \(key.shape) and value \(value.shape) do not meet")
  let (batch, queries, heads) = (query.shape[0], query.shape[1], query.shape[2])
  let (keys, size) = (key.shape[1], query.shape[3])
  check(
    mask.map { $0.shape == [batch, keys] } ?? true,
    "attention: a mask is [\(batch), \(keys)], not \(mask?.shape ?? [])")
  check(
    bias.map { $0.shape == [heads, queries, keys] } ?? true,
    "attention: a bias is [\(heads), \(queries), \(keys)], not \(bias?.shape ?? [])")
  check(
    window.map { $0 >= 0 && queries == keys && mask == nil } ?? true,
    "attention: a window of \(window ?? 0) places takes as many queries as keys, here \(queries) and"
      + " \(keys), no mask, and is not negative")
  let scale = scale ?? 1 / Float(size).squareRoot()
  check(
    scale > 0 && scale.isFinite, "attention: a scale is a positive, finite number, not \(scale)")
  let timer = workspace.timer("attention \(query.shape), \(keys) keys")
  defer { timer.stop() }
  let precision = workspace.precision
  // The tile unit takes neither bias nor window, pairs of bfloat16 no bias; rounded numbers of 32 bits
  // go the same way as on machines without them.
  let own = workspace.table.attentionKernels(for: precision)
  let takesOwn = bias == nil && (window == nil || own.layout != .tiles)
  let kernels = takesOwn ? own : workspace.table.float32
  let layout: RowLayout =
    takesOwn
    ? workspace.table.kernels(for: precision).layout
    : precision == .bfloat16 ? .rounded : .float32
  let query = query.converted(to: kernels.layout, in: workspace)
  let key = key.converted(to: kernels.layout, in: workspace)
  let value = value.converted(to: kernels.layout, in: workspace)
  let output = Operand([batch, queries, heads * size], layout: layout, in: workspace)
  let rows = output.rows
  let places = mask.map(keptPlaces)
  // Rows are read as they stand if their elements are neighbours.
  let bias = bias.map { $0.strides[2] == 1 || keys == 1 ? $0 : $0.copied() }
  // A head is one piece of work, cut between panels of queries only where there are fewer heads than
  // threads: each piece packs all keys and values.
  let (panelWidth, panels) = (kernels.panelWidth, kernels.panels(queries))
  let multiplyAdds = 2 * batch * heads * queries * keys * size
  let threads = workspace.threads(for: multiplyAdds)
  let cuts = min(panels, (threads - 1) / max(batch * heads, 1) + 1)
  workspace.parallelFor(
    batch * heads * cuts, multiplyAdds: multiplyAdds,
    scratch: kernels.attentionScratch(queries, keys, size)
  ) { range, scratch in
    for part in range {
      let (item, cut) = part.quotientAndRemainder(dividingBy: cuts)
      let (sample, head) = item.quotientAndRemainder(dividingBy: heads)
      func first(_ cut: Int) -> Int { min(panels * cut / cuts * panelWidth, queries) }
      var work = AttentionHead(
        query: query.tokens(sample: sample, head: head),
        key: key.tokens(sample: sample, head: head),
        value: value.tokens(sample: sample, head: head),
        result: HeadTokens(rows, row: sample * queries, column: head * size), queries: queries,
        keys: keys, size: size, scale: scale)
      if let bias {
        work.bias = bias.pointer + head * bias.strides[0]
        work.biasStride = bias.strides[1]
      }
      work.window = window.map { min($0, keys) }
      let range = first(cut)..<first(cut + 1)
      func attend() { kernels.attend(work, range, scratch) }
      if head == heads - 1 {
        for query in range { rows.pad(row: sample * queries + query, from: heads * size) }
      }
      guard let places else {
        attend()
        continue
      }
      places[sample].withUnsafeBufferPointer {
        (work.places, work.keys) = ($0.baseAddress, $0.count)
        attend()
      }
    }
  }
  return withExtendedLifetime((query, key, value, bias)) {
    output.converted(to: precision, in: workspace)
  }
}

/// Scaled dot-product attention of tensors, `[batch, tokens, heads, size]`.
///
/// The other `attention` says what it computes, and what the parameters are.
public func attention(
  query: Tensor<Float>, key: Tensor<Float>, value: Tensor<Float>, mask: Tensor<Bool>? = nil,
  bias: Tensor<Float>? = nil, window: Int? = nil, scale: Float? = nil, in workspace: Workspace
) -> Operand {
  attention(
    query: HeadView(query), key: HeadView(key), value: HeadView(value), mask: mask, bias: bias,
    window: window, scale: scale, in: workspace)
}

/// Where the mask of each sample is true.
private func keptPlaces(_ mask: Tensor<Bool>) -> [[Int]] {
  let (batch, keys) = (mask.shape[0], mask.shape[1])
  let kept = mask.elements
  return (0..<batch).map { sample in (0..<keys).filter { kept[sample * keys + $0] } }
}
