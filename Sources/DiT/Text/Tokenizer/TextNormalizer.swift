/// Normalizes a text before it is cut into pieces, as SentencePiece does.
///
/// The model's map replaces characters: as a rule it is NFKC, without control characters and with
/// spaces for all kinds of white space. Then runs of spaces become one, spaces at both ends are
/// removed, a space is put in front, and spaces become `▁`.
struct TextNormalizer: Sendable {
  /// The replacements; nil for none.
  let map: CharacterMap?
  /// Texts that stay as they are: SentencePiece's user-defined pieces.
  let kept: PieceIndex
  /// Whether a space is put in front of a text.
  var addsDummyPrefix = true
  /// Whether spaces at both ends go and runs of them become one.
  var removesExtraSpaces = true
  /// Whether spaces become `▁`.
  var escapesSpaces = true

  /// A normalized text.
  struct Result: Equatable {
    /// The bytes, UTF-8.
    var bytes: [UInt8] = []
    /// For each byte, the place in the original text that it comes from.
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

  /// A part of a text, normalized.
  ///
  /// - Parameters:
  ///   - text: Bytes of UTF-8; `U+FFFD` replaces a byte that is not.
  ///   - range: The part; origins count from the start of the text.
  /// - Returns: The normalized part, which is empty where it has only spaces.
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

  /// The next characters as they are to be replaced, and how many bytes of the text they are.
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
