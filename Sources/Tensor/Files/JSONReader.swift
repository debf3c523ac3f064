/// Reads JSON from its start to its end, a value at a time, and keeps nothing of it.
///
/// Whoever reads says what is expected, so memory is what the caller keeps. The reader is strict:
/// it refuses invalid UTF-8, integers that `Int` does not hold, and values that are skipped where
/// they are nested more than `JSONError.depthLimit` deep.
///
/// ```swift
/// try reader.beginObject()
/// while let name = try reader.nextName() { lengths[name] = try reader.integer() }
/// try reader.end()
/// ```
struct JSONReader<Failure: JSONFailure> {
  private let text: UnsafeRawBufferPointer
  /// The place of the next byte.
  private(set) var position = 0
  /// The place of the last member's name.
  private(set) var nameStart = 0
  /// Whether an object or array has begun of which nothing is read yet.
  private var isAtFirst = false

  /// A reader of a text, which must live as long.
  init(_ text: UnsafeRawBufferPointer) { self.text = text }
}

// MARK: - Objects and arrays

extension JSONReader {
  /// The kinds of values.
  enum Kind { case object, array, string, number, literal }

  /// The kind of the value that comes next; nil where none does.
  mutating func kind() -> Kind? {
    skipSpace()
    switch current.map(Unicode.Scalar.init) {
    case "{"?: return .object
    case "["?: return .array
    case "\""?: return .string
    case "-"?, ("0"..."9")?: return .number
    case "t"?, "f"?, "n"?: return .literal
    default: return nil
    }
  }

  /// Reads the start of an object.
  mutating func beginObject() throws(Failure) {
    guard skip("{") else { throw expected("'{'") }
    isAtFirst = true
  }

  /// The name of the next member, whose value comes next; nil at the end of the object.
  mutating func nextName() throws(Failure) -> String? {
    if try isAtEnd("}") { return nil }
    skipSpace()
    guard current == UInt8(ascii: "\"") else { throw expected("a name") }
    nameStart = position
    let name = try string()
    guard skip(":") else { throw expected("':'") }
    return name
  }

  /// Reads the start of an array.
  mutating func beginArray() throws(Failure) {
    guard skip("[") else { throw expected("'['") }
    isAtFirst = true
  }

  /// Whether the array has another element, which comes next.
  mutating func hasElement() throws(Failure) -> Bool { try !isAtEnd("]") }

  /// Whether an object or array ends here; skips what is before its next part.
  private mutating func isAtEnd(_ bracket: Unicode.Scalar) throws(Failure) -> Bool {
    defer { isAtFirst = false }
    if isAtFirst { return skip(bracket) }
    if skip(",") { return false }
    guard skip(bracket) else { throw expected("',' or '\(bracket)'") }
    return true
  }

  /// Makes sure that nothing but white space is left.
  mutating func end() throws(Failure) {
    skipSpace()
    guard position == text.count else { throw expected("the end") }
  }

  /// Reads a value of any kind and forgets it.
  mutating func skipValue() throws(Failure) {
    var closers: [Unicode.Scalar] = []
    repeat {
      // Behind a bracket or a comma, or at the value itself.
      switch kind() {
      case .object?, .array?:
        guard closers.count < JSONError.depthLimit else {
          throw error(.tooDeep(limit: JSONError.depthLimit))
        }
        closers.append(current == UInt8(ascii: "{") ? "}" : "]")
        position += 1
        isAtFirst = true
      case .string?: _ = try string()
      case .number?: try skipNumber()
      case .literal?: try skipLiteral()
      case nil: throw expected("a value")
      }
      while let closer = closers.last {
        guard try isAtEnd(closer) else {
          if closer == "}" { try skipName() }
          break
        }
        closers.removeLast()
      }
    } while !closers.isEmpty
  }

  private mutating func skipName() throws(Failure) {
    skipSpace()
    guard current == UInt8(ascii: "\"") else { throw expected("a name") }
    _ = try string()
    guard skip(":") else { throw expected("':'") }
  }

  private mutating func skipNumber() throws(Failure) {
    let start = position
    _ = skip("-")
    let whole = digits()
    guard whole.count > 0, whole.count == 1 || whole.first != UInt8(ascii: "0") else {
      throw error(.invalidNumber, at: start)
    }
    if current == UInt8(ascii: ".") {
      position += 1
      guard digits().count > 0 else { throw error(.invalidNumber, at: start) }
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      position += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      guard digits().count > 0 else { throw error(.invalidNumber, at: start) }
    }
  }

  /// Skips `null` if it comes next.
  mutating func skipNull() -> Bool {
    skipSpace()
    guard text[position...].starts(with: "null".utf8) else { return false }
    position += 4
    return true
  }

  private mutating func skipLiteral() throws(Failure) {
    let literals = ["true", "false", "null"]
    guard let literal = literals.first(where: { text[position...].starts(with: $0.utf8) }) else {
      throw expected("a value")
    }
    position += literal.utf8.count
  }
}

// MARK: - Numbers and texts

extension JSONReader {
  /// Reads a natural number or zero.
  mutating func integer() throws(Failure) -> Int {
    skipSpace()
    let start = position
    let digits = digits()
    guard !digits.isEmpty else { throw expected("a natural number") }
    guard digits.count == 1 || digits.first != UInt8(ascii: "0"),
      let value = Int(String(decoding: digits, as: UTF8.self))
    else { throw error(.invalidNumber, at: start) }
    return value
  }

  private mutating func digits() -> Slice<UnsafeRawBufferPointer> {
    let digits = text[position...].prefix { UInt8(ascii: "0") <= $0 && $0 <= UInt8(ascii: "9") }
    position = digits.endIndex
    return digits
  }

  /// Reads a text.
  mutating func string() throws(Failure) -> String {
    skipSpace()
    let start = position
    guard current == UInt8(ascii: "\"") else { throw expected("a text") }
    position += 1
    // Most texts are one run without escapes.
    var bytes: [UInt8] = []
    while true {
      let run = text[position...].prefix {
        $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
      }
      position = run.endIndex
      switch current {
      case UInt8(ascii: "\""):
        let string =
          bytes.isEmpty
          ? String(validating: run, as: UTF8.self) : String(validating: bytes + run, as: UTF8.self)
        guard let string else { throw error(.invalidUTF8, at: start) }
        position += 1
        return string
      case UInt8(ascii: "\\"):
        position += 1
        bytes += run
        bytes.append(contentsOf: String(try escape()).utf8)
      case nil: throw expected("'\"'")
      default: throw error(.invalidCharacter)
      }
    }
  }

  /// Reads an escape sequence from behind its backslash on.
  private mutating func escape() throws(Failure) -> Unicode.Scalar {
    let start = position - 1
    defer { position += 1 }
    switch current {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      var units = [hexadecimal(at: position + 1)]
      // Beyond the basic plane, a character is a pair of these.
      if let unit = units[0], UTF16.isLeadSurrogate(unit),
        text[(position + 5)...].starts(with: "\\u".utf8)
      {
        units.append(hexadecimal(at: position + 7))
      }
      let string = String(validating: units.compactMap(\.self), as: UTF16.self)
      guard !units.contains(nil), let scalar = string?.unicodeScalars.first else {
        throw error(.invalidCharacter, at: start)
      }
      position += units.count == 2 ? 10 : 4
      return scalar
    default: throw error(.invalidCharacter, at: start)
    }
  }

  /// The number that four hexadecimal digits make.
  private func hexadecimal(at start: Int) -> UInt16? {
    guard start + 4 <= text.count else { return nil }
    var number: UInt16 = 0
    for byte in text[start..<start + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
      number = number << 4 | UInt16(digit)
    }
    return number
  }
}

// MARK: - Bytes

extension JSONReader {
  private var current: UInt8? { position < text.count ? text[position] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  /// Skips white space, and `character` if it stands behind it.
  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard current == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private func expected(_ what: String) -> Failure { error(.expected(what)) }

  private func error(_ problem: JSONError.Problem, at position: Int? = nil) -> Failure {
    Failure(JSONError(position: position ?? self.position, problem: problem))
  }
}

/// What reading a text throws, which says what the text is.
protocol JSONFailure: Error {
  /// The error for a text that is not the JSON we read.
  init(_ error: JSONError)
}

/// Where and why a text is not the JSON we read.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Problem: Equatable, Sendable {
    /// Something else than this stands here, or the text ends.
    case expected(String)
    /// An object has two members of this name.
    case duplicateName(String)
    /// A text is not valid UTF-8.
    case invalidUTF8
    /// A text has a control character in it, or an escape sequence that means nothing.
    case invalidCharacter
    /// A number has a leading zero or no digits, or is too large.
    case invalidNumber
    /// Values are nested more than so deep.
    case tooDeep(limit: Int)
  }

  /// How deep values may be nested that are skipped.
  static let depthLimit = 16

  /// The position in the text, in bytes.
  public let position: Int
  /// What is wrong there.
  public let problem: Problem

  package init(position: Int, problem: Problem) {
    self.position = position
    self.problem = problem
  }

  /// What is wrong, and where.
  public var description: String {
    let problem =
      switch problem {
      case .expected(let what): "\(what) is expected"
      case .duplicateName(let name): "there is already a member \(name.debugDescription)"
      case .invalidUTF8: "the text is not valid UTF-8"
      case .invalidCharacter: "a control character, or an escape that means nothing"
      case .invalidNumber: "not a number in plain digits below 2^63"
      case .tooDeep(let limit): "nested more than \(limit) deep"
      }
    return "invalid JSON at byte \(position): \(problem)"
  }
}

extension String {
  /// The text as JSON has it: in quotation marks, with what must not stand in them escaped.
  var quotedForJSON: String {
    var result = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
