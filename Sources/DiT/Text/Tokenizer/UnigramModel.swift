/// Cuts a normalized text into pieces of the vocabulary, those with the largest sum of scores.
///
/// Reference: Kudo, [Subword Regularization](https://arxiv.org/abs/1804.10959), 2018. Sums are
/// rounded to 32 bits, and of equal sums the first one wins, as in SentencePiece. This matters in
/// texts that repeat themselves, where many cuts have the same sum but for the rounding.
struct UnigramModel: Sendable {
  /// A token of a text.
  struct Token: Equatable {
    let id: Int
    /// The place in the normalized text where it begins.
    let start: Int
  }

  private let index: PieceIndex
  /// The score of each piece.
  private let scores: [Float]
  private let unknownID: Int
  private let unknownScore: Float
  /// The piece that stands for each byte; empty where the model does not fall back to bytes.
  private let byteIDs: [Int]

  /// - Throws: What is wrong with the vocabulary, in a sentence.
  init(_ definition: TokenizerDefinition) throws(TokenizerDefinition.Defect) {
    let pieces = definition.pieces
    let normal = pieces.lazy.filter { $0.kind == .normal }.map(\.score)
    guard let lowest = normal.min(), let highest = normal.max() else {
      throw .init(reason: "it has no pieces")
    }
    let unknown = pieces.indices.filter { pieces[$0].kind == .unknown }
    guard unknown.count == 1 else {
      throw .init(reason: "it has \(unknown.count) pieces for what is unknown, and must have one")
    }
    // As in SentencePiece, where the highest score is at least the smallest positive number.
    unknownID = unknown[0]
    unknownScore = lowest - 10
    let best = max(highest, .leastNormalMagnitude)
    scores = pieces.map {
      $0.kind == .userDefined ? Float($0.text.count) * best - 0.1 : $0.score
    }
    index = try PieceIndex(
      pieces.indices.filter { [.normal, .userDefined].contains(pieces[$0].kind) }
        .map { (pieces[$0].text, $0) })
    byteIDs = definition.fallsBackToBytes ? try Self.byteIDs(pieces) : []
  }

  /// The pieces `<0x00>` to `<0xFF>`.
  private static func byteIDs(
    _ pieces: [TokenizerDefinition.Piece]
  ) throws(TokenizerDefinition.Defect) -> [Int] {
    let ids = Dictionary(
      pieces.indices.lazy.filter { pieces[$0].kind == .byte }.map { (pieces[$0].text, $0) },
      uniquingKeysWith: { first, _ in first })
    var result: [Int] = []
    for byte in 0..<256 {
      let name = "<0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true) + ">"
      guard let id = ids[Array(name.utf8)] else {
        throw .init(reason: "it falls back to bytes, but has no piece '\(name)'")
      }
      result.append(id)
    }
    return result
  }

  /// The last piece of the best cut of a text up to a place.
  private struct Path {
    /// The place where the piece begins; nil where there is no such cut.
    var start: Int?
    var id = 0
    var score: Float = 0
  }

  /// Cuts a text.
  ///
  /// - Parameter text: A normalized text.
  /// - Returns: The tokens in their order. Unknown characters side by side are one token.
  /// - Complexity: The length of the text times that of the longest piece.
  func callAsFunction(_ text: [UInt8]) -> [Token] {
    var paths = [Path](repeating: Path(), count: text.count + 1)
    func extend(_ start: Int, _ length: Int, _ id: Int, _ score: Float) {
      let path = paths[start + length]
      if path.start == nil || score > path.score {
        paths[start + length] = Path(start: start, id: id, score: score)
      }
    }
    var start = 0
    while start < text.count {
      let length = min(Self.characterLength(text[start]), text.count - start)
      let score = paths[start].score
      var isCovered = false
      index.forEachMatch(in: text, at: start) { id, count in
        extend(start, count, id, scores[id] + score)
        if count == length { isCovered = true }
      }
      if !isCovered { extend(start, length, unknownID, unknownScore + score) }
      start += length
    }
    return tokens(paths, of: text)
  }

  /// The tokens of the best cut.
  private func tokens(_ paths: [Path], of text: [UInt8]) -> [Token] {
    var pieces: [(id: Int, range: Range<Int>)] = []
    var end = text.count
    while let start = paths[end].start {
      pieces.append((paths[end].id, start..<end))
      end = start
    }
    var result: [Token] = []
    for (id, range) in pieces.reversed() {
      if id != unknownID {
        result.append(Token(id: id, start: range.lowerBound))
      } else if !byteIDs.isEmpty {
        for place in range { result.append(Token(id: byteIDs[Int(text[place])], start: place)) }
      } else if result.last?.id != unknownID {
        result.append(Token(id: id, start: range.lowerBound))
      }
    }
    return result
  }

  /// The length of a character that begins with this byte; 1 where no character does.
  private static func characterLength(_ byte: UInt8) -> Int {
    byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
  }
}
