import Tensor
import Testing

@Suite struct CheckpointTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(arguments: [
    ("tensors.safetensors", Checkpoint.Format.safetensors), ("tensors.pt", .pyTorch),
    ("tensors-legacy.pt", .pyTorch), ("model.safetensors.index.json", .safetensors),
    ("model.bin.index.json", .pyTorch),
  ])
  func opensEveryFormat(_ name: String, _ format: Checkpoint.Format) throws {
    let checkpoint = try Checkpoint(path: Fixtures.path("formats/\(name)"))
    #expect(checkpoint.format == format)
    #expect(checkpoint.files.count == (name.hasSuffix("json") ? 2 : 1))
    try expectGoldenTensors(checkpoint.names) { try checkpoint.tensor(named: $0) }
    let entry = try #require(checkpoint.entries.first { $0.name == "bf16" })
    #expect(entry.byteCount == 12 && entry.scalarType == .bfloat16 && entry.shape == [2, 3])
    #expect(throws: CheckpointError.missing(path: checkpoint.path, tensor: "x", prefix: nil)) {
      try checkpoint.tensor(named: "x")
    }
  }

  @Test func opensArraysOfNumPy() throws {
    let archive = try Checkpoint(path: Fixtures.path("formats/arrays-compressed.npz"))
    #expect(archive.format == .npz)
    try expectGoldenTensors(archive.names, skipping: ["bf16"]) { try archive.tensor(named: $0) }
    let array = try Checkpoint(path: Fixtures.path("formats/column-major.npy"))
    #expect(array.format == .npy && array.names == ["tensor"])
    #expect(try array.tensor(named: "tensor").shape == [2, 3])
  }

  @Test func refusesOtherFiles() throws {
    let others: [(String, String?)] = [
      ("", "empty"), ("\u{1}", nil), ("text", nil), ("GGUF and so on", "GGUF"),
      ("<!DOCTYPE html><html>", "HTML"), ("\n <HTML>", "HTML"), ("\u{1F}\u{8B}", nil),
      ("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "Git LFS"),
    ]
    for (text, found) in others {
      let path = try directory.write(Array(text.utf8))
      let error = #expect(throws: CheckpointError.self) { try Checkpoint(path: path) }
      guard case .unknownFormat(path, let what)? = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(what == nil ? found == nil : found.map { what?.contains($0) == true } == true)
    }
    let missing = directory.file("missing")
    #expect(throws: CheckpointError.file(.unreadable(path: missing, code: 2))) {
      try Checkpoint(path: missing)
    }
  }

  /// A damaged archive of arrays is one of NumPy's, and not one of PyTorch's.
  @Test func aDamagedArchiveIsCalledWhatItIs() throws {
    let bytes = try Array(contents(ofFile: Fixtures.path("formats/arrays.npz")).dropLast(30))
    let error = #expect(throws: CheckpointError.self) { try Checkpoint(Storage(bytes), path: "x") }
    #expect(
      error?.description.hasPrefix("'x' is no NumPy file we read: ") == true, "\(error as Any)")
  }

  @Test func subtrees() throws {
    let checkpoint = try Checkpoint(path: Fixtures.path("formats/training.pt"))
    let ema = try checkpoint.subtree("ema")
    #expect(ema.names == ["weight", "bias"])
    #expect(try ema.tensor(named: "bias").tensor(of: Float.self)?.elements == [7, 8])
    let state = try checkpoint.subtree("opt").subtree("state.1")
    #expect(state.names == ["step", "exp_avg", "exp_avg_sq"])
    #expect(throws: CheckpointError.missing(path: checkpoint.path, tensor: "em.…", prefix: nil)) {
      try checkpoint.subtree("em")
    }
  }

  /// The length of the header may be any bytes, those of other formats' beginnings too.
  @Test func tellsFormatsByMoreThanAByte() throws {
    // '{', the start of a pickle, 'P', and of the magic bytes of NumPy, and 0x0280.
    for length in [0x7B, 0x80, 0x50, 0x93, 0x280] {
      var header = #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#
      header += String(repeating: " ", count: length - header.utf8.count)
      let checkpoint = try Checkpoint(Storage(safetensors(header, [7])), path: "x")
      #expect(checkpoint.format == .safetensors && checkpoint.names == ["a"])
    }
    let index = Array(" \n{\"weight_map\":{}}".utf8)
    #expect(throws: CheckpointError.index(path: "x", .noMap)) {
      try Checkpoint(Storage(index), path: "x")
    }
  }

  @Test func namesPrefixesOfWrappers() throws {
    let path = directory.file("a.safetensors")
    let tensor = AnyTensor(Tensor<Float>([1]))
    try Safetensors.write(["module._orig_mod.a": tensor, "module._orig_mod.b": tensor], to: path)
    let checkpoint = try Checkpoint(path: path)
    let prefix = try #require(checkpoint.wrapperPrefix)
    #expect(prefix == "module._orig_mod")
    let error = #expect(throws: CheckpointError.missing(path: path, tensor: "a", prefix: prefix)) {
      try checkpoint.tensor(named: "a")
    }
    #expect(error?.description.contains("'module._orig_mod.'") == true)
    #expect(try checkpoint.subtree(prefix).names == ["a", "b"])
    #expect(try checkpoint.subtree(prefix).wrapperPrefix == nil)
    try Safetensors.write(["module.a": tensor, "b": tensor], to: path)
    #expect(try Checkpoint(path: path).wrapperPrefix == nil)
  }

  // MARK: Several files

  @Test func writesSeveralFiles() throws {
    let tensors = (0..<5).map { index in
      DeferredTensor(
        "t\(index)", AnyTensor(Tensor<Float>(repeating: Float(index), shape: [index, 2])))
    }
    let path = directory.file("a.safetensors")
    let paths = try Safetensors.write(
      tensors, metadata: ["format": "pt"], to: path, shardByteLimit: 24)
    #expect(
      try directory.names == [
        "a-00001-of-00003.safetensors", "a-00002-of-00003.safetensors",
        "a-00003-of-00003.safetensors", "a.safetensors.index.json",
      ])
    #expect(paths == (try directory.names.map(directory.file)))
    let checkpoint = try Checkpoint(path: paths[3])
    #expect(checkpoint.names.sorted() == tensors.map(\.name))
    #expect(checkpoint.metadata == ["format": "pt"] && checkpoint.files.count == 3)
    for index in 0..<5 {
      let elements = try checkpoint.tensor(named: "t\(index)").tensor(of: Float.self)?.elements
      #expect(elements == [Float](repeating: Float(index), count: 2 * index))
    }
    #expect(try Safetensors.write(tensors, to: path) == [path])
    #expect(try Checkpoint(path: path).names.count == 5)
  }

  @Test func writesAllFilesOrNone() throws {
    let path = directory.file("a.safetensors")
    let tensor = DeferredTensor("a", AnyTensor(Tensor<Float>(zeros: [4])))
    let failing = DeferredTensor("b", scalarType: .float, shape: [4]) { throw CancellationError() }
    #expect(throws: CancellationError.self) {
      try Safetensors.write([tensor, failing], to: path, shardByteLimit: 16)
    }
    #expect(throws: SafetensorsError.duplicateName(path: path, tensor: "a")) {
      try Safetensors.write([tensor, tensor], to: path, shardByteLimit: 16)
    }
    #expect(try directory.names.isEmpty)
  }

  func expect(
    _ defect: CheckpointError.IndexDefect, _ index: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let path = try directory.write(Array(index.utf8), as: "index.json")
    #expect(throws: CheckpointError.index(path: path, defect), sourceLocation: sourceLocation) {
      try Checkpoint(path: path)
    }
    #expect(!"\(defect)".isEmpty)
  }

  @Test func refusesIndices() throws {
    try Safetensors.write(
      ["a": AnyTensor(Tensor<Float>(zeros: [1]))], to: directory.file("part.safetensors"))
    let path = try directory.write(
      Array(#"{"weight_map":{"a":"part.safetensors"}}"#.utf8), as: "index.json")
    #expect(try Checkpoint(path: path).names == ["a"])
    // Whatever else stands in an index.
    let others = #""metadata":{"total_size":1.5e9,"x":[null,true,-1,"\\n",{}]},"y":[]"#
    let wide = try directory.write(
      Array(#"{\#(others),"weight_map":{"a":"part.safetensors"},"z":{"b":{}}}"#.utf8),
      as: "index.json")
    #expect(try Checkpoint(path: wide).names == ["a"])
    for text in [
      "[01]", "[1.]", "[1e]", "[-]", "[tru]", "[1 2]", "{1:2}", "[,]", "{\"a\":}", "[\"\n\"]",
    ] {
      let path = try directory.write(
        Array(#"{"x":\#(text),"weight_map":{"a":"part.safetensors"}}"#.utf8), as: "index.json")
      #expect(throws: CheckpointError.self) { try Checkpoint(path: path) }
    }
    try expect(
      .json(JSONError(position: 21, problem: .tooDeep(limit: 16))),
      #"{"x":"# + String(repeating: "[", count: 100_000))
    try expect(.json(JSONError(position: 1, problem: .expected("a name"))), "{")
    try expect(
      .json(JSONError(position: 24, problem: .duplicateName("a"))),
      #"{"weight_map":{"a":"x", "a":"y"}}"#)
    try expect(.noMap, "{}")
    try expect(.noMap, #"{"weight_map":3}"#)
    try expect(.noMap, #"{"weight_map":{}}"#)
    try expect(.entry("a"), #"{"weight_map":{"a":3}}"#)
    for name in ["", "/etc/passwd", "../x", "a/../../x", "a//b", ".", "..", "a/", "\\u0000"] {
      let found = name == "\\u0000" ? "\0" : name
      try expect(.fileName(found), #"{"weight_map":{"a":"\#(name)"}}"#)
    }
    try expect(
      .missingFile(.unreadable(path: directory.file("x"), code: 2)), #"{"weight_map":{"a":"x"}}"#)
    try expect(
      .missingTensor("b", file: "part.safetensors"), #"{"weight_map":{"b":"part.safetensors"}}"#)
    // An index is no file of an index.
    #expect(throws: CheckpointError.unknownFormat(path: path, found: nil)) {
      _ = try directory.write(Array(#"{"weight_map":{"a":"index.json"}}"#.utf8), as: "index.json")
      _ = try Checkpoint(path: path)
    }
  }

  @Test func refusesTooManyFiles() throws {
    var members: [String] = []
    for number in 0...10_000 {
      let header = #"{"t\#(number)":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#
      _ = try directory.write(safetensors(header), as: "\(number)")
      members.append(#""t\#(number)":"\#(number)""#)
    }
    let index = #"{"weight_map":{\#(members.joined(separator: ","))}}"#
    try expect(.tooManyFiles(limit: 10_000), index)
  }
}
