/// What a tokenizer's file says, whichever of the two formats it has.
struct TokenizerDefinition: Sendable {
  /// A piece of the vocabulary; its place there is its id.
  struct Piece: Sendable {
    let text: [UInt8]
    /// The logarithm of how likely it is.
    let score: Float
    let kind: Kind
  }

  /// What a piece is for.
  enum Kind: UInt8, Sendable {
    /// A part of texts.
    case normal = 1
    /// What stands for characters that no piece has.
    case unknown = 2
    /// A mark that no text has, such as the end.
    case control = 3
    /// A part of texts that is never cut.
    case userDefined = 4
    /// A piece that is not used.
    case unused = 5
    /// A byte of a character that no piece has.
    case byte = 6
  }

  /// The vocabulary.
  var pieces: [Piece] = []
  /// What is found in a text before it is prepared, with the ids.
  var specialTokens: [(text: [UInt8], id: Int)] = []
  /// The text of the token behind the last one.
  var endToken = "</s>"
  /// The text of the token that fills a batch.
  var paddingToken = "<pad>"
  /// Whether characters that no piece has become bytes.
  var fallsBackToBytes = false
  /// The map of characters, as the file has it.
  var map: [UInt8] = []
  var addsDummyPrefix = true
  var removesExtraSpaces = true
  var escapesSpaces = true

  /// How many pieces there may be, and how large an id.
  static let pieceLimit = 1 << 20
  /// How long a piece may be, in bytes.
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

  /// Why a definition is none.
  struct Defect: Error, Equatable {
    let reason: String
  }
}
