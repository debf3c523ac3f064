/// How attention is cut to fit the caches, and where in its scratch everything is.
@usableFromInline
struct AttentionSpace {
  /// The keys of a part: their scores stay in L1, with a panel of queries.
  @usableFromInline let part: Int
  /// The panels of queries in a block: of heads of usual sizes they stay in L2, together with a part of
  /// the keys and values.
  @usableFromInline let panels: Int
  /// Where things begin: packed keys and values, scores, their biases, biases before they are packed,
  /// results of a part, and panels.
  @usableFromInline let values, scores, bias, chosenBias, results, panel: Int
  /// The elements of a panel's queries, and of their results.
  @usableFromInline let panelSize: Int
  /// From a panel to the next: queries, results, largest scores and sums of weights.
  @usableFromInline let panelStride: Int
  /// The elements of all.
  @usableFromInline let count: Int

  /// The space for a panel width of `width`, and strips of `rows` rows.
  @inlinable @inline(__always)
  init(width: Int, rows: Int, queries: Int, keys: Int, size: Int) {
    // Parts of like length, in whole strips.
    let limit = 8 * 1024 / width
    let parts = max((keys + limit - 1) / limit, 1)
    part = max(((keys + parts - 1) / parts + rows - 1) / rows, 1) * rows
    panels = min((queries + width - 1) / width, 16)
    panelSize = size * width
    panelStride = 2 * panelSize + 2 * width
    values = keys * size
    scores = values + keys * size
    // As much for fewer keys, which may be cut into longer parts, as for more.
    let scoresSize = (min(keys, limit) + rows - 1) / rows * rows * width
    bias = scores + scoresSize
    chosenBias = bias + scoresSize
    results = chosenBias + scoresSize
    panel = results + panelSize
    count = panel + panels * panelStride
  }
}
