extension AttentionHead {
  /// Asks, while a panel of queries meets some of a part of the keys, for its share of what is needed
  /// next: what the next head reads, as its tokens usually begin where those of this one end, and the
  /// lines that the results of the panel go to.
  ///
  /// - Parameters:
  ///   - strip: The keys that the panel meets now.
  ///   - part: The part of the keys.
  ///   - range: The queries of the panel.
  ///   - width: The queries of a whole panel.
  @inlinable @inline(__always)
  func prefetch(strip: Range<Int>, of part: Range<Int>, queries range: Range<Int>, width: Int) {
    func prefetchToken(_ start: UnsafeRawPointer) {
      prefetchToL2(start, lines: (size + 15) / 16)
    }
    let (panel, panels) = (range.lowerBound / width, (queries + width - 1) / width)
    let first = strip.lowerBound + strip.count * panel / panels
    for key in first..<strip.lowerBound + strip.count * (panel + 1) / panels {
      prefetchToken(self.key.start(place(key)) + size)
      prefetchToken(value.start(place(key)) + size)
    }
    func query(_ key: Int) -> Int {
      range.lowerBound + (key - part.lowerBound) * range.count / part.count
    }
    for query in query(strip.lowerBound)..<query(strip.upperBound) {
      if part.lowerBound == 0 { prefetchToken(self.query.start(query) + size) }
      if part.upperBound == keys { prefetchToken(result.place(token: query)) }
    }
  }
}
