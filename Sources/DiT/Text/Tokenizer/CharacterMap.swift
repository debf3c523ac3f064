/// The replacements that a SentencePiece model makes before it cuts a text: its
/// `precompiled_charsmap`.
///
/// The map's bytes are: the length of a double-array trie (four bytes), the trie's units (four
/// bytes each), and the replacements, each ended by a zero byte. The trie maps a sequence of
/// characters to the position of its replacement.
///
/// The bits of a unit are those of Darts-clone: 0–7 are the byte that leads to it; 8 says whether
/// it has a value; 10–30 are the distance to its children, counted in units of 256 where bit 9 is
/// set. A unit with bit 31 is a value.
struct CharacterMap: Sendable {
  private let units: [UInt32]
  private let texts: [UInt8]

  /// The longest replacement that is allowed, in bytes: NFKC's longest has 33.
  static let longestText = 256

  /// Checks and reads a map.
  ///
  /// - Throws: What is wrong, in a sentence.
  init(_ map: some Collection<UInt8>) throws(Defect) {
    let bytes = Array(map)
    func unit(_ start: Int) -> UInt32 {
      bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
    guard bytes.count > 4, case let size = Int(unit(0)), size > 0, size.isMultiple(of: 4),
      size < bytes.count - 4
    else {
      throw Defect(
        reason: "a map of \(bytes.count) bytes whose trie does not end before its texts")
    }
    units = stride(from: 4, to: 4 + size, by: 4).map(unit)
    texts = Array(bytes[(4 + size)...])
    guard texts.last == 0 else { throw Defect(reason: "the last text of its map does not end") }
    let parts = texts.split(separator: 0)
    if let text = parts.first(where: { $0.count > Self.longestText }) {
      throw Defect(
        reason: "its map makes a text of \(text.count) bytes; \(Self.longestText) are allowed")
    }
    guard parts.allSatisfy({ String(validating: $0, as: UTF8.self) != nil }) else {
      throw Defect(reason: "its map makes a text that is not valid UTF-8")
    }
  }

  /// Why bytes are not a map.
  struct Defect: Error, Equatable {
    let reason: String
  }

  /// The longest sequence of the map that begins at a place of a text, and its replacement.
  func longestMatch(
    in text: [UInt8], at place: Int
  ) -> (replacement: ArraySlice<UInt8>, length: Int)? {
    var longest: (replacement: ArraySlice<UInt8>, length: Int)?
    var node = Self.distance(units[0])
    for depth in 0..<text.count - place {
      let byte = text[place + depth]
      node ^= Int(byte)
      guard node < units.count, units[node] & 0x8000_00FF == UInt32(byte) else { break }
      let hasValue = units[node] & 0x100 != 0
      node ^= Self.distance(units[node])
      // The value is the child of the byte zero.
      if hasValue, node < units.count {
        let start = Int(units[node] & 0x7FFF_FFFF)
        if start < texts.count {
          longest = (texts[start...].prefix { $0 != 0 }, depth + 1)
        }
      }
    }
    return longest
  }

  /// The distance from a unit to its children: a child's index is the unit's, exclusive-or this.
  private static func distance(_ unit: UInt32) -> Int {
    Int(unit >> 10) << Int((unit & 0x200) >> 6)
  }
}
