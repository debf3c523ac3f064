/// Texts by what they begin with: which of them stand at a place of another text.
///
/// The texts are sorted, so those that share a beginning are neighbours, and each further byte
/// narrows the range of them by a binary search.
struct PieceIndex: Sendable {
  /// All texts one after the other, in their order.
  private let bytes: [UInt8]
  /// Where each text begins, and where the last one ends.
  private let starts: [Int]
  /// The number that goes with each text.
  private let ids: [Int]

  /// Whether there is no text.
  var isEmpty: Bool { ids.isEmpty }

  /// Sorts texts, none of which is empty.
  ///
  /// - Throws: Which of them is there twice.
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

  /// Calls `body` with each text that stands at a place, the shortest first.
  func forEachMatch(
    in text: [UInt8], at place: Int, _ body: (_ id: Int, _ length: Int) -> Void
  ) {
    var (low, high) = (0, ids.count)
    for depth in 0..<text.count - place {
      // All texts in the range agree with this one so far; a shorter one would have been the first,
      // and is behind us.
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

  /// The longest text that stands at a place.
  func longestMatch(in text: [UInt8], at place: Int) -> (id: Int, length: Int)? {
    var longest: (id: Int, length: Int)?
    forEachMatch(in: text, at: place) { longest = ($0, $1) }
    return longest
  }

  /// The first position in a range that fulfils a condition which all later ones fulfil too.
  private func first(in range: Range<Int>, where condition: (Int) -> Bool) -> Int {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if condition(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
