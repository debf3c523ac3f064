/// NumPy's `.npy` files, which hold one tensor.
///
/// Both ways keep to version 1.0, little-endian numbers and row-major order.
public enum NumPyFile {
  private static let magic = Array("\u{93}NUMPY\u{1}\u{0}".unicodeScalars.map { UInt8($0.value) })

  /// Writes a file, in the place of what has its name.
  ///
  /// - Throws: `NumPyError`, and then the old file is as it was; `.unsupported` for `bfloat16`,
  ///   which NumPy does not have.
  public static func write(_ tensor: AnyTensor, to path: String) throws(NumPyError) {
    guard let type = types[tensor.scalarType] else {
      throw .unsupported(path: path, "\(tensor.scalarType)")
    }
    let extents = tensor.shape.map(String.init)
    let shape = extents.count == 1 ? "\(extents[0])," : extents.joined(separator: ", ")
    let text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(shape)), }"
    // With spaces and a line break behind it, so that the elements begin at a multiple of 64.
    let space = -(magic.count + 2 + text.utf8.count + 1) & 63
    guard let length = UInt16(exactly: text.utf8.count + space + 1) else {
      throw .malformed(path: path, .rank(tensor.shape.count))
    }
    do {
      var file = try AtomicFile(path: path)
      try file.append(magic + [UInt8(length & 255), UInt8(length >> 8)])
      try file.append(Array((text + String(repeating: " ", count: space) + "\n").utf8))
      try tensor.withUnsafeBytes { (bytes) throws(FileError) in try file.append(bytes) }
      try file.commit()
    } catch {
      throw .file(error)
    }
  }

  /// Writes a file, in the place of what has its name.
  ///
  /// - Throws: `NumPyError`, and then the old file is as it was; `.unsupported` for `BFloat16`,
  ///   which NumPy does not have.
  public static func write<Scalar>(
    _ tensor: Tensor<Scalar>, to path: String
  ) throws(NumPyError) {
    try write(AnyTensor(tensor), to: path)
  }

  /// Reads a file; the tensor shares the bytes of the file, which is mapped into memory.
  ///
  /// - Throws: `NumPyError`: `.file` where it cannot be read, `.malformed` where it is none or a
  ///   damaged one, `.unsupported` where tensors cannot have its element type.
  public static func read(_ path: String) throws(NumPyError) -> AnyTensor {
    let file: Storage
    do { file = try Storage(mapping: path) } catch { throw .file(error) }
    defer { extendLifetime(file) }
    let bytes = UnsafeRawBufferPointer(start: file.base, count: file.byteCount)
    guard bytes.count >= 10, bytes[0..<8].elementsEqual(magic) else {
      throw .malformed(path: path, .noHeader)
    }
    let start = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
    guard start <= bytes.count else { throw .malformed(path: path, .headerPastEnd) }
    var header = Header(text: bytes[10..<start][...])
    let (type, shape): (String, [Int])
    do { (type, shape) = try header.parse() } catch { throw .malformed(path: path, error) }
    guard let scalarType = types.first(where: { $0.value == type })?.key else {
      throw .unsupported(path: path, type)
    }
    guard let byteCount = shape.checkedProduct(times: scalarType.byteCount) else {
      throw .malformed(path: path, .tooLarge(shape: shape))
    }
    guard byteCount == bytes.count - start else {
      throw .malformed(path: path, .size(expected: byteCount, found: bytes.count - start))
    }
    guard
      let tensor = AnyTensor(scalarType: scalarType, shape: shape, region: start, of: file)
    else { throw .malformed(path: path, .invalidTruthValue) }
    return tensor
  }

  /// NumPy's names of the element types.
  private static let types: [ScalarType: String] = [
    .float: "<f4", .double: "<f8", .float16: "<f2", .int8: "|i1", .uint8: "|u1", .int32: "<i4",
    .int64: "<i8", .bool: "|b1",
  ]

  /// Reads the text of a header, which NumPy writes in one way only.
  private struct Header {
    var text: Slice<UnsafeRawBufferPointer>

    typealias Defect = NumPyError.Defect

    mutating func parse() throws(Defect) -> (type: String, shape: [Int]) {
      try expect("{'descr': '")
      let end = text.firstIndex(of: UInt8(ascii: "'")) ?? text.endIndex
      let type = String(decoding: text[..<end], as: UTF8.self)
      text = text[end...]
      try expect("', 'fortran_order': ")
      if skip("True") { throw .columnMajor }
      try expect("False, 'shape': (")
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
      return (type, shape)
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
}

/// What went wrong with a `.npy` file.
public enum NumPyError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The operating system does not let us read or write the file.
  case file(FileError)
  /// The bytes are not what the format demands, or what we read of it.
  case malformed(path: String, Defect)
  /// The format, or ours, does not have this element type.
  case unsupported(path: String, String)

  /// How a file differs from what we read.
  public enum Defect: Error, Equatable, Sendable {
    /// The file does not begin as a file of version 1.0 does.
    case noHeader
    /// The header is longer than the file.
    case headerPastEnd
    /// Something else than this stands in the header.
    case header(expected: String)
    /// The elements are in column-major order.
    case columnMajor
    /// There are more dimensions than we read, or the format can write.
    case rank(Int)
    /// The size of the tensor is no number that the machine can hold.
    case tooLarge(shape: [Int])
    /// The file does not have as many bytes of elements as its shape demands.
    case size(expected: Int, found: Int)
    /// A truth value is neither 0 nor 1.
    case invalidTruthValue
  }

  /// What went wrong, with the path, and what was expected and found.
  public var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .malformed(let path, let defect): "'\(path)' is no .npy file we read: \(defect)"
    case .unsupported(let path, let type):
      "'\(path)': elements of type \(type.debugDescription) are not supported"
    }
  }
}

extension NumPyError.Defect: CustomStringConvertible {
  /// What is wrong, and what was expected and found.
  public var description: String {
    switch self {
    case .noHeader: "it does not begin as version 1.0 of the format does"
    case .headerPastEnd: "its header is longer than the file"
    case .header(let expected): "its header must have \(expected.debugDescription)"
    case .columnMajor: "its elements are in column-major order"
    case .rank(let rank): "it has \(rank) dimensions"
    case .tooLarge(let shape): "its shape \(shape) is larger than any memory"
    case .size(let expected, let found): "it needs \(expected) bytes of elements, but has \(found)"
    case .invalidTruthValue: "a truth value is neither 0 nor 1"
    }
  }
}
