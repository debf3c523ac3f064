#if arch(x86_64)
internal import _KernelsMicro

/// Where the parts of an attention head are in its scratch.
private struct AttentionScratch {
  /// Keys, values and 32 queries, packed; the weights of 32 queries as tiles.
  let keys, values, queries, weights: UnsafeMutableRawPointer
  /// The scores of 32 queries, and their results before the division by the sum of the weights.
  let scores, results: UnsafeMutablePointer<Float>
  /// The distance between rows of scores and of results, in elements.
  let scoreStride, resultStride: Int
  /// One over the sum of the weights of each query.
  let inverses: UnsafeMutablePointer<Float>
  /// The elements of all of it.
  let count: Int

  init(_ scratch: UnsafeMutablePointer<Float>, keys keyCount: Int, size: Int) {
    let (keySquares, sizeSquares) = (AMX.squares(keyCount), AMX.squares(size))
    // A line more than the rows need: at a distance of 4 KB they would share a few sets of L1.
    (scoreStride, resultStride) = (keySquares * 32 + 16, sizeSquares * 32 + 16)
    var used = 0
    func take(_ elements: Int) -> UnsafeMutablePointer<Float> {
      defer { used += elements }
      return scratch + used
    }
    keys = UnsafeMutableRawPointer(take(keySquares * sizeSquares * 512))
    values = UnsafeMutableRawPointer(take(keySquares * sizeSquares * 512))
    queries = UnsafeMutableRawPointer(take(sizeSquares * 512))
    weights = UnsafeMutableRawPointer(take(keySquares * 512))
    scores = take(32 * scoreStride)
    results = take(32 * resultStride)
    inverses = take(32)
    count = used
  }
}

extension AMX {
  /// The elements of scratch that `attend` needs.
  static func attentionScratch(keys: Int, size: Int) -> Int {
    // The layout is counted from any place.
    var nowhere: Float = 0
    return withUnsafeMutablePointer(to: &nowhere) {
      AttentionScratch($0, keys: keys, size: size).count
    }
  }

  /// Computes the results of the queries of `range`, both products on the tile unit.
  ///
  /// Keys and values are packed once. Then 32 queries at a time get their scores, which stay in the
  /// L2 cache, the weights as tiles, and the result.
  static func attend(
    _ head: AttentionHead, queries range: Range<Int>, scratch: UnsafeMutablePointer<Float>
  ) {
    let parts = AttentionScratch(scratch, keys: head.keys, size: head.size)
    pack(
      PackingSource(
        elements: head.key, depthStride: 1, columnStride: head.keyStride, depth: head.size,
        columns: head.keys), panels: 0..<squares(head.keys), into: parts.keys)
    pack(
      PackingSource(
        elements: head.value, depthStride: head.valueStride, columnStride: 1, depth: head.keys,
        columns: head.size), panels: 0..<squares(head.size), into: parts.values)
    TileUnit.configure()
    var first = range.lowerBound
    while first < range.upperBound {
      let count = min(32, range.upperBound - first)
      pack(
        rows: head.query + first * head.queryStride, stride: head.queryStride, count: count,
        columns: head.size, into: parts.queries)
      score(head, parts)
      for row in 0..<count { weigh(head, row, parts) }
      sum(head, parts)
      for row in 0..<count { write(head, first + row, row, parts) }
      first += count
    }
    TileUnit.release()
  }

  /// The scores of 32 queries.
  private static func score(_ head: AttentionHead, _ parts: AttentionScratch) {
    let steps = squares(head.size)
    for panel in 0..<squares(head.keys) {
      TileUnit.zeroSums()
      TileUnit.addProducts(
        rows: parts.queries, secondRows: 1024, stride: 64, step: 2048,
        columns: parts.keys + panel * steps * 2048, steps: steps)
      TileUnit.storeSums(parts.scores + panel * 32, stride: parts.scoreStride * 4)
    }
  }

  /// The weights of a query, `e^(scale · (score - largest))`, as rows of tiles, and one over their
  /// sum.
  private static func weigh(_ head: AttentionHead, _ row: Int, _ parts: AttentionScratch) {
    let scores = parts.scores + row * parts.scoreStride
    let squares = squares(head.keys)
    // Keys that are not there have no weight.
    for key in head.keys..<squares * 32 { scores[key] = -.infinity }
    var (a, b) = (all(-.infinity), all(-.infinity))
    for panel in 0..<squares {
      a = larger(load(scores + panel * 32), a)
      b = larger(load(scores + panel * 32 + 16), b)
    }
    let factor = head.scale * 1.442_695_04
    let offset = all(-factor * mergedLanes(larger(a, b)) { larger($0, $1) })
    var (sumA, sumB) = (F32.zero, F32.zero)
    var place = parts.weights + row * 64
    for panel in 0..<squares {
      let a = weight(multiplyAdd(load(scores + panel * 32), all(factor), offset))
      let b = weight(multiplyAdd(load(scores + panel * 32 + 16), all(factor), offset))
      (sumA, sumB) = (add(sumA, a), add(sumB, b))
      // A NaN among them is in the sum too, and so in every result.
      store(neighboursOfNumbers(a, b), place.assumingMemoryBound(to: Float.self))
      place += 2048
    }
    parts.inverses[row] = 1 / mergedLanes(add(sumA, sumB)) { add($0, $1) }
  }

  /// 2 to the power `x ≤ 0`, within 7.5e-5 of itself: a twenty-fifth of what bfloat16 rounds away.
  @inline(__always)
  private static func weight(_ x: F32) -> F32 {
    let bounded = larger(x, all(-200))
    let magic = all(12_582_912)
    let n = subtract(add(bounded, magic), magic)
    let f = subtract(bounded, n)
    var p = all(5.517_144e-2)
    p = multiplyAdd(p, f, all(2.426_108e-1))
    p = multiplyAdd(p, f, all(6.932_61e-1))
    p = multiplyAdd(p, f, all(9.999_281e-1))
    return scaled(p, byPowerOfTwo: n)
  }

  /// The sums of the values by their weights, for 32 queries.
  private static func sum(_ head: AttentionHead, _ parts: AttentionScratch) {
    let steps = squares(head.keys)
    for panel in 0..<squares(head.size) {
      let values = parts.values + panel * steps * 2048
      TileUnit.zeroSums()
      if head.size - panel * 32 > 16 {
        TileUnit.addProducts(
          rows: parts.weights, secondRows: 1024, stride: 64, step: 2048, columns: values,
          steps: steps)
      } else {
        TileUnit.addHalfProducts(rows: parts.weights, columns: values, steps: steps)
      }
      TileUnit.storeSums(parts.results + panel * 32, stride: parts.resultStride * 4)
    }
  }

  /// Writes the result of a query to its place among those of all heads.
  private static func write(
    _ head: AttentionHead, _ query: Int, _ row: Int, _ parts: AttentionScratch
  ) {
    let (results, inverse) = (parts.results + row * parts.resultStride, all(parts.inverses[row]))
    var i = 0
    while i < head.size {
      let column = head.column + i
      let count = min(head.size - i, 32 - column % 32)
      storePartBFloat16(
        multiply(load(results + i), inverse), multiply(load(results + i + 16), inverse),
        head.destination.place(row: head.row + query, column: column), count: count)
      i += count
    }
  }
}
#endif
