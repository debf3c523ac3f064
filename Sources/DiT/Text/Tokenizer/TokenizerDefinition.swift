/// The content of a tokenizer's file, in either of the two formats.
struct TokenizerDefinition: Sendable {
  /// A piece of the vocabulary.
  ///
  /// Its index there is its id.
  struct Piece: Sendable {
    let text: [UInt8]
    /// The logarithm of its probability.
    let score: Float
    let kind: Kind
  }

  /// What a piece is for, numbered as in SentencePiece.
  enum Kind: UInt8, Sendable {
    /// A part of texts.
    case normal = 1
    /// Stands for characters that are in no piece.
    case unknown = 2
    /// A mark that does not occur in texts, such as the end.
    case control = 3
    /// A part of texts that is never cut.
    case userDefined = 4
    /// A piece that is not used.
    case unused = 5
    /// Stands for one byte of a character that is in no piece.
    case byte = 6
  }

  /// The vocabulary.
  var pieces: [Piece] = []
  /// The texts that are found before a text is normalized, with their ids.
  var specialTokens: [(text: [UInt8], id: Int)] = []
  /// The text of the token behind the last one.
  var endToken = "</s>"
  /// The text of the token that fills a batch.
  var paddingToken = "<pad>"
  /// Whether characters that are in no piece become bytes.
  var fallsBackToBytes = false
  /// The map of characters, as the file has it.
  var map: [UInt8] = []
  var addsDummyPrefix = true
  var removesExtraSpaces = true
  var escapesSpaces = true

  /// The most pieces, and one more than the largest id.
  static let pieceLimit = 1 << 20
  /// The most bytes of a piece.
  static let pieceByteLimit = 1024

  /// Appends the next piece.
  ///
  /// - Throws: What is wrong with it, in a sentence.
  mutating func append(_ piece: Piece) throws(Defect) {
    let place = "piece \(pieces.count)"
    guard pieces.count < Self.pieceLimit else {
      throw Defect(reason: "there are more than \(Self.pieceLimit) pieces")
    }
    guard (1...Self.pieceByteLimit).contains(piece.text.count) else {
      throw Defect(
        reason: "\(place) has \(piece.text.count) bytes; 1 to \(Self.pieceByteLimit) are allowed")
    }
    guard String(validating: piece.text, as: UTF8.self) != nil else {
      throw Defect(reason: "\(place) is not valid UTF-8")
    }
    guard piece.score.isFinite else {
      throw Defect(reason: "\(place) has the score \(piece.score)")
    }
    pieces.append(piece)
  }

  /// What is wrong with a definition.
  struct Defect: Error, Equatable {
    let reason: String
  }
}
