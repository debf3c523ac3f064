import Tensor
import Testing

@Suite struct SafetensorsTests {
  let directory: TemporaryDirectory
  let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.file("model.safetensors")
  }

  func roundTrip<Scalar: TensorScalar>(_ elements: [Scalar], _ shape: [Int]) throws {
    let tensor = Tensor(elements, shape: shape)
    try Safetensors.write(["x": AnyTensor(tensor)], to: path)
    let result = try SafetensorsFile(path: path).tensor(named: "x").tensor(of: Scalar.self)
    #expect(result?.shape == shape && result?.elements == elements)
  }

  @Test func readsBackEveryScalar() throws {
    try roundTrip([1.5, -.infinity, .leastNonzeroMagnitude, 0] as [Float], [2, 2])
    try roundTrip([1.5, -2] as [Double], [2])
    try roundTrip([1.5, -2.0, 3.0] as [BFloat16], [3, 1])
    try roundTrip([1.5, -2, 65504] as [Float16], [1, 3])
    try roundTrip([-128, 127] as [Int8], [2])
    try roundTrip([0, 255] as [UInt8], [2])
    try roundTrip([.min, .max] as [Int16], [2])
    try roundTrip([0, .max] as [UInt16], [2])
    try roundTrip([.min, .max] as [Int32], [2])
    try roundTrip([0, .max] as [UInt32], [2])
    try roundTrip([0, .max] as [UInt64], [2])
    try roundTrip([.min, .max] as [Int64], [2])
    try roundTrip([true, false, true], [3])
  }

  @Test func readsBackEveryShape() throws {
    for shape in [[], [0], [1], [3, 0, 2], [1, 1, 1], [2, 3, 4]] {
      try roundTrip((0..<shape.product).map(Float.init), shape)
    }
  }

  @Test func readsBackNamesAndMetadata() throws {
    let names = ["", "größe", "重み", "😀", "a\"b\\c\n\u{0}\u{1F}\u{7F}", "a/b", "\u{2028}"]
    let tensors = names.enumerated().map { i, name in
      (name: name, tensor: AnyTensor(Tensor(scalar: Int32(i))))
    }
    let metadata = Dictionary(uniqueKeysWithValues: names.map { ($0, "value of " + $0) })
    try Safetensors.write(tensors, metadata: metadata, to: path)
    let file = try SafetensorsFile(path: path)
    #expect(file.metadata == metadata)
    #expect(file.names == names.sorted())
    for (i, name) in names.enumerated() {
      #expect(try file.tensor(named: name).tensor(of: Int32.self)?.elements == [Int32(i)])
    }
  }

  @Test func ordersByAlignmentThenName() throws {
    try Safetensors.write(
      [
        "a": AnyTensor(Tensor([1, 2, 3] as [UInt8])), "c": AnyTensor(Tensor([1] as [Float])),
        "b": AnyTensor(Tensor([2] as [Float])), "d": AnyTensor(Tensor([1] as [Double])),
      ], metadata: ["z": "1", "y": "2"], to: path)
    let file = try SafetensorsFile(path: path)
    #expect(file.names == ["d", "b", "c", "a"])
    let header = """
      {"__metadata__":{"y":"2","z":"1"},\
      "d":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},\
      "b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},\
      "c":{"dtype":"F32","shape":[1],"data_offsets":[12,16]},\
      "a":{"dtype":"U8","shape":[3],"data_offsets":[16,19]}}
      """
    let padded = header + String(repeating: " ", count: -header.utf8.count & 7)
    let data: [UInt8] = [
      0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0, 0, 0x40, 0, 0, 0x80, 0x3F, 1, 2, 3,
    ]
    #expect(try directory.read("model.safetensors") == safetensors(padded, data))
    for (entry, range) in zip(file.entries, file.byteRanges) {
      #expect(range.lowerBound.isMultiple(of: entry.elementType.bitCount / 8))
    }
  }

  @Test func writesViewsInRowMajorOrder() throws {
    let tensor = Tensor<Float>([1, 2, 3, 4, 5, 6], shape: [2, 3]).transposed()
    try Safetensors.write(["x": AnyTensor(tensor)], to: path)
    let result = try SafetensorsFile(path: path).tensor(named: "x").tensor(of: Float.self)
    #expect(result?.shape == [3, 2] && result?.elements == [1, 4, 2, 5, 3, 6])
  }

  @Test func writesNoTensors() throws {
    try Safetensors.write([], to: path)
    #expect(try directory.read("model.safetensors") == safetensors("{}      "))
  }

  @Test func replacesAFileThatIsMapped() throws {
    try Safetensors.write(["x": AnyTensor(Tensor([1] as [Float]))], to: path)
    let old = try SafetensorsFile(path: path).tensor(named: "x")
    try Safetensors.write([], to: path)
    #expect(old.tensor(of: Float.self)?.elements == [1])
    #expect(try SafetensorsFile(path: path).names.isEmpty)
  }

  @Test func refusesNamesThatCannotBe() throws {
    let tensor = AnyTensor(Tensor(scalar: Float(1)))
    #expect(throws: SafetensorsError.duplicateName(path: path, tensor: "a")) {
      try Safetensors.write([("a", tensor), ("a", tensor)], to: path)
    }
    #expect(throws: SafetensorsError.reservedName(path: path, tensor: "__metadata__")) {
      try Safetensors.write(["__metadata__": tensor], to: path)
    }
    #expect(try directory.names.isEmpty)
  }
}
