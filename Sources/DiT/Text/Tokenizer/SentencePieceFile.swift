extension TokenizerDefinition {
  /// Reads a model of SentencePiece, `spiece.model`.
  ///
  /// The file is the message `ModelProto` of sentencepiece_model.proto. Fields that do not affect
  /// how a text is cut are skipped.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - file: Its path, for errors to name.
  ///   - sentinels: The number of special tokens that T5 has behind the vocabulary, the last of
  ///     which is `<extra_id_0>`.
  /// - Throws: `ModelError` where it is not such a model, or needs what is not supported.
  init(sentencePiece bytes: [UInt8], file: String, sentinels: Int) throws(ModelError) {
    self.init()
    do throws(ProtobufReader.Defect) {
      var reader = ProtobufReader(bytes[...])
      while let (field, value) = try reader.next() {
        guard case .bytes(let message) = value else { continue }
        switch field {
        case 1: try append(piece: message)
        case 2: try readTraining(message)
        case 3: try readNormalizer(message)
        default: break
        }
      }
    } catch {
      throw .malformed(
        file: file, reason: "no model of SentencePiece at byte \(error.position): \(error.reason)")
    }
    let ends = [endToken, paddingToken].map { Array($0.utf8) }
    for (id, piece) in pieces.enumerated() {
      if piece.kind == .unknown || piece.kind == .control && ends.contains(piece.text) {
        specialTokens.append((piece.text, id))
      }
    }
    for number in 0..<sentinels {
      specialTokens.append(
        (Array("<extra_id_\(number)>".utf8), pieces.count + sentinels - 1 - number))
    }
  }

  /// Reads a `SentencePiece`.
  private mutating func append(
    piece message: ArraySlice<UInt8>
  ) throws(ProtobufReader.Defect) {
    var (text, score, kind): ([UInt8], Float, Kind?) = ([], 0, .normal)
    var reader = ProtobufReader(message)
    while let field = try reader.next() {
      switch field {
      case (1, .bytes(let bytes)): text = Array(bytes)
      case (2, .bits32(let bits)): score = Float(bitPattern: bits)
      case (3, .number(let number)): kind = UInt8(exactly: number).flatMap(Kind.init)
      default: break
      }
    }
    guard let kind else {
      throw .init(position: message.startIndex, reason: "piece \(pieces.count) is of no known kind")
    }
    do { try append(Piece(text: text, score: score, kind: kind)) } catch {
      throw .init(position: message.startIndex, reason: error.reason)
    }
  }

  /// Reads a `TrainerSpec`.
  private mutating func readTraining(
    _ message: ArraySlice<UInt8>
  ) throws(ProtobufReader.Defect) {
    var reader = ProtobufReader(message)
    while let field = try reader.next() {
      switch field {
      case (3, .number(let type)) where type != 1:
        let names: [UInt64: String] = [2: "BPE", 3: "WORD", 4: "CHAR"]
        throw .init(
          position: message.startIndex,
          reason: "it is of type \(names[type] ?? "\(type)"), and UNIGRAM alone is served")
      case (24, .number(1...)):
        throw .init(
          position: message.startIndex,
          reason: "it has spaces behind words ('treat_whitespace_as_suffix'), which is not served")
      case (35, .number(let number)): fallsBackToBytes = number != 0
      default: break
      }
    }
  }

  /// Reads a `NormalizerSpec`.
  private mutating func readNormalizer(
    _ message: ArraySlice<UInt8>
  ) throws(ProtobufReader.Defect) {
    var reader = ProtobufReader(message)
    while let field = try reader.next() {
      switch field {
      case (2, .bytes(let bytes)): map = Array(bytes)
      case (3, .number(let number)): addsDummyPrefix = number != 0
      case (4, .number(let number)): removesExtraSpaces = number != 0
      case (5, .number(let number)): escapesSpaces = number != 0
      default: break
      }
    }
  }
}
