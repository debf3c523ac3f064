#if arch(x86_64)
internal import _KernelsMicro

/// How much scratch the parts of an attention head take, in elements.
private struct AttentionSizes {
  /// The elements of a head; the squares that hold them, and the queries.
  let size, steps, blocks: Int
  /// The keys of a part, in squares: its scores for 32 queries stay in L2, with all that is packed.
  let partSquares: Int
  /// The number of parts.
  let parts: Int
  /// The distance between rows of scores and of results.
  ///
  /// A line more than the rows need: at a distance of 4 KB they would share a few sets of L1.
  let scoreStride, resultStride: Int
  /// The distance between rows of results of several parts.
  let totalStride: Int

  init(queries: Int, keys: Int, size: Int) {
    (self.size, steps, blocks) = (size, AMX.squares(size), AMX.squares(queries))
    // Parts of like length.
    let squares = max(AMX.squares(keys), 1)
    parts = (squares + 31) / 32
    partSquares = (squares + parts - 1) / parts
    (scoreStride, resultStride) = (partSquares * 32 + 16, steps * 32 + 16)
    totalStride = (size + 31) / 32 * 32 + 16
  }

  /// Packed queries, and packed keys or values of a part.
  var queries: Int { blocks * steps * 512 }
  var keys: Int { partSquares * steps * 512 }
  /// The keys or values of a part that a mask leaves.
  var chosen: Int { partSquares * 32 * size }
  /// The weights of 32 queries, as tiles, and their scores.
  var weights: Int { partSquares * 512 }
  var scores: Int { 32 * scoreStride }
  /// The results of 32 queries from one part.
  var results: Int { 32 * resultStride }
  /// The results of all queries from the parts so far; none where there is one part.
  var totals: Int { parts > 1 ? blocks * 32 * totalStride : 0 }
  var count: Int {
    queries + 2 * keys + chosen + 2 * weights + 2 * scores + 2 * results + totals + 18 * 32 * blocks
  }
}

/// One attention head: blocks of 32 queries × parts of the keys.
///
/// The tile unit and the vector unit work side by side: while the scores of a block are computed, the
/// scores of the block before become weights, and while the values are summed by these, the sums of
/// the block before go to the output. So everything between the two units exists twice.
private struct TileAttention {
  let head: AttentionHead
  let range: Range<Int>
  let sizes: AttentionSizes
  let queries, keys, values, weights: UnsafeMutableRawPointer
  let chosen, scores, results, totals: UnsafeMutablePointer<Float>
  /// Of each query the largest score so far, what a change of it multiplies earlier results with,
  /// and the sum of the weights, in as many lanes as a vector has.
  let largest, factors, sums: UnsafeMutablePointer<Float>
  /// What the scores are multiplied with to be powers of two.
  let scale: Float

  init(_ head: AttentionHead, _ range: Range<Int>, _ scratch: UnsafeMutablePointer<Float>) {
    (self.head, self.range) = (head, range)
    sizes = AttentionSizes(queries: range.count, keys: head.keys, size: head.size)
    scale = head.scale * 1.442_695_04
    var next = scratch
    func take(_ count: Int) -> UnsafeMutablePointer<Float> {
      defer { next += count }
      return next
    }
    queries = UnsafeMutableRawPointer(take(sizes.queries))
    keys = UnsafeMutableRawPointer(take(sizes.keys))
    values = UnsafeMutableRawPointer(take(sizes.keys))
    weights = UnsafeMutableRawPointer(take(2 * sizes.weights))
    chosen = take(sizes.chosen)
    scores = take(2 * sizes.scores)
    results = take(2 * sizes.results)
    totals = take(sizes.totals)
    largest = take(32 * sizes.blocks)
    factors = take(32 * sizes.blocks)
    sums = take(16 * 32 * sizes.blocks)
  }

  /// The number of queries of a block; none before the first and behind the last block.
  @inline(__always)
  func count(_ block: Int) -> Int {
    block < 0 ? 0 : max(min(range.count - block * 32, 32), 0)
  }

  func attend() {
    guard head.keys > 0 else { return finishNothing() }
    AMX.pack(
      rows: head.query + range.lowerBound * head.queryStride, stride: head.queryStride,
      count: range.count, columns: head.size, into: queries)
    TileUnit.configure()
    for part in 0..<sizes.parts {
      let first = part * sizes.partSquares * 32
      let keyCount = min(head.keys - first, sizes.partSquares * 32)
      pack(first..<first + keyCount)
      for block in 0...sizes.blocks {
        score(block, keyCount, part)
        sum(block - 1, AMX.squares(keyCount), part)
      }
      for row in 0..<count(sizes.blocks - 1) { finish(sizes.blocks - 1, row, part) }
    }
    TileUnit.release()
  }

  /// Packs the keys and values of a part.
  private func pack(_ part: Range<Int>) {
    let (key, keyStride) = rows(part, of: head.key, stride: head.keyStride)
    AMX.pack(
      PackingSource(
        elements: key, depthStride: 1, columnStride: keyStride, depth: head.size,
        columns: part.count), panels: 0..<AMX.squares(part.count), into: keys)
    let (value, valueStride) = rows(part, of: head.value, stride: head.valueStride)
    AMX.pack(
      PackingSource(
        elements: value, depthStride: valueStride, columnStride: 1, depth: part.count,
        columns: head.size), panels: 0..<sizes.steps, into: values)
  }

  /// The first of some keys or values, and the distance between them; side by side where a mask has
  /// left gaps.
  private func rows(
    _ part: Range<Int>, of x: UnsafePointer<Float>, stride: Int
  ) -> (UnsafePointer<Float>, Int) {
    guard let places = head.places else { return (x + part.lowerBound * stride, stride) }
    for key in part {
      (chosen + (key - part.lowerBound) * head.size)
        .update(from: x + places[key] * stride, count: head.size)
    }
    return (UnsafePointer(chosen), head.size)
  }

  /// Writes zeros, for a query without keys.
  private func finishNothing() {
    results.update(repeating: 0, count: 2 * sizes.results)
    for query in 0..<range.count {
      (sums + query * 16).update(repeating: 1, count: 16)
      finish(query / 32, query % 32, 0)
    }
  }

  /// Computes the scores of a block and, beside, the weights of the block before; either may not be.
  @inline(__always)
  private func score(_ block: Int, _ keyCount: Int, _ part: Int) {
    let squares = AMX.squares(keyCount)
    let weighed = count(block - 1)
    let rowsPerSquare = (weighed + squares - 1) / squares
    var row = 0
    let output = scores + block % 2 * sizes.scores
    for square in 0..<squares {
      if block < sizes.blocks {
        TileUnit.zeroSums()
        TileUnit.addProducts(
          rows: queries + block * sizes.steps * 2048, secondRows: 1024, stride: 64, step: 2048,
          columns: keys + square * sizes.steps * 2048, steps: sizes.steps)
      }
      for _ in 0..<rowsPerSquare where row < weighed {
        weigh(block - 1, row, keyCount, part)
        row += 1
      }
      if block < sizes.blocks {
        TileUnit.storeSums(output + square * 32, stride: sizes.scoreStride * 4)
      }
    }
  }

  /// Sums the values of a block by their weights and, beside, finishes the block before.
  @inline(__always)
  private func sum(_ block: Int, _ squares: Int, _ part: Int) {
    guard block >= 0 else { return }
    let rows = weights + block % 2 * sizes.weights * 4
    let output = results + block % 2 * sizes.results
    let finished = count(block - 1)
    let rowsPerSquare = (finished + sizes.steps - 1) / sizes.steps
    var row = 0
    for square in 0..<sizes.steps {
      TileUnit.zeroSums()
      let columns = values + square * squares * 2048
      if head.size - square * 32 > 16 {
        TileUnit.addProducts(
          rows: rows, secondRows: 1024, stride: 64, step: 2048, columns: columns, steps: squares)
      } else {
        TileUnit.addHalfProducts(rows: rows, columns: columns, steps: squares)
      }
      for _ in 0..<rowsPerSquare where row < finished {
        finish(block - 1, row, part)
        row += 1
      }
      TileUnit.storeSums(output + square * 32, stride: sizes.resultStride * 4)
    }
  }

  /// Turns the scores of a query into weights, `e^(scale · (score - largest))`, as rows of tiles.
  @inline(__always)
  private func weigh(_ block: Int, _ row: Int, _ keyCount: Int, _ part: Int) {
    let scores = scores + block % 2 * sizes.scores + row * sizes.scoreStride
    let squares = AMX.squares(keyCount)
    // Keys that are not there have no weight.
    for key in keyCount..<squares * 32 { scores[key] = -1e30 / max(scale, 1) }
    var (a, b) = (AMX.load(scores), AMX.load(scores + 16))
    for square in 1..<max(squares, 1) {
      a = AMX.larger(AMX.load(scores + square * 32), a)
      b = AMX.larger(AMX.load(scores + square * 32 + 16), b)
    }
    let query = block * 32 + row
    var most = AMX.mergedLanes(AMX.larger(a, b)) { AMX.larger($0, $1) }
    if part > 0 {
      let before = largest[query]
      most = max(before, most)
      factors[query] = weight(AMX.all((before - most) * scale))[0]
    }
    largest[query] = most
    let (factor, offset) = (AMX.all(scale), AMX.all(-scale * most))
    var (sumA, sumB) = (AMX.F32.zero, AMX.F32.zero)
    var place = weights + block % 2 * sizes.weights * 4 + row * 64
    for square in 0..<squares {
      let a = weight(AMX.multiplyAdd(AMX.load(scores + square * 32), factor, offset))
      let b = weight(AMX.multiplyAdd(AMX.load(scores + square * 32 + 16), factor, offset))
      (sumA, sumB) = (AMX.add(sumA, a), AMX.add(sumB, b))
      // A NaN among them is in the sum too, and so in every result.
      AMX.store(
        AMX.roughNeighbours(a, b), place.assumingMemoryBound(to: Float.self))
      place += 2048
    }
    let (total, sum) = (AMX.add(sumA, sumB), sums + query * 16)
    AMX.store(
      part > 0 ? AMX.multiplyAdd(AMX.load(sum), AMX.all(factors[query]), total) : total, sum)
  }

  /// 2 to the power `x ≤ 0`, within 7.5e-5 of itself: a twenty-fifth of what bfloat16 rounds away.
  @_transparent
  private func weight(_ x: AMX.F32) -> AMX.F32 {
    let magic = AMX.all(12_582_912)
    let n = AMX.subtract(AMX.add(x, magic), magic)
    let f = AMX.subtract(x, n)
    var p = AMX.all(5.517_144e-2)
    p = AMX.multiplyAdd(p, f, AMX.all(2.426_108e-1))
    p = AMX.multiplyAdd(p, f, AMX.all(6.932_61e-1))
    p = AMX.multiplyAdd(p, f, AMX.all(9.999_281e-1))
    return AMX.scaled(p, byPowerOfTwo: n)
  }

  /// Adds the result of a query from a part to those of the parts before; after the last one, writes
  /// it to its place among those of all heads.
  @inline(__always)
  private func finish(_ block: Int, _ row: Int, _ part: Int) {
    let query = block * 32 + row
    var results = results + block % 2 * sizes.results + row * sizes.resultStride
    if sizes.parts > 1 {
      let totals = totals + query * sizes.totalStride
      if part > 0 {
        let factor = AMX.all(factors[query])
        for i in stride(from: 0, to: head.size, by: 16) {
          AMX.store(
            AMX.multiplyAdd(AMX.load(totals + i), factor, AMX.load(results + i)), totals + i)
        }
      } else {
        for i in stride(from: 0, to: head.size, by: 16) {
          AMX.store(AMX.load(results + i), totals + i)
        }
      }
      results = totals
    }
    guard part == sizes.parts - 1 else { return }
    let inverse = AMX.all(1 / AMX.mergedLanes(AMX.load(sums + query * 16)) { AMX.add($0, $1) })
    var i = 0
    while i < head.size {
      let column = head.column + i
      let count = min(head.size - i, 32 - column % 32)
      AMX.storePartBFloat16(
        AMX.multiply(AMX.load(results + i), inverse),
        AMX.multiply(AMX.load(results + i + 16), inverse),
        head.destination.place(row: head.row + range.lowerBound + query, column: column),
        count: count)
      i += count
    }
  }
}

extension AMX {
  /// The elements of scratch that `attend` needs.
  static func attentionScratch(queries: Int, keys: Int, size: Int) -> Int {
    AttentionSizes(queries: queries, keys: keys, size: size).count
  }

  /// Computes the results of the queries of `range`, both products on the tile unit.
  static func attend(
    _ head: AttentionHead, queries range: Range<Int>, scratch: UnsafeMutablePointer<Float>
  ) {
    TileAttention(head, range, scratch).attend()
  }
}
#endif
