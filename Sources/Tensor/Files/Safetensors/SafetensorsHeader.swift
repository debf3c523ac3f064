/// What stands before the tensors in a safetensors file, checked against the rest of it.
///
/// The rules are those of the reference implementation (huggingface/safetensors, `tensor.rs`), and
/// where that is lenient these: no name twice, no unknown member, at most 64 dimensions, and
/// nothing but spaces behind the header.
struct SafetensorsHeader {
  private(set) var metadata: [String: String] = [:]
  private(set) var entries: [SafetensorsFile.Entry] = []

  typealias Defect = SafetensorsError.Defect

  /// How long the JSON of a header may be, in bytes.
  static let lengths = 2...100_000_000
  /// How many dimensions a tensor may have.
  static let rankLimit = 64
  /// The name that texts have in the place of a tensor.
  static let metadataName = "__metadata__"

  /// Reads the header of a file.
  init(_ storage: Storage) throws(Defect) {
    let file = UnsafeRawBufferPointer(start: storage.base, count: storage.byteCount)
    guard file.count >= 8 else { throw .noHeader(byteCount: file.count) }
    let length = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
    guard let length = Int(exactly: length), Self.lengths.contains(length) else {
      throw .headerLength(length)
    }
    guard length <= file.count - 8 else {
      throw .headerPastEnd(length: length, byteCount: file.count)
    }
    for (name, value) in try Self.members([UInt8](file[8..<8 + length])) {
      if name == Self.metadataName {
        metadata = try Self.texts(value)
      } else {
        entries.append(try Self.entry(name, value, start: 8 + length))
      }
    }
    entries.sort {
      ($0.byteRange.lowerBound, $0.byteRange.upperBound, $0.name)
        < ($1.byteRange.lowerBound, $1.byteRange.upperBound, $1.name)
    }
    // Bytes that belong to no tensor, or to two, are how files that two programs read differently
    // are made.
    var end = 8 + length
    for entry in entries {
      guard entry.byteRange.lowerBound == end else {
        throw .start(
          tensor: entry.name, expected: end - 8 - length,
          found: entry.byteRange.lowerBound - 8 - length)
      }
      end = entry.byteRange.upperBound
    }
    guard end == file.count else { throw .fileSize(expected: end, found: file.count) }
  }

  private static func members(
    _ text: [UInt8]
  ) throws(Defect) -> [(name: String, value: JSONValue)] {
    guard text.first == UInt8(ascii: "{") else {
      throw .header(JSONError(position: 0, problem: .expected("'{'")))
    }
    let end = (text.lastIndex { $0 != UInt8(ascii: " ") } ?? 0) + 1
    let value: JSONValue
    do { value = try JSONValue(parsing: text) } catch { throw .header(error) }
    guard case .object(let members) = value, text[end - 1] == UInt8(ascii: "}") else {
      throw .header(JSONError(position: end - 1, problem: .expected("'}'")))
    }
    return members
  }

  private static func texts(_ value: JSONValue) throws(Defect) -> [String: String] {
    guard case .object(let members) = value else { throw .metadata(name: nil) }
    var texts: [String: String] = [:]
    for (name, value) in members {
      guard case .string(let text) = value else { throw .metadata(name: name) }
      texts[name] = text
    }
    return texts
  }

  /// Reads what the header says of a tensor; its data begins at `start`.
  private static func entry(
    _ name: String, _ value: JSONValue, start: Int
  ) throws(Defect) -> SafetensorsFile.Entry {
    guard case .object(let members) = value else {
      throw .entry(tensor: name, expected: "an object")
    }
    var values: [String: JSONValue] = [:]
    for (name, value) in members { values[name] = value }
    guard case .string(let type)? = values.removeValue(forKey: "dtype") else {
      throw .entry(tensor: name, expected: "a text 'dtype'")
    }
    guard let shape = integers(values.removeValue(forKey: "shape")) else {
      throw .entry(tensor: name, expected: "a list of numbers 'shape'")
    }
    guard let offsets = integers(values.removeValue(forKey: "data_offsets")), offsets.count == 2
    else { throw .entry(tensor: name, expected: "two numbers 'data_offsets'") }
    guard values.isEmpty else {
      throw .entry(tensor: name, expected: "no member but 'dtype', 'shape' and 'data_offsets'")
    }
    guard let elementType = SafetensorsFile.ElementType(rawValue: type) else {
      throw .elementType(tensor: name, found: type)
    }
    let byteCount = try byteCount(name, elementType, shape)
    let (begin, end) = (offsets[0], offsets[1])
    guard begin <= end, end <= Int.max - start else {
      throw .offsets(tensor: name, begin: begin, end: end)
    }
    guard end - begin == byteCount else {
      throw .size(tensor: name, expected: byteCount, found: end - begin)
    }
    return SafetensorsFile.Entry(
      name: name, elementType: elementType, shape: shape, byteRange: start + begin..<start + end)
  }

  private static func integers(_ value: JSONValue?) -> [Int]? {
    guard case .array(let elements)? = value else { return nil }
    var integers: [Int] = []
    for element in elements {
      guard case .integer(let integer) = element else { return nil }
      integers.append(integer)
    }
    return integers
  }

  /// The number of bytes that a tensor takes.
  private static func byteCount(
    _ name: String, _ elementType: SafetensorsFile.ElementType, _ shape: [Int]
  ) throws(Defect) -> Int {
    guard shape.count <= rankLimit else { throw .rank(tensor: name, shape.count) }
    guard let bitCount = shape.checkedProduct(times: elementType.bitCount) else {
      throw .tooLarge(tensor: name, shape: shape)
    }
    guard bitCount.isMultiple(of: 8) else {
      throw .partialByte(tensor: name, elementType, shape: shape)
    }
    return bitCount / 8
  }
}
