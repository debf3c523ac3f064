import Tensor
import Testing

@Suite struct NumPyFileTests {
  let directory: TemporaryDirectory
  let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.file("x.npy")
  }

  func roundTrip<Scalar: TensorScalar>(_ elements: [Scalar], _ shape: [Int]) throws {
    try NumPyFile.write(Tensor(elements, shape: shape), to: path)
    let result = try NumPyFile.read(path)
    #expect(result.shape == shape && result.tensor(of: Scalar.self)?.elements == elements)
    #expect(!result.storage.isWritable || elements.isEmpty)  // a view of the file
  }

  @Test func readsBackWhatItWrites() throws {
    try roundTrip([1.5, -2] as [Float], [2])
    try roundTrip([1.5, -2] as [Double], [2, 1])
    try roundTrip([1.5, -2] as [Float16], [1, 2])
    try roundTrip([-128, 127] as [Int8], [2])
    try roundTrip([0, 255] as [UInt8], [2])
    try roundTrip([.min, .max] as [Int16], [2])
    try roundTrip([0, .max] as [UInt16], [2])
    try roundTrip([.min, .max] as [Int32], [2])
    try roundTrip([0, .max] as [UInt32], [2])
    try roundTrip([0, .max] as [UInt64], [2])
    try roundTrip([.min, .max] as [Int64], [2])
    try roundTrip([true, false], [2])
    for shape in [[], [0], [1], [3, 0, 2], [1, 1, 1], [2, 3, 4], [Int](repeating: 1, count: 64)] {
      try roundTrip((0..<shape.product).map(Float.init), shape)
    }
  }

  @Test func writesWhatNumPyWrites() throws {
    // numpy.save of numpy.array([[1, 2, 3], [4, 5, 6]], dtype=numpy.uint8).T.copy()
    let tensor = Tensor<UInt8>([1, 2, 3, 4, 5, 6], shape: [2, 3]).transposed()
    try NumPyFile.write(AnyTensor(tensor), to: path)
    let text = "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 2), }"
    let header = text + String(repeating: " ", count: 118 - text.count - 1) + "\n"
    #expect(try directory.read("x.npy") == npy(header, [1, 4, 2, 5, 3, 6]))
  }

  static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]

  func npy(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
    let length = header.utf8.count
    return Self.magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(header.utf8) + data
  }

  func npy(type: String = "<f4", order: String = "False", shape: String) -> [UInt8] {
    npy(
      "{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }\n",
      [UInt8](repeating: 2, count: 8))
  }

  func expect(
    _ defect: NumPyError.Defect, _ bytes: [UInt8],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let path = try directory.write(bytes)
    let error = #expect(throws: NumPyError.self, sourceLocation: sourceLocation) {
      try NumPyFile.read(path)
    }
    #expect(error == .malformed(path: path, defect), sourceLocation: sourceLocation)
    #expect(!"\(defect)".isEmpty)
  }

  @Test func refusesDamagedFiles() throws {
    let good = npy(shape: "(2,)")
    let scalar = try NumPyFile.read(directory.write(good))
    #expect(scalar.shape == [2])
    try expect(.noHeader, [])
    try expect(.noHeader, Array(good.prefix(7)))
    for version: [UInt8] in [[0, 0], [1, 1], [4, 0]] {
      try expect(
        .version(major: Int(version[0]), minor: Int(version[1])),
        good.prefix(6) + version + good.dropFirst(8))
    }
    try expect(.headerPastEnd, Array(good.prefix(40)))
    try expect(.headerPastEnd, Array(good.prefix(9)))
    try expect(.headerLength(1 << 20 + 1), Self.magic + [2, 0] + little(UInt32(1 << 20 + 1)))
    let keys = "'descr', 'fortran_order' and 'shape', each once"
    try expect(.header(expected: keys), npy("{}\n"))
    try expect(.header(expected: keys), npy("{'descr': '<f4'}\n"))
    try expect(.header(expected: keys), npy("{'descr': '<f4', 'descr': '<f8'}\n"))
    try expect(.header(expected: keys), npy("{'kind': '<f4'}\n"))
    try expect(.header(expected: "{"), npy("\n"))
    try expect(.header(expected: "a text"), npy("{descr: 3}\n"))
    try expect(.header(expected: "a text"), npy("{'descr': '<f4"))
    try expect(.header(expected: "a text without escapes"), npy("{'descr': '\\x3cf4'"))
    try expect(.header(expected: "False"), npy(order: "false", shape: "()"))
    try expect(.header(expected: "}"), npy(order: "Trueish", shape: "(2,)"))
    try expect(.header(expected: ","), npy(shape: "(2)"))
    for shape in ["(-2,)", "(2, 1e3)", "(02,)", "(2, 3", "(2, x)", "[2]", "(,)", "2,"] {
      #expect(throws: NumPyError.self) { try NumPyFile.read(directory.write(npy(shape: shape))) }
    }
    try expect(.header(expected: "the end"), npy(shape: "(2,), }\n{'descr'"))
    try expect(.header(expected: "a number below 2^63"), npy(shape: "(9223372036854775808,)"))
    try expect(.tooLarge(shape: [1 << 32, 1 << 32]), npy(shape: "(4294967296, 4294967296)"))
    try expect(.tooLarge(shape: [0, .max, 8]), npy(shape: "(0, \(Int.max), 8)"))
    try expect(.rank(65), npy(shape: "(" + String(repeating: "1, ", count: 65) + ")"))
    try expect(.size(expected: 12, found: 8), npy(shape: "(3,)"))
    try expect(.size(expected: 4, found: 8), npy(shape: "()"))
    let path = try directory.write(npy(type: "|b1", shape: "(8,)"))
    #expect(throws: NumPyError.unreadable(path: path, tensor: "tensor", .invalidTruthValue)) {
      try NumPyFile.read(path)
    }
  }

  /// Whole numbers from 0 to 5 of two bytes each, in every way to write the same header.
  @Test func readsHeadersOfOtherWriters() throws {
    let elements = (0..<6).flatMap { little(Int16($0)) }
    let headers = [
      "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3), }\n",
      "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3)}",
      "{'shape': (2, 3), 'descr': '=i2', 'fortran_order': False}\n",
      #"{"descr": "i2", "fortran_order": False, "shape": (2, 3, )}"# + "\n",
      "{ 'descr' :'<i2' ,'fortran_order'\t:False,\r\n'shape':( 2,3 ) , }   \n\n",
      "{'descr': '<i2', 'fortran_order': False, 'shape': (2L, 3L), }\n",
    ]
    for header in headers {
      for version in 1...3 {
        let length: [UInt8] =
          version == 1 ? little(UInt16(header.utf8.count)) : little(UInt32(header.utf8.count))
        let bytes =
          Self.magic + [UInt8(version), 0] + length + Array(header.utf8) + elements
        let tensor = try NumPyFile.read(directory.write(bytes))
        #expect(tensor.shape == [2, 3] && tensor.tensor()?.elements == (0..<6).map(Int16.init))
      }
    }
    // A length of 123, whose byte is that of a brace, and the highest byte first.
    let big = "{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3), }"
    let padded = big + String(repeating: " ", count: 123 - big.utf8.count)
    let path = try directory.write(npy(padded, (0..<6).flatMap { [0, UInt8($0)] }))
    let tensor = try Checkpoint(path: path).tensor(named: "tensor")
    #expect(
      tensor.shape == [2, 3] && tensor.tensor()?.elements == ([0, 2, 4, 1, 3, 5] as [Int16]))
  }

  @Test func refusesElementTypes() throws {
    for type in ["|O", "<U3", "", "|f4", "<f16", "<V2"] {
      let path = try directory.write(npy(type: type, shape: "(2,)"))
      #expect(throws: NumPyError.unreadable(path: path, tensor: "tensor", .elementType(type))) {
        try NumPyFile.read(path)
      }
    }
    let records =
      "{'descr': [('a', '<f4'), ('b)', '<f4')], 'fortran_order': False, 'shape': (1,), }\n"
    let recordFile = try NumPyFile(path: directory.write(npy(records)))
    #expect(recordFile.entries.isEmpty)
    #expect(recordFile.unreadable == [.init(name: "tensor", reason: .elementType("records"))])
    #expect(throws: NumPyError.unsupported(path: path, tensor: "tensor", .bfloat16)) {
      try NumPyFile.write(AnyTensor(Tensor([1.0] as [BFloat16])), to: path)
    }
    #expect(try !directory.names.contains("x.npy"))
  }
}
