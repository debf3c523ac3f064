/// One head of scaled dot-product attention: `softmax(scale · q kᵀ) v`.
public struct AttentionHead: @unchecked Sendable {
  /// The first query, key and value.
  public var query, key, value: UnsafePointer<Float>
  /// The distances between tokens, in elements.
  public var queryStride, keyStride, valueStride: Int
  /// The numbers of queries and of keys.
  public var queries, keys: Int
  /// The number of elements of a query, key or value.
  public var size: Int
  /// What the scores are multiplied with.
  public var scale: Float
  /// Where the results go: rows of all heads, of them the one of the first query, and of that the
  /// first column.
  public var destination: RowDestination, row: Int, column: Int

  /// A head of `queries` × `keys`, each token of `size` elements, whose results go to `destination`.
  @inlinable
  public init(
    query: UnsafePointer<Float>, key: UnsafePointer<Float>, value: UnsafePointer<Float>,
    queryStride: Int, keyStride: Int, valueStride: Int, queries: Int, keys: Int, size: Int,
    scale: Float, destination: RowDestination, row: Int, column: Int
  ) {
    (self.query, self.key, self.value) = (query, key, value)
    (self.queryStride, self.keyStride, self.valueStride) = (queryStride, keyStride, valueStride)
    (self.queries, self.keys, self.size, self.scale) = (queries, keys, size, scale)
    (self.destination, self.row, self.column) = (destination, row, column)
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
      + productsScratch(isa, rows: block, keys: keys, size: size)
      + block * (keys + 2 * size + 1)
  }

  /// Computes the results of the queries of `range`.
  ///
  /// Keys and values are packed once; then a block of queries at a time gets its scores, the
  /// weights in their place, and its results, so that the scores never leave the L2 cache. The
  /// results are divided by the sum of the weights, which are more than they.
  ///
  /// Where the results are rounded to bfloat16, so are queries, keys, values and weights.
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
    let (width, form) = (panelWidth(isa), head.destination.form)
    let (keyPanels, valuePanels) = (panels(isa, head.keys), panels(isa, head.size))
    let block = min(queryBlock(keys: head.keys), head.queries)
    let packedKeys = scratch
    let packedValues = packedKeys + keyPanels * width * head.size
    let products = packedValues + valuePanels * width * head.keys
    let scores =
      products + productsScratch(isa, rows: block, keys: head.keys, size: head.size)
    let queries = scores + block * head.keys
    let results = queries + block * head.size
    let inverses = results + block * head.size
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
    if form == .rounded {
      let count = (keyPanels * head.size + valuePanels * head.keys) * width
      I.map(packedKeys, packedKeys, count) { I.roundedToBFloat16($0) }
    }
    var first = range.lowerBound
    while first < range.upperBound {
      let count = min(block, range.upperBound - first)
      I.write(
        head.query + first * head.queryStride, stride: head.queryStride, rows: 0..<count,
        columns: head.size, to: RowDestination(queries, stride: head.size, form: form))
      compute(
        isa,
        Product(
          a: queries, aStride: head.size, b: packedKeys, depth: head.size, columns: head.keys,
          output: scores, outputStride: head.keys), rows: 0..<count, panels: 0..<keyPanels,
        scratch: products)
      for row in 0..<count {
        let weights = scores + row * head.keys
        inverses[row] = 1 / I.weights(weights, into: weights, count: head.keys, scale: head.scale)
        if form == .rounded {
          I.map(weights, weights, head.keys) { I.roundedToBFloat16($0) }
        }
      }
      compute(
        isa,
        Product(
          a: scores, aStride: head.keys, b: packedValues, depth: head.keys, columns: head.size,
          output: results, outputStride: head.size), rows: 0..<count, panels: 0..<valuePanels,
        scratch: products)
      for row in 0..<count {
        let inverse = I.all(inverses[row])
        let result = results + row * head.size
        I.map(result, result, head.size) { I.multiply($0, inverse) }
        let target = head.destination.place(row: head.row + first + row, column: head.column)
        I.write(
          result, stride: 0, rows: 0..<1, columns: head.size,
          to: RowDestination(target, stride: 0, form: form))
      }
      first += count
    }
  }
}
