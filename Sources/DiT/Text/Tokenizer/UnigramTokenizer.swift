internal import Foundation
internal import Tensor

/// The tokenizer of T5: a Unigram model of SentencePiece, and special tokens.
///
/// Special tokens, such as `</s>`, are found first. The text between them is normalized
/// (`TextNormalizer`) and cut into pieces (`UnigramModel`), and the end token is added. The tokens
/// are those of `transformers`' `T5Tokenizer` on top of SentencePiece.
///
/// Reference: Kudo and Richardson, [SentencePiece](https://arxiv.org/abs/1808.06226), 2018.
public struct UnigramTokenizer: Sendable {
  /// The file it was read from.
  public let path: String
  /// One more than the largest id.
  public let vocabularySize: Int
  /// The id of the end token.
  public let endID: Int
  /// The id of the padding token.
  public let paddingID: Int
  /// A hash of all that affects the ids: the same for both formats of a model, and different for
  /// different models.
  public let fingerprint: String
  private let normalizer: TextNormalizer
  private let model: UnigramModel
  private let specialTokens: PieceIndex

  /// Reads a tokenizer.
  ///
  /// - Parameter path: A `spiece.model` of SentencePiece, a `tokenizer.json`, or a folder with one
  ///   of them; where it has both, the first is read.
  /// - Throws: `ModelError` where there is no file, or it is damaged or needs what is not
  ///   supported.
  public init(path: String) throws(ModelError) {
    let file = try Self.file(path)
    let bytes: [UInt8]
    do { bytes = try contents(ofFile: file) } catch { throw .unreadable(file: file) }
    if let found = foreignFormat(of: bytes) {
      throw .malformed(file: file, reason: "no tokenizer; it is \(found)")
    }
    try self.init(bytes, path: file, sentinels: try Self.sentinels(beside: file))
  }

  /// Reads a tokenizer from a file's bytes.
  ///
  /// The first byte tells the format.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - path: Its path, for errors to name.
  ///   - sentinels: The number of special tokens that T5 has behind the vocabulary of a
  ///     `spiece.model`.
  /// - Throws: `ModelError` where the file is damaged or needs what is not supported.
  package init(_ bytes: [UInt8], path: String, sentinels: Int = 100) throws(ModelError) {
    let definition =
      bytes.first == UInt8(ascii: "{")
      ? try TokenizerDefinition(tokenizerFile: bytes, file: path)
      : try TokenizerDefinition(sentencePiece: bytes, file: path, sentinels: sentinels)
    do { try self.init(definition, path: path) } catch {
      throw .malformed(file: path, reason: error.reason)
    }
  }

  private init(
    _ definition: TokenizerDefinition, path: String
  ) throws(TokenizerDefinition.Defect) {
    let pieces = definition.pieces
    func id(_ name: String) throws(TokenizerDefinition.Defect) -> Int {
      let text = Array(name.utf8)
      guard
        let id = definition.specialTokens.first(where: { $0.text == text })?.id
          ?? pieces.firstIndex(where: { $0.text == text })
      else { throw .init(reason: "it has no token '\(name)'") }
      return id
    }
    self.path = path
    model = try UnigramModel(definition)
    specialTokens = try PieceIndex(definition.specialTokens)
    endID = try id(definition.endToken)
    paddingID = try id(definition.paddingToken)
    vocabularySize = max(pieces.count, (definition.specialTokens.map(\.id).max() ?? 0) + 1)
    let map: CharacterMap?
    do throws(CharacterMap.Defect) {
      map = definition.map.isEmpty ? nil : try CharacterMap(definition.map)
    } catch { throw .init(reason: error.reason) }
    normalizer = TextNormalizer(
      map: map,
      kept: try PieceIndex(
        pieces.indices.filter { pieces[$0].kind == .userDefined }.map { (pieces[$0].text, $0) }),
      addsDummyPrefix: definition.addsDummyPrefix,
      removesExtraSpaces: definition.removesExtraSpaces, escapesSpaces: definition.escapesSpaces)
    fingerprint = definition.fingerprint
  }

  /// The tokenizer's file: the path itself, or the one in that folder.
  private static func file(_ path: String) throws(ModelError) -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
      isFolder.boolValue
    else { return path }
    let names = ["spiece.model", "tokenizer.json"]
    guard let name = names.first(where: { hasFile("\(path)/\($0)") }) else {
      throw .missing(folder: path, files: names)
    }
    return "\(path)/\(name)"
  }

  /// The number of special tokens behind the vocabulary, from the `tokenizer_config.json` beside a
  /// file.
  private static func sentinels(beside file: String) throws(ModelError) -> Int {
    struct Settings: Decodable {
      let extraIds: Int?
    }
    let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
    let path = folder + "tokenizer_config.json"
    guard hasFile(path) else { return 100 }
    let settings: Settings = try FileSettings.decoded(path: path)
    return try FileSettings(file: path).number(
      "extra_ids", settings.extraIds, else: 100, in: 0...10_000)
  }

  /// Cuts a text into tokens.
  ///
  /// - Parameters:
  ///   - text: The text, which may be empty.
  ///   - limit: The most tokens, the end token included, at least one; nil for no limit.
  /// - Returns: The ids, and the end of the text that exceeds the limit.
  public func tokenize(_ text: String, limit: Int? = nil) -> TokenizedText {
    check(limit ?? 1 > 0, "tokenizer: a limit of \(limit ?? 0) tokens has no room for the end")
    let bytes = Array(text.utf8)
    let tokens = tokens(bytes)
    guard let limit, tokens.count >= limit else {
      return TokenizedText(ids: tokens.map(\.id) + [endID], droppedText: nil)
    }
    let dropped = String(decoding: bytes[tokens[limit - 1].origin...], as: UTF8.self)
    return TokenizedText(
      ids: tokens.prefix(limit - 1).map(\.id) + [endID],
      droppedText: dropped.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  /// The tokens of a text, without the end token, and the place of each in the text.
  private func tokens(_ text: [UInt8]) -> [(id: Int, origin: Int)] {
    var result: [(id: Int, origin: Int)] = []
    var (start, place) = (0, 0)
    func appendPieces(of range: Range<Int>) {
      let part = normalizer(text, in: range)
      result += model(part.bytes).map { ($0.id, part.origins[$0.start]) }
    }
    while place < text.count {
      if let (id, length) = specialTokens.longestMatch(in: text, at: place) {
        appendPieces(of: start..<place)
        result.append((id, place))
        place += length
        start = place
      } else {
        place += 1
      }
    }
    appendPieces(of: start..<text.count)
    return result
  }
}

/// A text as tokens.
public struct TokenizedText: Sendable, Equatable {
  /// The ids of the tokens, the end token last.
  public let ids: [Int]
  /// The end of the text that exceeds the limit of tokens; nil where nothing does.
  public let droppedText: String?
}

extension TokenizerDefinition {
  /// A hash of all that affects the ids.
  fileprivate var fingerprint: String {
    var tokens = Dictionary(
      pieces.enumerated().filter { $0.element.kind != .unused }.map { ($0.offset, $0.element) },
      uniquingKeysWith: { first, _ in first })
    for (text, id) in specialTokens where tokens[id]?.kind != .unknown {
      tokens[id] = Piece(text: text, score: 0, kind: .control)
    }
    var hash = SHA256()
    func append(_ bytes: [UInt8]) {
      withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { hash.update($0) }
      bytes.withUnsafeBytes { hash.update($0) }
    }
    for (id, token) in tokens.sorted(by: { $0.key < $1.key }) {
      let score = [.normal, .userDefined].contains(token.kind) ? token.score.bitPattern : 0
      append(
        [token.kind.rawValue] + withUnsafeBytes(of: UInt64(id).littleEndian, Array.init)
          + withUnsafeBytes(of: score.littleEndian, Array.init) + token.text)
    }
    append(map)
    append(Array(endToken.utf8))
    append(
      [addsDummyPrefix, removesExtraSpaces, escapesSpaces, fallsBackToBytes].map { $0 ? 1 : 0 })
    return hash.hexadecimal
  }
}
