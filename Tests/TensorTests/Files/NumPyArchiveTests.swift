import Tensor
import Testing

@Suite struct NumPyArchiveTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(arguments: ["arrays.npz", "arrays-compressed.npz"])
  func readsWhatNumPyWrites(_ name: String) throws {
    let file = try NumPyArchive(path: Fixtures.path("formats/\(name)"))
    try expectGoldenTensors(file.names, skipping: ["bf16"]) { try file.tensor(named: $0) }
  }

  @Test func readsSizesBehindEntries() throws {
    let file = try NumPyArchive(path: Fixtures.path("formats/arrays-streamed.npz"))
    for name in ["a", "b"] {
      let elements = try file.tensor(named: name).tensor(of: Int32.self)?.elements
      #expect(elements == Array(0..<100))
    }
  }

  @Test func readsColumnMajorArrays() throws {
    let matrix: [Float] = [0, 1, 2, 3, 4, 5]
    let file = try NumPyArchive(path: Fixtures.path("formats/column-major.npz"))
    let found = try file.tensor(named: "matrix")
    #expect(found.shape == [2, 3] && found.tensor(of: Float.self)?.elements == matrix)
    let cube = try file.tensor(named: "cube")
    #expect(cube.shape == [2, 3, 4])
    #expect(cube.tensor(of: Int64.self)?.elements == (0..<24).map(Int64.init))
    let single = try NumPyFile.read(Fixtures.path("formats/column-major.npy"))
    #expect(single.shape == [2, 3] && single.tensor(of: Float.self)?.elements == matrix)
  }

  @Test func oneArrayDoesNotKeepTheOthers() throws {
    let numbers = ZipDefectTests.array
    var texts = numbers
    for (place, byte) in zip(21..., Array("<U1".utf8)) { texts[place] = byte }
    let archive = ZipBytes(
      .init("a.npy", numbers), .init("b.npy", texts), .init("c.txt", []),
      .init("d.npy", Array(numbers.prefix(30))), .init("e.npy", numbers))
    let file = try Checkpoint(Storage(archive.bytes), path: "x")
    #expect(file.format == .npz && file.names == ["a", "e"])
    #expect(
      file.unreadable == [
        .init(name: "b", reason: .elementType("<U1")),
        .init(name: "c.txt", reason: .form("a file that is no array ('.npy')")),
        .init(name: "d", reason: .header(.headerPastEnd)),
      ])
    #expect(try file.tensor(named: "e").tensor()?.elements == ([7, 8, 9] as [UInt8]))
    #expect(
      throws: CheckpointError.numPy(
        .unreadable(path: "x", tensor: "b", .elementType("<U1")))
    ) { try file.stored(named: "b") }
  }

  /// NumPy gives the entry of exactly the name it is asked for, if there is one.
  @Test func refusesTwoEntriesByOneName() {
    let array = ZipDefectTests.array
    for names in [["a", "a.npy"], ["a.npy", "a.npy.npy"]] {
      var archive = ZipBytes()
      archive.entries = names.map { .init($0, array) }
      #expect(throws: NumPyError.malformed(path: "x", .ambiguous(names[0]))) {
        try NumPyArchive(Storage(archive.bytes), path: "x")
      }
    }
  }

  @Test(arguments: [false, true])
  func readsBackWhatItWrites(_ compressed: Bool) throws {
    let path = directory.file("x.npz")
    var generator = PhiloxGenerator(seed: 5)
    let noise = generator.normal([30, 7])
    let tensors = [
      DeferredTensor("blocks.0.weight", AnyTensor(noise)),
      DeferredTensor("größe/x", AnyTensor(Tensor<Int64>(zeros: [500]))),
      DeferredTensor("", AnyTensor(Tensor([true, false]))),
    ]
    try NumPyArchive.write(tensors, to: path, compressed: compressed)
    let file = try NumPyArchive(path: path)
    #expect(file.names == tensors.map(\.name))
    let weight = try file.tensor(named: "blocks.0.weight")
    #expect(weight.tensor(of: Float.self)?.elements == noise.elements)
    #expect(compressed || !weight.storage.isWritable)  // aligned in the file
    let zeros = try file.tensor(named: "größe/x").tensor(of: Int64.self)
    #expect(zeros?.elements == [Int64](repeating: 0, count: 500))
    #expect(try file.tensor(named: "").tensor(of: Bool.self)?.elements == [true, false])
    #expect(try directory.read("x.npz").count < (compressed ? 2000 : 6000))
  }

  @Test func refusesToWrite() throws {
    let path = directory.file("x.npz")
    let tensor = AnyTensor(Tensor<Float>([1]))
    for names in [["a", "a"], ["a\0"], [String(repeating: "a", count: 4096)]] {
      #expect(throws: NumPyError.invalidName(path: path, tensor: names[names.count - 1])) {
        try NumPyArchive.write(names.map { DeferredTensor($0, tensor) }, to: path)
      }
    }
    #expect(throws: NumPyError.unsupported(path: path, tensor: "a", .bfloat16)) {
      try NumPyArchive.write([DeferredTensor("a", AnyTensor(Tensor<BFloat16>([1.0])))], to: path)
    }
    #expect(throws: CancellationError.self) {
      let tensor = DeferredTensor("a", scalarType: .float, shape: [1]) { throw CancellationError() }
      try NumPyArchive.write([tensor], to: path)
    }
    #expect(try directory.names.isEmpty)
  }
}
