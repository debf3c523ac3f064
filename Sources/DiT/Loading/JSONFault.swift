/// Why a file of settings could not be read: Foundation says neither where a text stops being JSON
/// nor which number it could not take.
struct JSONFault {
  /// What is wrong, with the place or the key.
  let description: String

  /// Looks for what is wrong in a text that could not be decoded.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - allowsJSON5: Whether it may have infinities and NaN.
  ///   - isDecoded: Whether another text can be.
  init(in text: [UInt8], allowsJSON5: Bool, isDecoded: ([UInt8]) -> Bool) {
    var scanner = JSONOutline(text, allowsJSON5: allowsJSON5)
    if let fault = scanner.fault() {
      let before = text[..<fault.place]
      let line = before.count { $0 == UInt8(ascii: "\n") } + 1
      let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
      description =
        "it is not valid JSON: line \(line), column \(fault.place - start + 1): "
        + "\(fault.expected) is expected"
        + (fault.place == text.count ? ", and the file ends" : "")
      return
    }
    // Halves are searched for the first number at fault: the others do no harm as zeros.
    let odd = scanner.oddNumbers
    func isSound(keeping count: Int) -> Bool {
      var (changed, end) = ([UInt8](), 0)
      for number in odd[count...] {
        changed += text[end..<number.lowerBound] + [UInt8(ascii: "0")]
        end = number.upperBound
      }
      return isDecoded(changed + text[end...])
    }
    var (sound, faulty) = (0, odd.count)
    while sound + 1 < faulty {
      let middle = (sound + faulty) / 2
      if isSound(keeping: middle) { sound = middle } else { faulty = middle }
    }
    let culprit = odd.isEmpty || !isSound(keeping: 0) ? nil : odd[sound]
    description =
      culprit.map {
        "'\(JSONOutline.key(of: $0, in: text, allowsJSON5: allowsJSON5))' is "
          + "\(String(decoding: text[$0], as: UTF8.self)), "
          + "which is not a number of the kind that this key needs"
      } ?? "it is not valid JSON"
  }
}

/// Walks through a text of JSON, for its first fault and its numbers.
private struct JSONOutline {
  /// Where something else should stand.
  struct Fault: Error {
    let place: Int
    let expected: String
  }

  private let text: [UInt8]
  /// The words that stand for values.
  private let words: Set<String>
  private var place = 0
  private var path: [String] = []
  /// The numbers that not every kind of number takes: all but small whole ones.
  private(set) var oddNumbers: [Range<Int>] = []
  /// The number whose key is looked for, and its key.
  private var wanted: Range<Int>?
  private var wantedKey = ""
  /// As deep as Foundation goes.
  private static let depthLimit = 512

  init(_ text: [UInt8], allowsJSON5: Bool) {
    self.text = text
    words = Set(
      ["true", "false", "null"] + (allowsJSON5 ? ["Infinity", "-Infinity", "NaN"] : []))
  }

  /// The key of a number: the names that lead to it, with points between.
  static func key(of number: Range<Int>, in text: [UInt8], allowsJSON5: Bool) -> String {
    var outline = JSONOutline(text, allowsJSON5: allowsJSON5)
    outline.wanted = number
    _ = outline.fault()
    return outline.wantedKey
  }

  /// The first fault; nil where there is none.
  mutating func fault() -> Fault? {
    do throws(Fault) {
      try value(depth: 0)
      skipBlanks()
      guard place == text.count else { throw expected("the end of the file") }
      return nil
    } catch {
      return error
    }
  }

  private func expected(_ what: String) -> Fault { Fault(place: place, expected: what) }

  private mutating func skipBlanks() {
    while place < text.count, " \t\r\n".utf8.contains(text[place]) { place += 1 }
  }

  /// Takes a character if it is the next one.
  private mutating func takes(_ character: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard place < text.count, text[place] == UInt8(ascii: character) else { return false }
    place += 1
    return true
  }

  private mutating func value(depth: Int) throws(Fault) {
    guard depth < Self.depthLimit else { throw expected("less nesting") }
    if takes("{") {
      try members(until: "}", "a comma or '}'") { outline throws(Fault) in
        let name = try outline.string()
        guard outline.takes(":") else { throw outline.expected("':'") }
        outline.path.append(name)
        try outline.value(depth: depth + 1)
        outline.path.removeLast()
      }
    } else if takes("[") {
      try members(until: "]", "a comma or ']'") { outline throws(Fault) in
        try outline.value(depth: depth + 1)
      }
    } else if place < text.count, text[place] == UInt8(ascii: "\"") {
      _ = try string()
    } else {
      try word()
    }
  }

  private mutating func members(
    until end: Unicode.Scalar, _ rest: String,
    _ member: (inout JSONOutline) throws(Fault) -> Void
  ) throws(Fault) {
    guard !takes(end) else { return }
    repeat { try member(&self) } while takes(",")
    guard takes(end) else { throw expected(rest) }
  }

  private mutating func string() throws(Fault) -> String {
    guard takes("\"") else { throw expected("a name in quotation marks") }
    let start = place
    while place < text.count, text[place] != UInt8(ascii: "\"") {
      place += text[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard place < text.count else {
      place = text.count
      throw expected("a quotation mark")
    }
    defer { place += 1 }
    return String(decoding: text[start..<place], as: UTF8.self)
  }

  /// A number, or one of the words that stand for values.
  private mutating func word() throws(Fault) {
    let start = place
    while place < text.count, !",:[]{}\" \t\r\n".utf8.contains(text[place]) { place += 1 }
    let word = String(decoding: text[start..<place], as: UTF8.self)
    guard !words.contains(word) else { return }
    // `Double` takes words, too.
    let digits = word.hasPrefix("-") ? word.dropFirst() : word[...]
    guard Double(word) != nil, let first = digits.first, "0123456789".contains(first) else {
      place = start
      throw expected("a value")
    }
    if Int8(word) == nil { oddNumbers.append(start..<place) }
    if start..<place == wanted { wantedKey = path.joined(separator: ".") }
  }
}
