import Tensor
import Testing

@Suite struct SafetensorsFileTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  func open(_ bytes: [UInt8]) throws -> SafetensorsFile {
    try SafetensorsFile(path: directory.write(bytes))
  }

  @Test func readsTensorsAndMetadata() throws {
    let header = """
      {"b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]},
      "__metadata__":{"format":"pt","größe":"1\\u00d72"},
      "a":{"shape":[2,1],"data_offsets":[0,8],"dtype":"F32"}}   
      """
    let file = try open(safetensors(header, [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0, 7, 8, 9]))
    #expect(file.names == ["a", "b"])
    #expect(file.metadata == ["format": "pt", "größe": "1×2"])
    let data = 8 + header.utf8.count
    #expect(file.byteRanges[0] == data..<data + 8)
    #expect(file.entries[0].elementType == .float32)
    #expect(file.entries[1].shape == [3])
    let a = try #require(try file.tensor(named: "a").tensor(of: Float.self))
    #expect(a.shape == [2, 1] && a.elements == [1, -2])
    let b = try file.tensor(named: "b")
    #expect(b.scalarType == .uint8 && b.count == 3)
    #expect(b.tensor(of: UInt8.self)?.elements == [7, 8, 9])
    #expect(b.tensor(of: Int8.self) == nil)
  }

  @Test func readsGoldenFile() throws {
    let file = try SafetensorsFile(path: Fixtures.path("philox.safetensors"))
    let output = try #require(try file.tensor(named: "kat.output").tensor(of: Int64.self))
    #expect(output.shape == [3, 4] && output.elements[0] == 0x6627_E8D5)
    #expect(file.metadata.keys.contains("layout"))
  }

  @Test func readsEmptyFilesTensorsAndScalars() throws {
    #expect(try open(safetensors("{}")).entries.isEmpty)
    let header = """
      {"none":{"dtype":"F64","shape":[3,0,2],"data_offsets":[0,0]},
      "scalar":{"dtype":"I32","shape":[],"data_offsets":[0,4]}}
      """
    let file = try open(safetensors(header, [5, 0, 0, 0]))
    let none = try #require(try file.tensor(named: "none").tensor(of: Double.self))
    #expect(none.shape == [3, 0, 2] && none.elements.isEmpty)
    let scalar = try #require(try file.tensor(named: "scalar").tensor(of: Int32.self))
    #expect(scalar.shape == [] && scalar.elements == [5])
  }

  @Test func sharesAlignedBytesAndCopiesOthers() throws {
    for padding in 0..<8 {
      let header = #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
      let spaces = String(repeating: " ", count: padding)
      let file = try open(safetensors(header + spaces, [0, 0, 0x80, 0x3F]))
      let tensor = try file.tensor(named: "a")
      #expect(tensor.tensor(of: Float.self)?.elements == [1])
      let isAligned = file.byteRanges[0].lowerBound.isMultiple(of: 4)
      let again = try file.tensor(named: "a")
      #expect((tensor.storage === again.storage) == isAligned)
      #expect(tensor.storage.isWritable == !isAligned)
      let begin = isAligned ? file.byteRanges[0].lowerBound : 0
      let start = UnsafeRawPointer(tensor.storage.base + begin)
      #expect(tensor.withUnsafeBytes { $0.baseAddress == start })
    }
  }

  @Test func tensorsOutliveTheirFile() throws {
    weak var storage: Storage?
    do {
      var tensor: Tensor<UInt8>?
      do {
        let file = try open(safetensors(dtype: "U8", shape: "[8]"))
        tensor = try file.tensor(named: "a").tensor()
        storage = tensor?.storage
      }
      #expect(tensor?.elements == [UInt8](repeating: 0, count: 8))
      tensor = nil
    }
    #expect(storage == nil)
  }

  @Test func writingToATensorLeavesTheFileAlone() throws {
    let file = try open(safetensors(dtype: "U8", shape: "[8]"))
    var tensor = try #require(try file.tensor(named: "a").tensor(of: UInt8.self))
    tensor.withUnsafeMutableElements { $0[0] = 1 }
    #expect(tensor.elements[0] == 1)
    #expect(try file.tensor(named: "a").tensor(of: UInt8.self)?.elements[0] == 0)
  }

  @Test func discardedPagesAreReadAgain() throws {
    let count = 1 << 16
    let header = #"{"a":{"dtype":"U8","shape":[\#(count)],"data_offsets":[0,\#(count)]}}"#
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 >> 4) }
    let tensor = try open(safetensors(header, bytes)).tensor(named: "a")
    #expect(tensor.tensor()?.elements == bytes)
    tensor.discardPages()
    #expect(tensor.tensor()?.elements == bytes)
    let own = AnyTensor(Tensor(bytes))
    own.discardPages()
    #expect(own.tensor()?.elements == bytes)
  }

  @Test(arguments: StoredType.allCases.filter(\.isInSafetensors))
  func opensFilesOfEveryElementType(_ type: StoredType) throws {
    // Eight elements fill whole bytes of any type.
    let file = try open(
      safetensors(
        dtype: type.rawValue, shape: "[2,4]", offsets: "[0,\(type.bitCount)]",
        byteCount: type.bitCount))
    if let scalarType = type.scalarType {
      #expect(try file.tensor(named: "a").scalarType == scalarType)
      #expect(scalarType.byteCount * 8 >= type.bitCount)
    } else {
      #expect(
        throws: SafetensorsError.unreadable(
          path: file.path, tensor: "a", .elementType(type.rawValue))
      ) {
        try file.tensor(named: "a")
      }
    }
  }

  @Test func widensWhatTensorsCannotHave() throws {
    let file = try SafetensorsFile(path: Fixtures.path("formats/narrow.safetensors"))
    #expect(file.names.count == 16)
    for name in file.names where !name.hasSuffix(".wide") {
      let (found, expected) = (try file.tensor(named: name), try file.tensor(named: name + ".wide"))
      let type: ScalarType = name.hasPrefix("float8") ? .float : try #require(.init(rawValue: name))
      #expect(found.scalarType == type && found.shape == expected.shape, "\(name)")
      let numbers = zip(
        found.converted(to: Double.self).elements, expected.converted(to: Double.self).elements)
      #expect(numbers.allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }, "\(name)")
    }
  }

  @Test func refusesMissingTensorsAndTruthValues() throws {
    let file = try open(
      safetensors(#"{"a":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]}}"#, [0, 1, 2]))
    #expect(throws: SafetensorsError.missing(path: file.path, tensor: "b")) {
      try file.tensor(named: "b")
    }
    #expect(throws: SafetensorsError.unreadable(path: file.path, tensor: "a", .invalidTruthValue)) {
      try file.tensor(named: "a")
    }
  }

  @Test func refusesWhatIsNoFile() throws {
    let missing = directory.file("missing")
    #expect(throws: SafetensorsError.file(.unreadable(path: missing, code: 2))) {
      try SafetensorsFile(path: missing)
    }
    for path in [directory.path, "/dev/null"] {
      #expect(throws: SafetensorsError.file(.notRegular(path: path))) {
        try SafetensorsFile(path: path)
      }
    }
  }

  @Test func describesErrors() throws {
    let error = SafetensorsError.malformed(
      path: "x.safetensors", .size(tensor: "a\nb", expected: 8, found: 4))
    #expect(
      "\(error)"
        == #"'x.safetensors' is no safetensors file: tensor "a\nb" needs 8 bytes, but has 4"#)
    let missing = SafetensorsError.file(.unreadable(path: "x", code: 2))
    #expect("\(missing)" == "cannot read 'x': No such file or directory")
  }
}
