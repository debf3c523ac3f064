internal import Foundation

/// The parts of a `tokenizer.json` that say how a text is cut.
private struct TokenizerFile: Decodable {
  let addedTokens: [AddedToken]?
  let normalizer: Step?
  let preTokenizer: Step?
  let postProcessor: PostProcessor?
  let model: Model

  struct AddedToken: Decodable {
    let id: Int
    let content: String
    let singleWord: Bool?
    let normalized: Bool?
  }

  /// A step of the normalizer or the pre-tokenizer, or a sequence of steps.
  struct Step: Decodable {
    let type: String
    let normalizers, pretokenizers: [Step]?
    let precompiledCharsmap: String?
    let replacement: String?
    let prependScheme: String?
    let addPrefixSpace: Bool?
    let stripRight: Bool?
    let pattern: [String: String]?
    let content: String?

    /// The steps of a sequence, or the step itself; a sequence within a sequence is not opened.
    var steps: [Step] { type == "Sequence" ? normalizers ?? pretokenizers ?? [] : [self] }
  }

  struct PostProcessor: Decodable {
    let type: String
    let single: [[String: Item]]?

    struct Item: Decodable {
      let id: String
    }
  }

  struct Model: Decodable {
    let type: String?
    let unkId: Int?
    let vocab: [Entry]
    let byteFallback: Bool?
  }

  /// A piece and its score.
  struct Entry: Decodable {
    let text: String
    let score: Double

    init(from decoder: any Decoder) throws {
      var container = try decoder.unkeyedContainer()
      text = try container.decode(String.self)
      score = try container.decode(Double.self)
    }
  }
}

extension TokenizerDefinition {
  /// Reads a `tokenizer.json` of Hugging Face's tokenizers that holds a Unigram model of
  /// SentencePiece.
  ///
  /// Its steps must be those that stand for SentencePiece's. They are checked, and then
  /// SentencePiece's own are used, so that both formats of a model give the same tokens.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - file: Its path, for errors to name.
  /// - Throws: `ModelError` where it is not such a file, or needs what is not supported.
  init(tokenizerFile bytes: [UInt8], file: String) throws(ModelError) {
    self.init()
    let content: TokenizerFile = try FileSettings.decoded(Data(bytes), path: file)
    let settings = FileSettings(file: file)
    let model = content.model
    let type = model.type ?? "Unigram"
    try settings.require(type == "Unigram", "model.type", type, "Unigram")
    guard let unknown = model.unkId, model.vocab.indices.contains(unknown) else {
      throw .value(
        file: file, key: "model.unk_id", expected: "the id of a piece",
        found: model.unkId.map(String.init) ?? "nothing")
    }
    try readNormalizer(content.normalizer, settings)
    try checkPreTokenizer(content.preTokenizer, settings)
    try readEnd(content.postProcessor, settings)
    fallsBackToBytes = model.byteFallback ?? false
    for token in content.addedTokens ?? [] {
      let key = "added_tokens[\(token.content.debugDescription)]"
      try settings.require(
        (0..<Self.pieceLimit).contains(token.id), "\(key).id", token.id,
        "0 to \(Self.pieceLimit - 1)")
      try settings.require(token.singleWord != true, "\(key).single_word", true, "false")
      try settings.require(token.normalized != true, "\(key).normalized", true, "false")
      try settings.require(!token.content.isEmpty, "\(key).content", "empty", "a text")
      specialTokens.append((Array(token.content.utf8), token.id))
    }
    let special = Set(specialTokens.map(\.id))
    for (id, entry) in model.vocab.enumerated() {
      let kind: Kind =
        id == unknown
        ? .unknown : special.contains(id) ? .control : isByte(entry.text) ? .byte : .normal
      do throws(Defect) {
        try append(Piece(text: Array(entry.text.utf8), score: Float(entry.score), kind: kind))
      } catch { throw .malformed(file: file, reason: error.reason) }
    }
  }

  /// Whether a piece stands for a byte of a character that no piece has.
  private func isByte(_ text: String) -> Bool {
    fallsBackToBytes && text.utf8.count == 6 && text.hasPrefix("<0x") && text.hasSuffix(">")
      && text.dropFirst(3).prefix(2).allSatisfy(\.isHexDigit)
  }

  /// Takes the map of characters from what prepares a text.
  ///
  /// Besides it there may be what removes spaces: at the end, and runs of them.
  private mutating func readNormalizer(
    _ normalizer: TokenizerFile.Step?, _ settings: FileSettings
  ) throws(ModelError) {
    for step in normalizer?.steps ?? [] {
      switch step.type {
      case "Precompiled":
        guard let map = step.precompiledCharsmap.flatMap({ Data(base64Encoded: $0) }) else {
          throw .malformed(
            file: settings.file, reason: "'normalizer.precompiled_charsmap' is not base64")
        }
        self.map = Array(map)
      case "Strip" where step.stripRight != false: break
      case "Replace" where step.pattern == ["Regex": " {2,}"]: break
      default:
        throw .value(
          file: settings.file, key: "normalizer.type",
          expected: "Precompiled, Strip or Replace of spaces",
          found: step.type)
      }
    }
  }

  /// Checks what cuts a text at spaces.
  private func checkPreTokenizer(
    _ preTokenizer: TokenizerFile.Step?, _ settings: FileSettings
  ) throws(ModelError) {
    let steps = preTokenizer?.steps ?? []
    guard let last = steps.last, last.type == "Metaspace",
      steps.dropLast().allSatisfy({ $0.type == "WhitespaceSplit" })
    else {
      throw .value(
        file: settings.file, key: "pre_tokenizer.type", expected: "Metaspace",
        found: steps.map(\.type).joined(separator: ", "))
    }
    let key = "pre_tokenizer.Metaspace"
    try settings.require(
      last.replacement == "\u{2581}", "\(key).replacement", last.replacement ?? "nothing",
      "\u{2581}")
    let scheme = last.prependScheme ?? (last.addPrefixSpace == false ? "never" : "always")
    try settings.require(scheme == "always", "\(key).prepend_scheme", scheme, "always")
  }

  /// Takes the token behind the last one from what is added to a text.
  private mutating func readEnd(
    _ postProcessor: TokenizerFile.PostProcessor?, _ settings: FileSettings
  ) throws(ModelError) {
    let items = postProcessor?.single ?? []
    guard items.count == 2, items[0]["Sequence"] != nil, let end = items[1]["SpecialToken"] else {
      throw .value(
        file: settings.file, key: "post_processor.single",
        expected: "the text and then one special token", found: "\(items.flatMap(\.keys))")
    }
    endToken = end.id
  }
}
