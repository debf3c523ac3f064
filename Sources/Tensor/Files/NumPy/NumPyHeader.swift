/// What stands before the elements of an array of NumPy (NEP 1), in versions 1.0, 2.0 and 3.0.
struct NumPyHeader {
  /// NumPy's name of the element type, or its description of records.
  let descriptor: String
  /// The same type; nil where we do not read it.
  let elementType: StoredType?
  /// Whether numbers have their highest byte first.
  let isByteSwapped: Bool
  let shape: [Int]
  let isColumnMajor: Bool
  /// The number of bytes before the elements.
  let byteCount: Int

  static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
  /// How many bytes tell how long a header is: the magic bytes, the version, and the length.
  static let preambleLength = 12
  /// How long the text of a header may be, in bytes.
  static let lengthLimit = 1 << 20

  /// Reads the header of an array of so many bytes, of which the first ones are there.
  init(_ bytes: UnsafeRawBufferPointer, byteCount arrayByteCount: Int) throws(NumPyError.Defect) {
    byteCount = try Self.byteCount(bytes)
    guard byteCount <= bytes.count else { throw .headerPastEnd }
    let start = bytes[6] == 1 ? 10 : 12
    var text = NumPyHeaderText(text: bytes[start..<byteCount])
    (descriptor, isColumnMajor, shape) = try text.parse()
    let type = NumPyType(descriptor)
    (elementType, isByteSwapped) = (type?.elementType, type?.isByteSwapped ?? false)
    guard let elementType else { return }
    guard let size = shape.checkedProduct(times: elementType.bitCount / 8) else {
      throw .tooLarge(shape: shape)
    }
    guard size == arrayByteCount - byteCount else {
      throw .size(expected: size, found: arrayByteCount - byteCount)
    }
  }

  /// The number of bytes before the elements, which the first `preambleLength` bytes tell.
  static func byteCount(_ bytes: UnsafeRawBufferPointer) throws(NumPyError.Defect) -> Int {
    var reader = ByteReader(bytes)
    guard reader.run(6)?.elementsEqual(magic) == true, let major = reader.number(UInt8.self),
      let minor = reader.number(UInt8.self)
    else { throw .noHeader }
    guard (1...3).contains(major), minor == 0 else {
      throw .version(major: Int(major), minor: Int(minor))
    }
    let length =
      major == 1
      ? reader.number(UInt16.self).map(Int.init) : reader.number(UInt32.self).map(Int.init)
    guard let length else { throw .headerPastEnd }
    guard length <= lengthLimit else { throw .headerLength(length) }
    return reader.position + length
  }

  /// Where the elements are, if the header is at `start` of a file.
  func layout(from start: Int) throws(UnreadableTensor.Reason) -> TensorLayout {
    guard let elementType else { throw .elementType(descriptor) }
    let strides =
      isColumnMajor ? shape.reversed().rowMajorStrides.reversed() : shape.rowMajorStrides
    var layout = TensorLayout(elementType, shape, strides: strides, start: start + byteCount)
    layout.isByteSwapped = isByteSwapped
    guard layout.isCopyable else { throw .rank(shape.count) }
    return layout
  }
}

/// An element type by NumPy's name of it.
struct NumPyType {
  let elementType: StoredType
  /// Whether numbers have their highest byte first.
  let isByteSwapped: Bool

  /// The types by the kind and the number of bytes.
  private static let types: [String: StoredType] = [
    "f2": .float16, "f4": .float32, "f8": .float64, "i1": .int8, "i2": .int16, "i4": .int32,
    "i8": .int64, "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64, "b1": .bool,
    "c8": .complex64, "c16": .complex128,
  ]

  /// The type of a name such as `<f4`, or `>f4` for numbers with their highest byte first; nil for
  /// those that we do not read, such as texts and objects.
  init?(_ name: String) {
    let order = name.first.flatMap { "<>=|".contains($0) ? $0 : nil }
    guard let type = Self.types[order == nil ? name : String(name.dropFirst())],
      order != "|" || type.bitCount == 8
    else { return nil }
    (elementType, isByteSwapped) = (type, order == ">")
  }

  /// The name of a type as NumPy writes it; nil where it has none.
  static func name(_ type: StoredType) -> String? {
    types.first { $0.value == type }.map { (type.bitCount == 8 ? "|" : "<") + $0.key }
  }
}

/// Reads the text of a header: a dictionary in Python's notation, in whatever way it is written.
private struct NumPyHeaderText {
  var text: Slice<UnsafeRawBufferPointer>

  typealias Defect = NumPyError.Defect

  mutating func parse() throws(Defect) -> (type: String, isColumnMajor: Bool, shape: [Int]) {
    var (type, isColumnMajor, shape): (String?, Bool?, [Int]?)
    try expect("{")
    while !skip("}") {
      let key = try string()
      try expect(":")
      switch key {
      case "descr" where type == nil: type = try descriptor()
      case "fortran_order" where isColumnMajor == nil: isColumnMajor = try truthValue()
      case "shape" where shape == nil: shape = try tuple()
      default: throw .header(expected: "'descr', 'fortran_order' and 'shape', each once")
      }
      if !skip(",") {
        try expect("}")
        break
      }
    }
    skipSpace()
    guard text.isEmpty else { throw .header(expected: "the end") }
    guard let type, let isColumnMajor, let shape else {
      throw .header(expected: "'descr', 'fortran_order' and 'shape', each once")
    }
    return (type, isColumnMajor, shape)
  }

  /// A text in either kind of quotation marks; there are no escapes in names of types.
  private mutating func string() throws(Defect) -> String {
    skipSpace()
    guard let mark = text.first, mark == UInt8(ascii: "'") || mark == UInt8(ascii: "\""),
      let end = text.dropFirst().firstIndex(of: mark)
    else { throw .header(expected: "a text") }
    let content = text[(text.startIndex + 1)..<end]
    guard !content.contains(UInt8(ascii: "\\")), content.count <= 256,
      let string = String(validating: content, as: UTF8.self)
    else { throw .header(expected: "a text without escapes") }
    text = text[(end + 1)...]
    return string
  }

  /// The name of a type, or the brackets that describe records.
  private mutating func descriptor() throws(Defect) -> String {
    skipSpace()
    guard text.first == UInt8(ascii: "[") || text.first == UInt8(ascii: "(") else {
      return try string()
    }
    var (depth, mark): (Int, UInt8?) = (0, nil)
    repeat {
      guard let byte = text.popFirst() else { throw .header(expected: "']'") }
      switch byte {
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        if mark == nil { mark = byte } else if mark == byte { mark = nil }
      case UInt8(ascii: "["), UInt8(ascii: "("): if mark == nil { depth += 1 }
      case UInt8(ascii: "]"), UInt8(ascii: ")"): if mark == nil { depth -= 1 }
      default: break
      }
    } while depth > 0
    return "records"
  }

  private mutating func truthValue() throws(Defect) -> Bool {
    if skip("True") { return true }
    try expect("False")
    return false
  }

  private mutating func tuple() throws(Defect) -> [Int] {
    try expect("(")
    var numbers: [Int] = []
    while !skip(")") {
      guard numbers.count < SafetensorsHeader.rankLimit else { throw .rank(numbers.count + 1) }
      numbers.append(try integer())
      if !skip(",") {
        guard numbers.count > 1 else { throw .header(expected: ",") }  // else it is no tuple
        try expect(")")
        break
      }
    }
    return numbers
  }

  /// A number, which Python 2 wrote with an L behind it.
  private mutating func integer() throws(Defect) -> Int {
    skipSpace()
    let digits = text.prefix { UInt8(ascii: "0") <= $0 && $0 <= UInt8(ascii: "9") }
    guard !digits.isEmpty, digits.count == 1 || digits.first != UInt8(ascii: "0"),
      let value = Int(String(decoding: digits, as: UTF8.self))
    else { throw .header(expected: "a number below 2^63") }
    text = text[digits.endIndex...]
    if text.first == UInt8(ascii: "L") { text = text.dropFirst() }
    return value
  }

  private mutating func skipSpace() {
    text = text.drop { $0 == UInt8(ascii: " ") || (0x09...0x0D).contains($0) && $0 != 0x0B }
  }

  /// Skips white space, and `prefix` if it stands behind it.
  private mutating func skip(_ prefix: String) -> Bool {
    skipSpace()
    guard text.starts(with: prefix.utf8) else { return false }
    text = text.dropFirst(prefix.utf8.count)
    return true
  }

  private mutating func expect(_ prefix: String) throws(Defect) {
    guard skip(prefix) else { throw .header(expected: prefix) }
  }
}
