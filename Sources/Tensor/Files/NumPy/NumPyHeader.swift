internal import _KernelsMicro

/// What stands before the elements of an array of NumPy (NEP 1), in version 1.0.
struct NumPyHeader {
  /// NumPy's name of the element type.
  let type: String
  let shape: [Int]
  let isColumnMajor: Bool
  /// The number of bytes before the elements.
  let byteCount: Int

  static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0]

  /// The names of the element types.
  static let types: [String: SafetensorsFile.ElementType] = [
    "<f4": .float32, "<f8": .float64, "<f2": .float16, "|i1": .int8, "|u1": .uint8, "<i2": .int16,
    "<u2": .uint16, "<i4": .int32, "<u4": .uint32, "<i8": .int64, "<u8": .uint64, "|b1": .bool,
    "<c8": .complex64,
  ]

  /// The same type by the name that safetensors has for it; nil where it has none.
  var elementType: SafetensorsFile.ElementType? { Self.types[type] }

  /// Reads the header of an array of so many bytes, of which the first ones are there.
  init(_ bytes: UnsafeRawBufferPointer, byteCount arrayByteCount: Int) throws(NumPyError.Defect) {
    guard bytes.count >= 10, bytes[0..<8].elementsEqual(Self.magic) else { throw .noHeader }
    byteCount = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
    guard byteCount <= bytes.count else { throw .headerPastEnd }
    var text = NumPyHeaderText(text: bytes[10..<byteCount])
    (type, isColumnMajor, shape) = try text.parse()
    guard let elementType else { return }
    guard let size = shape.checkedProduct(times: elementType.bitCount / 8) else {
      throw .tooLarge(shape: shape)
    }
    guard size == arrayByteCount - byteCount else {
      throw .size(expected: size, found: arrayByteCount - byteCount)
    }
    guard !isColumnMajor || shape.count <= ElementLoop.maximumRank else {
      throw .rank(shape.count)
    }
  }

  /// The tensor behind a header that is at `start` of a file; `path` is for errors to name.
  func tensor(in file: Storage, from start: Int, path: String) throws(NumPyError) -> AnyTensor {
    guard let elementType else { throw .unsupported(path: path, type) }
    let strides =
      isColumnMajor ? shape.reversed().rowMajorStrides.reversed() : shape.rowMajorStrides
    let layout = TensorLayout(elementType, shape, strides: strides, start: start + byteCount)
    do { return try AnyTensor(layout, of: file) } catch {
      switch error {
      case .unsupported: throw .unsupported(path: path, type)
      case .invalidTruthValue: throw .malformed(path: path, .invalidTruthValue)
      }
    }
  }
}

/// Reads the text of a header, which NumPy writes in one way only.
private struct NumPyHeaderText {
  var text: Slice<UnsafeRawBufferPointer>

  typealias Defect = NumPyError.Defect

  mutating func parse() throws(Defect) -> (type: String, isColumnMajor: Bool, shape: [Int]) {
    try expect("{'descr': '")
    let end = text.firstIndex(of: UInt8(ascii: "'")) ?? text.endIndex
    let type = String(decoding: text[..<end], as: UTF8.self)
    text = text[end...]
    try expect("', 'fortran_order': ")
    let isColumnMajor = skip("True")
    try expect(isColumnMajor ? ", 'shape': (" : "False, 'shape': (")
    var shape: [Int] = []
    while let extent = try integer() {
      guard shape.count < SafetensorsHeader.rankLimit else { throw .rank(shape.count + 1) }
      shape.append(extent)
      if skip(",") {
        _ = skip(" ")
      } else if shape.count > 1 {
        break
      } else {
        throw .header(expected: ",")  // without which it is no tuple
      }
    }
    try expect("), }")
    text = text.drop { $0 == UInt8(ascii: " ") }
    try expect("\n")
    guard text.isEmpty else { throw .header(expected: "the end") }
    return (type, isColumnMajor, shape)
  }

  private mutating func integer() throws(Defect) -> Int? {
    let digits = text.prefix { UInt8(ascii: "0") <= $0 && $0 <= UInt8(ascii: "9") }
    guard !digits.isEmpty else { return nil }
    guard let value = Int(String(decoding: digits, as: UTF8.self)) else {
      throw .header(expected: "a number below 2^63")
    }
    text = text[digits.endIndex...]
    return value
  }

  private mutating func skip(_ prefix: String) -> Bool {
    guard text.starts(with: prefix.utf8) else { return false }
    text = text.dropFirst(prefix.utf8.count)
    return true
  }

  private mutating func expect(_ prefix: String) throws(Defect) {
    guard skip(prefix) else { throw .header(expected: prefix) }
  }
}
