/// A set of texts that finds which of them begin at a place of another text.
///
/// The texts are sorted, so those with the same beginning are neighbours. Each further byte narrows
/// the range of them by a binary search.
struct PieceIndex: Sendable {
  /// The bytes of all texts, in their order.
  private let bytes: [UInt8]
  /// The position of each text in `bytes`, and the end of the last one.
  private let starts: [Int]
  /// The id of each text.
  private let ids: [Int]

  /// Whether there is no text.
  var isEmpty: Bool { ids.isEmpty }

  /// Sorts texts, none of which is empty.
  ///
  /// - Throws: A defect that names a text that is there twice.
  init(_ pieces: [(text: [UInt8], id: Int)]) throws(TokenizerDefinition.Defect) {
    let sorted = pieces.sorted { $0.text.lexicographicallyPrecedes($1.text) }
    for (piece, next) in zip(sorted, sorted.dropFirst()) where piece.text == next.text {
      let name = String(decoding: piece.text, as: UTF8.self).debugDescription
      throw .init(reason: "\(name) is there twice, as \(piece.id) and as \(next.id)")
    }
    ids = sorted.map(\.id)
    bytes = sorted.flatMap(\.text)
    starts = sorted.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.text.count) }
  }

  /// Calls `body` with each text that begins at a place, the shortest first.
  func forEachMatch(
    in text: [UInt8], at place: Int, _ body: (_ id: Int, _ length: Int) -> Void
  ) {
    var (low, high) = (0, ids.count)
    for depth in 0..<text.count - place {
      // All texts in the range agree so far, and none of them ends here: one that does would be the
      // first, and was reported and removed.
      let byte = text[place + depth]
      low = first(in: low..<high) { bytes[starts[$0] + depth] >= byte }
      high = first(in: low..<high) { bytes[starts[$0] + depth] > byte }
      guard low < high else { return }
      if starts[low + 1] - starts[low] == depth + 1 {
        body(ids[low], depth + 1)
        low += 1
      }
    }
  }

  /// The longest text that begins at a place.
  func longestMatch(in text: [UInt8], at place: Int) -> (id: Int, length: Int)? {
    var longest: (id: Int, length: Int)?
    forEachMatch(in: text, at: place) { longest = ($0, $1) }
    return longest
  }

  /// The first position in a range that fulfils a condition; all positions after it must fulfil it
  /// too.
  private func first(in range: Range<Int>, where condition: (Int) -> Bool) -> Int {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if condition(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
