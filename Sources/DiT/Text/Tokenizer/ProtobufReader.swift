/// Reads the fields of a message in the wire format of Protocol Buffers.
///
/// The bytes are not trusted: a length beyond their end, a number that does not end and an unknown
/// kind of field are errors. Nothing is copied.
struct ProtobufReader {
  /// A field's value as it is encoded; its meaning depends on the message.
  enum Value {
    /// A whole number, a Boolean, or an enumeration.
    case number(UInt64)
    /// Four bytes: a `Float`.
    case bits32(UInt32)
    /// Eight bytes.
    case bits64(UInt64)
    /// A text, bytes, or a message.
    case bytes(ArraySlice<UInt8>)
  }

  /// Where and why bytes are not a message.
  struct Defect: Error, Equatable {
    /// The position in the file.
    let position: Int
    let reason: String
  }

  private let bytes: ArraySlice<UInt8>
  private(set) var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// The next field, or nil at the end.
  mutating func next() throws(Defect) -> (number: Int, value: Value)? {
    guard position < bytes.endIndex else { return nil }
    let start = position
    let key = try number()
    guard let field = Int(exactly: key >> 3), (1...0x1FFF_FFFF).contains(field) else {
      throw Defect(position: start, reason: "a field has the number \(key >> 3)")
    }
    switch key & 7 {
    case 0: return (field, .number(try number()))
    case 1: return (field, .bits64(try bits(8)))
    case 2:
      let start = position
      let length = try number()
      guard let count = Int(exactly: length), count <= bytes.endIndex - position else {
        throw Defect(
          position: start,
          reason: "a field of \(length) bytes where \(bytes.endIndex - position) are left")
      }
      position += count
      return (field, .bytes(bytes[position - count..<position]))
    case 5: return (field, .bits32(UInt32(truncatingIfNeeded: try bits(4))))
    default: throw Defect(position: start, reason: "a field is of kind \(key & 7)")
    }
  }

  /// A number in groups of seven bits, the lowest first.
  private mutating func number() throws(Defect) -> UInt64 {
    let start = position
    var result: UInt64 = 0
    for shift in stride(from: 0, to: 70, by: 7) {
      guard position < bytes.endIndex else { break }
      let byte = bytes[position]
      position += 1
      // The tenth byte has room for one bit.
      guard shift < 63 || byte < 2 else { break }
      result |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte < 0x80 { return result }
    }
    throw Defect(position: start, reason: "a number does not end within 64 bits")
  }

  /// A number of so many bytes, the lowest first.
  private mutating func bits(_ count: Int) throws(Defect) -> UInt64 {
    guard count <= bytes.endIndex - position else {
      throw Defect(position: position, reason: "\(count) bytes are expected")
    }
    defer { position += count }
    return bytes[position..<position + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
