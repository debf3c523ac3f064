#if arch(x86_64)
internal import _KernelsMicro

/// How attention is cut, and how much scratch its parts take, in elements.
struct TileAttentionSizes {
  /// The squares that the columns of a head touch, wherever they begin, with one more.
  let steps: Int
  /// The blocks of 32 rows that the queries touch.
  let blocks: Int
  /// The keys of a part, in squares: packed, they and their values stay in L2.
  let partSquares: Int
  /// The number of parts, and the most squares that one may have.
  let parts, capacity: Int
  /// The squares of keys whose weights wait in L1 for their values.
  let sliceSquares: Int
  /// The parts of a number: three where it has 32 bits.
  let numberParts: Int
  /// The distance between rows of results.
  let resultStride: Int
  /// The blocks whose results exist at a time: the one that is computed and the one before, or all
  /// where each waits for the next part.
  var keptBlocks: Int { parts > 1 ? blocks : min(blocks, 2) }

  init(queries: Int, keys: Int, size: Int, numberParts: Int) {
    self.numberParts = numberParts
    sliceSquares = numberParts == 1 ? 8 : 4
    steps = (size + 63) / 32
    blocks = (queries + 62) / 32
    // Parts of like length.
    let squares = max(AMX.squares(keys), 1)
    let limit = max(96 / (steps * numberParts), 1)
    capacity = min(squares, limit)
    parts = (squares + limit - 1) / limit
    partSquares = (squares + parts - 1) / parts
    resultStride = steps * 32 + 16
  }

  /// Packed keys or values of a part.
  ///
  /// As much for fewer keys, which may be cut into longer parts, as for more.
  var keys: Int { capacity * steps * square }
  /// The numbers of a square in all their parts.
  var square: Int { numberParts * 512 }
  /// The queries of a block, where they are not read as they stand.
  var queries: Int { numberParts == 1 ? 0 : steps * square }
  /// The keys of a square, row by row, with room on both sides; some of them, transposed.
  var rows: Int { 32 * rowStride + 32 }
  var transposed: Int { numberParts == 1 ? 0 : 512 }
  /// The distance between these rows.
  var rowStride: Int { numberParts == 1 ? steps * 16 : steps * 32 }
  /// The scores of 32 queries and 32 keys.
  var scores: Int { 1024 }
  /// The weights of 32 queries for a slice.
  var weights: Int { sliceSquares * square }
  /// The results of 32 queries.
  var results: Int { 32 * resultStride }
  /// What the weights of 32 queries are relative to: `TileAttentionReferences`.
  var references: Int { TileAttentionReferences.count }
  var count: Int {
    2 * keys + queries + rows + transposed + 2 * scores + weights + keptBlocks
      * (results + references)
      + 32
  }
}

/// One attention head: blocks of 32 queries × squares of 32 keys.
///
/// Queries of bfloat16 are read where they stand. The squares that hold a head may hold columns of
/// others beside it; the packed keys are zero there. Numbers of 32 bits are split in parts, and so
/// are their weights.
///
/// The tile unit and the vector unit work side by side: while the scores of a square are computed,
/// those of the square before become weights. After a slice of some squares, the values are summed
/// by the weights, and meanwhile the block before goes to the output. All but the packed keys and
/// values stays in L1.
///
/// Weights are powers of two of scores relative to the one of the first key. A query whose scores
/// grow to 2⁶¹ times as much takes a new reference (`raise`). So no score waits for the largest
/// one.
struct TileAttention {
  let head: AttentionHead
  let sizes: TileAttentionSizes
  /// The rows of the queries, and the blocks that hold them.
  let rows, blocks: Range<Int>
  /// The squares that hold the columns of a query and of a value.
  let querySteps, valueSteps: Int
  /// Where in the first of these squares a query and a value begin.
  let queryShift, valueShift: Int
  /// A column beside the values that is one for every key that is there: its result is the sum of
  /// the weights.
  let onesColumn: Int
  /// What the scores are multiplied with to be powers of two.
  let scale: Float
  let queries, keys, values, weights: UnsafeMutableRawPointer
  let keyRows, transposed, scores, results: UnsafeMutablePointer<Float>
  /// What the weights of each block's queries are relative to.
  let references: UnsafeMutablePointer<Float>

  init(
    _ head: AttentionHead, _ range: Range<Int>, numberParts: Int,
    _ scratch: UnsafeMutablePointer<Float>
  ) {
    self.head = head
    sizes = TileAttentionSizes(
      queries: range.count, keys: head.keys, size: head.size, numberParts: numberParts)
    rows = head.query.row + range.lowerBound..<head.query.row + range.upperBound
    blocks = rows.lowerBound / 32..<AMX.squares(rows.upperBound)
    queryShift = numberParts == 1 ? head.query.column % 32 : 0
    querySteps = AMX.squares(queryShift + head.size)
    valueShift = numberParts == 1 ? head.value.column % 32 : 0
    let end = valueShift + head.size
    // Where a half of a square has room for it.
    onesColumn = end % 16 > 0 || valueShift % 16 == 0 ? end : valueShift - 1
    valueSteps = AMX.squares(max(end, onesColumn + 1))
    scale = head.scale * 1.442_695_04
    var next = scratch
    func take(_ count: Int) -> UnsafeMutablePointer<Float> {
      defer { next += count }
      return next
    }
    queries = UnsafeMutableRawPointer(take(sizes.queries))
    keys = UnsafeMutableRawPointer(take(sizes.keys))
    values = UnsafeMutableRawPointer(take(sizes.keys))
    weights = UnsafeMutableRawPointer(take(sizes.weights))
    scores = take(2 * sizes.scores)
    keyRows = take(sizes.rows) + 16
    transposed = take(sizes.transposed)
    results = take(sizes.keptBlocks * sizes.results)
    references = take(sizes.keptBlocks * sizes.references)
  }

  func attend() {
    guard head.keys > 0 else { return finishNothing() }
    TileUnit.configure()
    for part in 0..<sizes.parts {
      let first = part * sizes.partSquares * 32
      let range = first..<min(first + sizes.partSquares * 32, head.keys)
      packKeys(range)
      packValues(range)
      let squares = AMX.squares(range.count)
      for block in blocks {
        if sizes.numberParts > 1 { splitQueries(block) }
        let finished = part == sizes.parts - 1 ? block - 1 : nil
        var start = 0
        while start < squares {
          let slice = TileAttentionSlice(
            self, part: part, block: block, keys: range.count,
            squares: start..<min(start + sizes.sliceSquares, squares))
          slice.score()
          slice.sum(beside: start == 0 ? finished : nil)
          start = slice.squares.upperBound
        }
      }
      if part == sizes.parts - 1 {
        finish(blocks.upperBound - 1, rows(of: blocks.upperBound - 1))
      }
    }
    TileUnit.release()
  }

  /// Writes zeros, for queries without keys.
  private func finishNothing() {
    results.update(repeating: 0, count: sizes.keptBlocks * sizes.results)
    for block in blocks { finish(block, rows(of: block)) }
  }

  /// The rows of a block that are queries, from its first row on.
  @inline(__always)
  func rows(of block: Int) -> Range<Int> {
    let first = block * 32
    let start = max(rows.lowerBound - first, 0)
    return start..<max(min(rows.upperBound - first, 32), start)
  }

  /// Where among those that exist the results of a block are.
  @inline(__always)
  func slot(_ block: Int) -> Int {
    let index = block - blocks.lowerBound
    return sizes.parts > 1 ? index : index % 2
  }

  /// The results of a block.
  @inline(__always)
  func results(_ block: Int) -> UnsafeMutablePointer<Float> {
    results + slot(block) * sizes.results
  }

  /// Divides the results of some queries by the sums of their weights, and writes them to their
  /// places among those of all heads, a square of columns at a time.
  func finish(_ block: Int, _ rows: Range<Int>) {
    let results = results(block)
    for row in rows {
      // Without a key all is zero; else the first one, or what took its place, weighs something.
      let sum = results + row * sizes.resultStride + onesColumn
      sum.pointee = 1 / max(sum.pointee, .leastNormalMagnitude)
    }
    let firstToken = block * 32 - head.query.row
    var i = 0
    while i < head.size {
      let count = min(head.size - i, 32 - (head.result.column + i) % 32)
      for row in rows {
        let sums = results + row * sizes.resultStride
        let (result, inverse) = (sums + valueShift + i, AMX.all(sums[onesColumn]))
        write(
          AMX.multiply(AMX.load(result), inverse), AMX.multiply(AMX.load(result + 16), inverse),
          head.result.place(token: firstToken + row, column: i), count: count)
      }
      i += count
    }
  }

  /// Writes the first `count` elements of both vectors, `a` before `b`.
  @inline(__always)
  private func write(_ a: AMX.F32, _ b: AMX.F32, _ place: UnsafeMutableRawPointer, count: Int) {
    let layout = head.result.rows.layout
    if layout == .tiles { return AMX.storePartBFloat16(a, b, place, count: count) }
    AMX.storePart(a, place, as: layout, count: min(count, 16))
    if count > 16 { AMX.storePart(b, place + 64, as: layout, count: count - 16) }
  }
}

extension AMX {
  /// The elements of scratch that `attend` needs.
  static func attentionScratch(queries: Int, keys: Int, size: Int, numberParts: Int) -> Int {
    TileAttentionSizes(queries: queries, keys: keys, size: size, numberParts: numberParts).count
  }

  /// Computes the results of the queries of `range`, both products on the tile unit.
  ///
  /// - Parameters:
  ///   - head: The whole head.
  ///   - range: The queries to compute.
  ///   - numberParts: 1 for tiles, 3 for numbers of 32 bits.
  ///   - scratch: As many elements as `attentionScratch` says.
  static func attend(
    _ head: AttentionHead, queries range: Range<Int>, numberParts: Int,
    scratch: UnsafeMutablePointer<Float>
  ) {
    TileAttention(head, range, numberParts: numberParts, scratch).attend()
  }
}
#endif
