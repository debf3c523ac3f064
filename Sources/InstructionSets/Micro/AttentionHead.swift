/// One head of scaled dot-product attention: `softmax(scale · q kᵀ) v`.
public struct AttentionHead: @unchecked Sendable {
  /// The first query, key, value and where the result of the first query goes.
  public var query, key, value: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>
  /// The distances between tokens, in elements.
  public var queryStride, keyStride, valueStride, outputStride: Int
  /// The numbers of queries and of keys.
  public var queries, keys: Int
  /// The number of elements of a query, key or value.
  public var size: Int
  /// What the scores are multiplied with.
  public var scale: Float
  /// Where the result goes if not to `output`: rows of all heads, and of them the place of the
  /// first query and the first column.
  public var destination: (rows: RowDestination, row: Int, column: Int)?

  /// A head of `queries` × `keys`, each token of `size` elements.
  @inlinable
  public init(
    query: UnsafePointer<Float>, key: UnsafePointer<Float>, value: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>, queryStride: Int, keyStride: Int, valueStride: Int,
    outputStride: Int, queries: Int, keys: Int, size: Int, scale: Float
  ) {
    (self.query, self.key, self.value, self.output) = (query, key, value, output)
    (self.queryStride, self.keyStride) = (queryStride, keyStride)
    (self.valueStride, self.outputStride) = (valueStride, outputStride)
    (self.queries, self.keys, self.size, self.scale) = (queries, keys, size, scale)
    destination = nil
  }
}

extension Tile {
  /// The queries whose scores are held at once: what fits in half of a small L2 cache.
  @inlinable @inline(__always)
  static func queryBlock(keys: Int) -> Int {
    max(rows, (256 * 1024 / 4 / max(keys, 1)) / rows * rows)
  }

  /// The elements of scratch that either product of a block of queries needs.
  @inlinable @inline(__always)
  static func productsScratch<I: InstructionSet>(
    _ isa: I.Type, rows: Int, keys: Int, size: Int
  ) -> Int {
    max(
      productScratch(isa, rows: rows, depth: size, columns: keys),
      productScratch(isa, rows: rows, depth: keys, columns: size))
  }

  /// The elements of scratch that `attend` needs.
  @inlinable @inline(__always)
  public static func attentionScratch<I: InstructionSet>(
    _ isa: I.Type, queries: Int, keys: Int, size: Int
  ) -> Int {
    let width = panelWidth(isa)
    let block = min(queryBlock(keys: keys), queries)
    return panels(isa, keys) * width * size + panels(isa, size) * width * keys
      + productsScratch(isa, rows: block, keys: keys, size: size) + block * keys
  }

  /// Computes the results of the queries of `range`.
  ///
  /// Keys and values are packed once; then a block of queries at a time gets its scores, their
  /// softmax, and its results, so that the scores never leave the L2 cache.
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
    let (keyPanels, valuePanels) = (panels(isa, head.keys), panels(isa, head.size))
    let packedKeys = scratch
    let packedValues = packedKeys + keyPanels * width * head.size
    let tile = packedValues + valuePanels * width * head.keys
    let scores =
      tile
      + productsScratch(
        isa, rows: min(queryBlock(keys: head.keys), head.queries), keys: head.keys, size: head.size)
    pack(
      isa,
      PackingSource(
        elements: head.key, depthStride: 1, columnStride: head.keyStride, depth: head.size,
        columns: head.keys), panels: 0..<keyPanels, into: packedKeys)
    pack(
      isa,
      PackingSource(
        elements: head.value, depthStride: head.valueStride, columnStride: 1, depth: head.keys,
        columns: head.size), panels: 0..<valuePanels, into: packedValues)
    let block = queryBlock(keys: head.keys)
    var first = range.lowerBound
    while first < range.upperBound {
      let count = min(block, range.upperBound - first)
      compute(
        isa,
        Product(
          a: head.query + first * head.queryStride, aStride: head.queryStride, b: packedKeys,
          depth: head.size, columns: head.keys, output: scores, outputStride: head.keys),
        rows: 0..<count, panels: 0..<keyPanels, scratch: tile)
      for row in 0..<count {
        let score = scores + row * head.keys
        I.softmax(score, into: score, count: head.keys, scale: head.scale)
      }
      compute(
        isa,
        Product(
          a: scores, aStride: head.keys, b: packedValues, depth: head.keys, columns: head.size,
          output: head.output + first * head.outputStride, outputStride: head.outputStride),
        rows: 0..<count, panels: 0..<valuePanels, scratch: tile)
      first += count
    }
  }
}
