/// What stands before the tensors in a safetensors file, checked against the rest of it.
///
/// The rules are those of the reference implementation (huggingface/safetensors, `tensor.rs`), and
/// where that is lenient these: no name twice, no unknown member, at most 64 dimensions and 1 048 576
/// tensors, and nothing but spaces behind the header.
struct SafetensorsHeader {
  private(set) var metadata: [String: String] = [:]
  private(set) var entries: [SafetensorsEntry] = []

  typealias Defect = SafetensorsError.Defect

  /// How long the JSON of a header may be, in bytes.
  static let lengths = 2...100_000_000
  /// How many dimensions a tensor may have.
  static let rankLimit = 64
  /// How many tensors a file may have.
  static let tensorLimit = 1 << 20
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
    let text = UnsafeRawBufferPointer(rebasing: file[8..<8 + length])
    try read(text, start: 8 + length)
    entries.sort {
      ($0.byteRange.lowerBound, $0.byteRange.upperBound, NameKey($0.name))
        < ($1.byteRange.lowerBound, $1.byteRange.upperBound, NameKey($1.name))
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

  /// Reads the text of a header; the tensors' bytes begin at `start`.
  private mutating func read(_ text: UnsafeRawBufferPointer, start: Int) throws(Defect) {
    var reader = JSONReader<Defect>(text)
    guard text.first == UInt8(ascii: "{") else { throw .expected("'{'", at: 0) }
    try reader.beginObject()
    var names: Set<NameKey> = []
    while let name = try reader.nextName() {
      guard names.insert(NameKey(name)).inserted else { throw .duplicate(name, reader) }
      if name.utf8.elementsEqual(Self.metadataName.utf8) {
        metadata = try Self.texts(&reader)
      } else {
        guard entries.count < Self.tensorLimit else {
          throw .tooManyTensors(limit: Self.tensorLimit)
        }
        entries.append(try Self.entry(name, &reader, start: start))
      }
    }
    let end = reader.position
    try reader.end()
    // Spaces may stand behind the header, as writers pad it, but no other white space.
    guard let stray = text[end...].firstIndex(where: { $0 != UInt8(ascii: " ") }) else { return }
    throw .expected("a space", at: stray)
  }

  private static func texts(_ reader: inout JSONReader<Defect>) throws(Defect) -> [String: String] {
    // The reference takes `null` for none.
    if reader.skipNull() { return [:] }
    guard reader.kind() == .object else { throw .metadata(name: nil) }
    try reader.beginObject()
    var texts: [String: String] = [:]
    while let name = try reader.nextName() {
      guard reader.kind() == .string else { throw .metadata(name: name) }
      // Texts of Swift are the same where Unicode holds them equivalent, so the second of two such
      // names would be lost.
      guard texts.updateValue(try reader.string(), forKey: name) == nil else {
        throw .duplicate(name, reader)
      }
    }
    return texts
  }

  /// Reads what the header says of a tensor; its data begins at `start`.
  private static func entry(
    _ name: String, _ reader: inout JSONReader<Defect>, start: Int
  ) throws(Defect) -> SafetensorsEntry {
    guard reader.kind() == .object else { throw .entry(tensor: name, expected: "an object") }
    try reader.beginObject()
    var (type, shape, offsets): (String?, [Int]?, [Int]?)
    while let member = try reader.nextName() {
      switch member {
      case "dtype":
        guard type == nil else { throw .duplicate(member, reader) }
        guard reader.kind() == .string else {
          throw .entry(tensor: name, expected: "a text 'dtype'")
        }
        type = try reader.string()
      case "shape":
        guard shape == nil else { throw .duplicate(member, reader) }
        shape = try integers(&reader, limit: rankLimit)
        guard let shape else { throw .entry(tensor: name, expected: "a list of numbers 'shape'") }
        guard shape.count <= rankLimit else { throw .rank(tensor: name, shape.count) }
      case "data_offsets":
        guard offsets == nil else { throw .duplicate(member, reader) }
        offsets = try integers(&reader, limit: 2)
        guard offsets?.count == 2 else {
          throw .entry(tensor: name, expected: "two numbers 'data_offsets'")
        }
      default:
        throw .entry(
          tensor: name, expected: "no member but 'dtype', 'shape' and 'data_offsets'")
      }
    }
    guard let type else { throw .entry(tensor: name, expected: "a text 'dtype'") }
    guard let shape else { throw .entry(tensor: name, expected: "a list of numbers 'shape'") }
    guard let offsets else { throw .entry(tensor: name, expected: "two numbers 'data_offsets'") }
    guard let elementType = StoredType(rawValue: type), elementType.isInSafetensors else {
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
    return SafetensorsEntry(
      tensor: TensorEntry(name: name, elementType: elementType, shape: shape),
      byteRange: start + begin..<start + end)
  }

  /// Reads an array of numbers, and stops behind one more than the limit; nil where it is none.
  private static func integers(
    _ reader: inout JSONReader<Defect>, limit: Int
  ) throws(Defect) -> [Int]? {
    guard reader.kind() == .array else { return nil }
    try reader.beginArray()
    var integers: [Int] = []
    while integers.count <= limit, try reader.hasElement() {
      guard reader.kind() == .number else { return nil }
      integers.append(try reader.integer())
    }
    return integers
  }

  /// The number of bytes that a tensor takes.
  private static func byteCount(
    _ name: String, _ elementType: StoredType, _ shape: [Int]
  ) throws(Defect) -> Int {
    guard let bitCount = shape.checkedProduct(times: elementType.bitCount) else {
      throw .tooLarge(tensor: name, shape: shape)
    }
    guard bitCount.isMultiple(of: 8) else {
      throw .partialByte(tensor: name, elementType, shape: shape)
    }
    return bitCount / 8
  }
}

/// A tensor of a safetensors file, and where it is.
struct SafetensorsEntry {
  let tensor: TensorEntry
  let byteRange: Range<Int>

  var name: String { tensor.name }
}

extension SafetensorsError.Defect: JSONFailure {
  init(_ error: JSONError) { self = .header(error) }

  fileprivate static func expected(_ what: String, at position: Int) -> Self {
    .header(JSONError(position: position, problem: .expected(what)))
  }

  /// A second member of the name that was read last.
  fileprivate static func duplicate(_ name: String, _ reader: JSONReader<Self>) -> Self {
    .header(JSONError(position: reader.nameStart, problem: .duplicateName(name)))
  }
}
