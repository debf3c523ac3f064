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
      strip += count * head.size
      key += count
    }
  }

  /// Copies the values to strips: some neighbouring elements of each key, one key after the other.
  @inlinable @inline(__always)
  static func packValues(_ head: AttentionHead, into packed: UnsafeMutablePointer<Float>) {
    for key in 0..<head.keys {
      let value = head.value.start(head.place(key))
      var place = 0
      while place + rows <= head.size {
        (packed + place * head.keys + key * rows).update(from: value + place, count: rows)
        place += rows
      }
      while place < head.size {
        let count = stripRows(head.size - place)
        let strip = packed + place * head.keys + key * count
        for i in 0..<count { strip[i] = value[place + i] }
        place += count
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
