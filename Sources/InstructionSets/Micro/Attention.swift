extension Tile {
  /// The elements of scratch that `attend` needs.
  @inlinable @inline(__always)
  public static func attentionScratch<I: InstructionSet>(
    _ isa: I.Type, queries: Int, keys: Int, size: Int
  ) -> Int {
    AttentionSpace(
      width: panelWidth(isa), rows: rows, queries: queries, keys: keys, size: size
    ).count
  }

  /// Computes the results of the queries of `range`.
  ///
  /// Keys and values are packed once. Then each panel of a block of queries meets a part of the keys
  /// at a time: it gets their scores, their weights relative to the largest score so far, and the
  /// weighted sum of their values, which joins that of the parts before.
  ///
  /// Where the results are rounded to bfloat16, so are queries, keys, values and weights.
  ///
  /// A lane is a query, and parts depend on the number of keys alone; so does the result of a query
  /// on which others it is computed with. A panel whose queries see a window of the keys takes no
  /// other strips.
  ///
  /// - Parameters:
  ///   - isa: The instruction set.
  ///   - head: The whole head.
  ///   - range: The queries to compute.
  ///   - scratch: As many elements as `attentionScratch` says.
  @inlinable @inline(__always)
  public static func attend<I: InstructionSet>(
    _ isa: I.Type, _ head: AttentionHead, queries range: Range<Int>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    let width = panelWidth(isa)
    let space = AttentionSpace(
      width: width, rows: rows, queries: head.queries, keys: head.keys, size: head.size)
    packKeys(isa, head, into: scratch)
    packValues(isa, head, into: scratch + space.values)
    // What takes two terms in an element rounds when it packs.
    let rounds = head.result.rows.layout == .rounded && I.termsPerElement == 1
    if rounds { I.map(scratch, scratch, space.scores) { I.roundedToBFloat16($0) } }
    for first in stride(from: range.lowerBound, to: range.upperBound, by: space.panels * width) {
      let block = first..<min(first + space.panels * width, range.upperBound)
      forEachPanel(isa, of: block, space, scratch) { queries, panel in
        packQueries(isa, head, queries: queries, into: panel)
        if rounds { I.map(panel, panel, space.panelSize) { I.roundedToBFloat16($0) } }
        let results = panel + space.panelSize
        if head.keys == 0 { results.update(repeating: 0, count: space.panelSize) }
        // Largest scores and sums of weights.
        (results + space.panelSize).update(repeating: -.greatestFiniteMagnitude, count: width)
        (results + space.panelSize + width).update(repeating: 0, count: width)
      }
      for key in stride(from: 0, to: head.keys, by: space.part) {
        let part = key..<min(key + space.part, head.keys)
        forEachPanel(isa, of: block, space, scratch) { queries, panel in
          let seen = head.keys(seenBy: queries, stripRows: rows)
          let keys = seen.clamped(to: part)
          if keys.isEmpty { return }
          attend(
            isa, head, queries: queries, panel, keys: keys, continues: seen.lowerBound < key, space,
            scratch)
        }
      }
      forEachPanel(isa, of: block, space, scratch) { queries, panel in
        finish(isa, head, queries: queries, panel + space.panelSize)
      }
    }
  }

  /// Calls `body` with the queries of each panel and its place.
  @inlinable @inline(__always)
  static func forEachPanel<I: InstructionSet>(
    _ isa: I.Type, of block: Range<Int>, _ space: AttentionSpace,
    _ scratch: UnsafeMutablePointer<Float>,
    _ body: (Range<Int>, UnsafeMutablePointer<Float>) -> Void
  ) {
    var panel = scratch + space.panel
    for first in stride(from: block.lowerBound, to: block.upperBound, by: panelWidth(isa)) {
      body(first..<min(first + panelWidth(isa), block.upperBound), panel)
      panel += space.panelStride
    }
  }

  /// Takes some keys of a part into the results of a panel, the first ones or more of them.
  @inlinable @inline(__always)
  static func attend<I: InstructionSet>(
    _ isa: I.Type, _ head: AttentionHead, queries: Range<Int>, _ panel: UnsafeMutablePointer<Float>,
    keys: Range<Int>, continues: Bool, _ space: AttentionSpace,
    _ scratch: UnsafeMutablePointer<Float>
  ) {
    let width = panelWidth(isa)
    let scores = scratch + space.scores
    var key = keys.lowerBound
    while key < keys.upperBound {
      let count = stripRows(keys.upperBound - key)
      head.prefetch(strip: key..<key + count, of: keys, queries: queries, width: width)
      addTile(
        isa, rows: count, scratch + key * I.elementCount(head.size), panel: panel,
        depth: I.elementCount(head.size),
        continues: false, into: scores + (key - keys.lowerBound) * width)
      key += count
    }
    var scale = head.scale
    if let bias = head.bias {
      packBias(
        isa, head, bias + queries.lowerBound * head.biasStride, queries: queries.count, keys: keys,
        into: scratch + space.bias, chosen: scratch + space.chosenBias)
      I.addBias(scratch + space.bias, to: scores, count: keys.count * width, scale: scale)
      scale = 1
    }
    if let window = head.window {
      leaveOut(isa, beyond: window, of: queries.lowerBound, keys: keys, in: scores)
    }
    let results = panel + space.panelSize
    let largest = results + space.panelSize
    let total = largest + width
    let partResults = continues ? scratch + space.results : results
    // What earlier results are multiplied with, as the largest score is another now.
    var factors = InlineArray<columns, I.F32>(repeating: .zero)
    for j in 0..<columns {
      let lanes = j * I.width
      let before = I.load(largest + lanes)
      let now = I.weigh(
        scores + lanes, stride: width, count: keys.count, scale: scale, largest: before)
      let factor = I.expOfBounded(I.multiply(I.subtract(before, now.largest), I.all(scale)))
      factors[unchecked: j] = factor
      I.store(now.largest, largest + lanes)
      I.store(I.multiplyAdd(I.load(total + lanes), factor, now.total), total + lanes)
    }
    if I.termsPerElement > 1 {
      packWeights(isa, scores, keys: keys.count)
    } else if head.result.rows.layout == .rounded {
      I.map(scores, scores, keys.count * width) { I.roundedToBFloat16($0) }
    }
    var place = 0
    while place < head.size {
      let count = stripRows(head.size - place)
      addTile(
        isa, rows: count,
        scratch + space.values + place * I.elementCount(head.keys)
          + I.elementCount(keys.lowerBound) * count,
        panel: scores, depth: I.elementCount(keys.count), continues: false,
        into: partResults + place * width)
      place += count
    }
    guard continues else { return }
    for row in stride(from: 0, to: space.panelSize, by: width) {
      for j in 0..<columns {
        let i = row + j * I.width
        I.store(
          I.multiplyAdd(I.load(results + i), factors[unchecked: j], I.load(partResults + i)),
          results + i)
      }
    }
  }

  /// Makes the scores of keys minus infinity that are farther than `window` places from a query.
  ///
  /// Only rows near both ends of what a panel sees have such scores.
  ///
  /// - Parameters:
  ///   - isa: The instruction set.
  ///   - window: The largest distance that counts.
  ///   - query: The query of the first lane; the next lanes are the ones behind it.
  ///   - keys: The keys, a row of scores each.
  ///   - scores: The scores of the first key.
  @inlinable @inline(__always)
  static func leaveOut<I: InstructionSet>(
    _ isa: I.Type, beyond window: Int, of query: Int, keys: Range<Int>,
    in scores: UnsafeMutablePointer<Float>
  ) {
    let width = panelWidth(isa)
    // Numbers of tokens are far below 2²⁴, up to which those of 32 bits are exact.
    let (farthest, lowest) = (I.all(Float(window)), I.all(-Float(window)))
    let nothing = I.all(-.infinity)
    for key in keys where key < query + width - 1 - window || key > query + window {
      for lanes in stride(from: 0, to: width, by: I.width) {
        let distance = I.add(I.laneNumbers, I.all(Float(query + lanes - key)))
        let place = scores + (key - keys.lowerBound) * width + lanes
        let near = I.choose(nothing, where: farthest, isLess: distance, else: I.load(place))
        I.store(I.choose(nothing, where: distance, isLess: lowest, else: near), place)
      }
    }
  }

  /// Divides the results of a panel by the sums of their weights, and writes them to the output.
  @inlinable @inline(__always)
  static func finish<I: InstructionSet>(
    _ isa: I.Type, _ head: AttentionHead, queries: Range<Int>,
    _ results: UnsafeMutablePointer<Float>
  ) {
    let width = panelWidth(isa)
    let totals = results + head.size * width + width
    let count = min(head.size, I.width)
    for lanes in stride(from: 0, to: queries.count, by: I.width) {
      // Without a key all is zero; else the largest score alone has a weight of one.
      let total = I.larger(I.all(.leastNormalMagnitude), I.load(totals + lanes))
      let factor = I.divide(I.all(1), total)
      var place = 0
      while place < head.size {
        // The last square takes some elements again, to be whole.
        place = min(place, head.size - count)
        I.transpose { row in
          I.multiply(I.load(results + (place + min(row, count - 1)) * width + lanes), factor)
        } store: { lane, vector in
          guard lanes + lane < queries.count else { return }
          let target = head.result.place(token: queries.lowerBound + lanes + lane, column: place)
          if count == I.width {
            I.store(vector, target, as: head.result.rows.layout)
          } else {
            I.storePart(vector, target, as: head.result.rows.layout, count: count)
          }
        }
        place += I.width
      }
    }
  }
}
