/// A value of a file's header: JSON with natural numbers only, which is what headers have.
///
/// The reader is strict. It refuses two members of one name in an object (names that Unicode holds
/// equivalent are one name), numbers in any form but plain digits, invalid UTF-8, and values
/// nested more than `depthLimit` deep.
package enum JSONValue: Sendable {
  /// The members in the order of the text.
  case object([(name: String, value: JSONValue)])
  /// The elements.
  case array([JSONValue])
  /// A text.
  case string(String)
  /// A natural number or zero.
  case integer(Int)

  /// How deep values may be nested.
  package static let depthLimit = 16

  /// Reads one value, which white space may surround and nothing else.
  package init(parsing text: [UInt8]) throws(JSONError) {
    var scanner = JSONScanner(text)
    self = try scanner.document()
  }
}

extension JSONValue {
  /// A text as JSON has it: in quotation marks, with what must not stand in them escaped.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
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
    /// A number has a leading zero, or is too large.
    case invalidNumber
    /// Values are nested more than so deep.
    case tooDeep(limit: Int)
  }

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

/// Reads a text from its start to its end.
private struct JSONScanner {
  private let text: [UInt8]
  private var position = 0
  private var depth = 0

  init(_ text: [UInt8]) { self.text = text }

  mutating func document() throws(JSONError) -> JSONValue {
    let result = try value()
    skipSpace()
    guard position == text.count else { throw expected("the end") }
    return result
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return .object(try nested { (s) throws(JSONError) in try s.members() })
    case UInt8(ascii: "["): return .array(try nested { (s) throws(JSONError) in try s.elements() })
    case UInt8(ascii: "\""): return .string(try string())
    case let byte? where Self.isDigit(byte): return .integer(try integer())
    default: throw expected("an object, array, text or natural number")
    }
  }

  /// Reads what stands behind an opening bracket.
  private mutating func nested<Result>(
    _ body: (inout JSONScanner) throws(JSONError) -> Result
  ) throws(JSONError) -> Result {
    guard depth < JSONValue.depthLimit else {
      throw error(.tooDeep(limit: JSONValue.depthLimit))
    }
    depth += 1
    position += 1
    let result = try body(&self)
    depth -= 1
    return result
  }

  private mutating func members() throws(JSONError) -> [(name: String, value: JSONValue)] {
    var members: [(name: String, value: JSONValue)] = []
    var names: Set<String> = []
    if skip("}") { return members }
    repeat {
      skipSpace()
      let start = position
      guard current == UInt8(ascii: "\"") else { throw expected("a name") }
      let name = try string()
      guard names.insert(name).inserted else { throw error(.duplicateName(name), at: start) }
      guard skip(":") else { throw expected("':'") }
      members.append((name, try value()))
    } while skip(",")
    guard skip("}") else { throw expected("',' or '}'") }
    return members
  }

  private mutating func elements() throws(JSONError) -> [JSONValue] {
    var elements: [JSONValue] = []
    if skip("]") { return elements }
    repeat { elements.append(try value()) } while skip(",")
    guard skip("]") else { throw expected("',' or ']'") }
    return elements
  }

  private mutating func integer() throws(JSONError) -> Int {
    let start = position
    while let byte = current, Self.isDigit(byte) { position += 1 }
    let digits = text[start..<position]
    guard digits.count == 1 || digits.first != UInt8(ascii: "0"),
      let value = Int(String(decoding: digits, as: UTF8.self))
    else { throw error(.invalidNumber, at: start) }
    return value
  }

  private mutating func string() throws(JSONError) -> String {
    let start = position
    var bytes: [UInt8] = []
    position += 1
    while let byte = current {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: bytes, as: UTF8.self) else {
          throw error(.invalidUTF8, at: start)
        }
        return string
      case UInt8(ascii: "\\"): bytes.append(contentsOf: String(try escape()).utf8)
      case 0x20...: bytes.append(byte)
      default: throw error(.invalidCharacter, at: position - 1)
      }
    }
    throw expected("'\"'")
  }

  /// Reads an escape sequence from behind its backslash on.
  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
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

  private static func isDigit(_ byte: UInt8) -> Bool {
    UInt8(ascii: "0") <= byte && byte <= UInt8(ascii: "9")
  }

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

  private func expected(_ what: String) -> JSONError { error(.expected(what)) }

  private func error(_ problem: JSONError.Problem, at position: Int? = nil) -> JSONError {
    JSONError(position: position ?? self.position, problem: problem)
  }
}
