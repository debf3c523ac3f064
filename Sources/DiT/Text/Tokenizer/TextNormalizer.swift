/// Prepares a text for being cut into pieces, as SentencePiece does.
///
/// Characters are replaced by those of the model's map (NFKC as a rule, with control characters left
/// out and all kinds of white space made spaces), runs of spaces become one, those at both ends go, a
/// space is put in front, and spaces become `▁`.
struct TextNormalizer: Sendable {
  /// What is replaced; nil for nothing.
  let map: CharacterMap?
  /// Texts that stay as they are: pieces that whoever trained the model asked for.
  let kept: PieceIndex
  /// Whether a space is put in front of a text.
  var addsDummyPrefix = true
  /// Whether spaces at both ends go and runs of them become one.
  var removesExtraSpaces = true
  /// Whether spaces become `▁`.
  var escapesSpaces = true

  /// A text that is ready to be cut.
  struct Result: Equatable {
    /// The bytes, UTF-8.
    var bytes: [UInt8] = []
    /// For each byte, where in the text is what it was made of.
    var origins: [Int] = []

    fileprivate mutating func append(_ text: some Sequence<UInt8>, from origin: Int) {
      for byte in text {
        bytes.append(byte)
        origins.append(origin)
      }
    }
  }

  /// `▁`, which stands for a space.
  static let escapedSpace = Array("\u{2581}".utf8)
  private static let space = UInt8(ascii: " ")

  /// A part of a text, prepared.
  ///
  /// - Parameters:
  ///   - text: Bytes of UTF-8; where they are not, `U+FFFD` takes the place of a byte.
  ///   - range: The part; origins count from the start of the text.
  /// - Returns: The prepared part, which is empty where nothing but spaces is in it.
  func callAsFunction(_ text: [UInt8], in range: Range<Int>) -> Result {
    let part = Array(text[range])
    let space = escapesSpaces ? Self.escapedSpace : [Self.space]
    var result = Result()
    var place = 0
    if removesExtraSpaces {
      while place < part.count, case let next = self.next(part, at: place),
        next.text.elementsEqual([Self.space])
      {
        place += next.length
      }
    }
    guard place < part.count else { return result }
    if addsDummyPrefix { result.append(space, from: range.lowerBound + place) }
    var isAfterSpace = removesExtraSpaces
    while place < part.count {
      let next = next(part, at: place)
      let text = isAfterSpace ? next.text.drop { $0 == Self.space } : next.text
      for byte in text {
        result.append(
          byte == Self.space ? space : [byte], from: range.lowerBound + place)
      }
      if !text.isEmpty { isAfterSpace = removesExtraSpaces && text.last == Self.space }
      place += next.length
    }
    if removesExtraSpaces {
      while result.bytes.ends(with: space) {
        result.bytes.removeLast(space.count)
        result.origins.removeLast(space.count)
      }
    }
    return result
  }

  /// What becomes of the characters at a place, and how many bytes they are.
  private func next(_ text: [UInt8], at place: Int) -> (text: ArraySlice<UInt8>, length: Int) {
    if let (_, length) = kept.longestMatch(in: text, at: place) {
      return (text[place..<place + length], length)
    }
    if let (replacement, length) = map?.longestMatch(in: text, at: place) {
      return (replacement, length)
    }
    var decoder = UTF8()
    var bytes = text[place...].makeIterator()
    if case .scalarValue(let scalar) = decoder.decode(&bytes) {
      let length = UTF8.width(scalar)
      return (text[place..<place + length], length)
    }
    return (ArraySlice("\u{FFFD}".utf8), 1)
  }
}

extension [UInt8] {
  fileprivate func ends(with end: [UInt8]) -> Bool { suffix(end.count).elementsEqual(end) }
}
