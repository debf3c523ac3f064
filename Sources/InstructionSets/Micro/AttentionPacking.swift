// Keys and values in strips, queries in panels: scores are then `keys · queriesᵀ`, and results
// `valuesᵀ · weights`, where the scores of a panel are a panel already, as their tiles leave them.
extension Tile {
  /// Copies the keys to strips: of some keys at a time the elements of a place side by side.
  ///
  /// Up to a vector behind the last strip is overwritten.
  @inlinable @inline(__always)
  static func packKeys<I: InstructionSet>(
    _ isa: I.Type, _ head: AttentionHead, into packed: UnsafeMutablePointer<Float>
  ) {
    var (key, strip) = (0, packed)
    while key < head.keys {
      let count = stripRows(head.keys - key)
      var starts = InlineArray<rows, UnsafePointer<Float>>(repeating: head.key.start(0))
      // Two loops: of one that asks each time, the compiler makes masked loads from a null pointer,
      // which processors allow and emulators do not.
      if let places = head.places {
        for i in 0..<count { starts[unchecked: i] = head.key.start(places[key + i]) }
      } else {
        for i in 0..<count { starts[unchecked: i] = head.key.start(key + i) }
      }
      packStrip(isa, starts, at: 0, rows: count, terms: head.size, into: strip)
      strip += count * I.elementCount(head.size)
      key += count
    }
  }

  /// Copies the values to strips: some neighbouring elements of each key, one key after the other,
  /// or of both keys that an element holds.
  @inlinable @inline(__always)
  static func packValues<I: InstructionSet>(
    _ isa: I.Type, _ head: AttentionHead, into packed: UnsafeMutablePointer<Float>
  ) {
    let keys = I.elementCount(head.keys)
    for pair in 0..<keys {
      let key = pair * I.termsPerElement
      let value = head.value.start(head.place(key))
      // The second of two keys may not be there.
      let next =
        I.termsPerElement > 1 && key + 1 < head.keys
        ? head.value.start(head.place(key + 1)) : nil
      var place = 0
      while place < head.size {
        let count = stripRows(head.size - place)
        let strip = packed + place * keys + pair * count
        // A whole strip has a constant count.
        if count == rows {
          copy(isa, value + place, next.map { $0 + place }, count: rows, into: strip)
        } else {
          copy(isa, value + place, next.map { $0 + place }, count: count, into: strip)
        }
        place += count
      }
    }
  }

  /// Copies the elements of `count` columns of a value, and of the next one if they hold both.
  @inlinable @inline(__always)
  static func copy<I: InstructionSet>(
    _ isa: I.Type, _ value: UnsafePointer<Float>, _ next: UnsafePointer<Float>?, count: Int,
    into strip: UnsafeMutablePointer<Float>
  ) {
    if I.termsPerElement == 1 { return strip.update(from: value, count: count) }
    for i in stride(from: 0, to: count, by: I.width) {
      let rest = min(count - i, I.width)
      func load(_ value: UnsafePointer<Float>) -> I.F32 {
        I.loadPart(value + i, count: rest, padding: 0)
      }
      I.storePart(I.elements(load(value), next.map(load) ?? .zero), strip + i, count: rest)
    }
  }

  /// Turns the weights of a panel, a row for each key, into elements that hold two keys: a row for
  /// each two.
  @inlinable @inline(__always)
  static func packWeights<I: InstructionSet>(
    _ isa: I.Type, _ weights: UnsafeMutablePointer<Float>, keys: Int
  ) {
    let width = panelWidth(isa)
    for key in stride(from: 0, to: keys, by: I.termsPerElement) {
      let row = weights + key * width
      for lanes in stride(from: 0, to: width, by: I.width) {
        let next = key + 1 < keys ? I.load(row + width + lanes) : .zero
        I.store(
          I.elements(I.load(row + lanes), next), weights + key / I.termsPerElement * width + lanes)
      }
    }
  }

  /// Copies a panel of queries.
  @inlinable @inline(__always)
  static func packQueries<I: InstructionSet>(
    _ isa: I.Type, _ head: AttentionHead, queries range: Range<Int>,
    into packed: UnsafeMutablePointer<Float>
  ) {
    pack(
      isa,
      PackingSource(
        elements: head.query.start(range.lowerBound), depthStride: 1,
        columnStride: head.query.rows.stride, depth: head.size, columns: range.count),
      panels: 0..<1,
      into: packed)
  }

  /// Packs the biases of a panel of queries for some keys, like scores: a row for each key.
  ///
  /// Elements have to be single terms; `attention` gives heads with a bias to the kernels of f32.
  ///
  /// - Parameters:
  ///   - isa: The instruction set.
  ///   - head: The whole head, which has a bias.
  ///   - bias: The bias of the first query.
  ///   - queries: The number of queries.
  ///   - keys: The keys.
  ///   - packed: Where the rows go.
  ///   - chosen: Room for a row for each query.
  @inlinable @inline(__always)
  static func packBias<I: InstructionSet>(
    _ isa: I.Type, _ head: AttentionHead, _ bias: UnsafePointer<Float>, queries: Int,
    keys: Range<Int>, into packed: UnsafeMutablePointer<Float>,
    chosen: UnsafeMutablePointer<Float>
  ) {
    var source = PackingSource(
      elements: bias + keys.lowerBound, depthStride: 1, columnStride: head.biasStride,
      depth: keys.count, columns: queries)
    if let places = head.places {
      for query in 0..<queries {
        for (i, key) in keys.enumerated() {
          chosen[query * keys.count + i] = bias[query * head.biasStride + places[key]]
        }
      }
      (source.elements, source.columnStride) = (UnsafePointer(chosen), keys.count)
    }
    pack(isa, source, panels: 0..<1, into: packed)
  }
}
