import Tensor
import Testing

/// One hostile checkpoint for each rule.
@Suite struct PyTorchDefectTests {
  typealias P = PickleBytes
  typealias Defect = PyTorchError.Defect

  func names(_ bytes: [UInt8]) throws -> [String] {
    try PyTorchFile(Storage(bytes), path: "x").names
  }

  func expect(
    _ defect: Defect, _ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(throws: PyTorchError.malformed(path: "x", defect), sourceLocation: sourceLocation) {
      try names(bytes)
    }
    #expect(!"\(defect)".isEmpty)
  }

  /// Expects a problem in a pickle, wherever that is.
  func expect(
    _ problem: PickleError.Problem, _ object: [UInt8],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: PyTorchError.self, sourceLocation: sourceLocation) {
      try names(P.archive(object))
    }
    guard case .malformed(_, .pickle(let found))? = error else {
      Issue.record("\(String(describing: error))", sourceLocation: sourceLocation)
      return
    }
    #expect(found.problem == problem, sourceLocation: sourceLocation)
    #expect(!found.description.isEmpty)
  }

  @Test func readsBothForms() throws {
    let object = P.dictionary((P.text("a"), P.tensor()))
    #expect(try names(P.archive(object)) == ["a"])
    #expect(try names(P.legacy(object)) == ["a"])
    #expect(try names(P.archive(P.none)) == [])
    // Through a mark that is popped, a copy, and an object that is kept and had again.
    let kept =
      P.tensor() + [0x71, 3, 0x30] + P.mark + [0x30] + P.text("b") + [0x68, 3, 0x32, 0x30]
    #expect(
      try names(P.archive([0x7D] + P.mark + P.text("a") + P.tensor() + kept + [0x75])).count == 2)
  }

  @Test func refusesOtherGlobals() {
    let names = [
      ("os", "system"), ("posix", "system"), ("nt", "system"), ("builtins", "eval"),
      ("__builtin__", "exec"), ("builtins", "getattr"), ("torch", "load"), ("torch.hub", "load"),
      ("torch.storage", "_load_from_bytes"), ("collections", "OrderedDict.__init__"), ("torch", ""),
      ("subprocess", "Popen"), ("torch.jit._pickle", "build_intlist"),
    ]
    for (module, name) in names {
      expect(
        .global("\(module).\(name)"), P.global(module, name) + P.tuple(P.text("id")) + P.reduce)
      expect(.global("\(module).\(name)"), P.text(module) + P.text(name) + [0x93])
    }
  }

  @Test func refusesOperations() {
    for code: UInt8 in [
      0x00, 0x49, 0x4C, 0x46, 0x53, 0x56, 0x67, 0x70, 0x50, 0x69, 0x6F, 0x82, 0x97, 0x98,
    ] {
      expect(.operation(code), [code])
    }
    expect(.version(6), [0x80, 6])
    expect(.invalidText, [0x58] + little(UInt32(1)) + [0xFF])
    expect(.invalidText, [0x63, 0xFF, 0x0A, 0x0A])
    let cut: [[UInt8]] = [
      [0x58] + little(UInt32.max), [0x8D] + little(UInt64.max), [0x8B] + little(Int32(-1)),
      [0x8E] + little(UInt64(1) << 40), [0x63, 0x61], [0x4A, 1],
    ]
    for bytes in cut { expect(.truncated, bytes) }
  }

  @Test func refusesStacks() {
    expect(.expected("an object on the stack"), [])
    expect(.expected("an object on the stack"), P.mark)
    expect(.expected("an object on the stack"), [0x32])
    expect(.expected("an object on the stack"), [0x71, 0])
    expect(.expected("2 objects on the stack"), P.none + P.mark + P.none + [0x86])
    expect(.expected("a mark on the stack"), P.tuple)
    expect(.expected("an object that was kept"), [0x68, 0])
    expect(.expected("a list"), P.none + P.none + [0x61])
    expect(.expected("a dictionary"), P.none + P.none + P.none + [0x73])
    expect(.expected("a value for every key"), [0x7D] + P.mark + P.none + [0x75])
    expect(.expected("the name of a class"), P.none + P.none + [0x93])
  }

  @Test func refusesCalls() {
    let build = P.global("torch._utils", "_rebuild_tensor_v2")
    expect(.expected("a class or function"), P.none + P.tuple() + P.reduce)
    expect(.expected("a tuple of arguments"), build + P.none + P.reduce)
    let arguments = "the storage, offset, size and stride of a tensor"
    expect(.expected(arguments), build + P.tuple() + P.reduce)
    expect(.expected(arguments), P.tensor(in: P.none))
    expect(.expected(arguments), P.tensor([Int](repeating: 1, count: 65), [1]))
    expect(
      .expected("the tensor of a parameter"),
      P.global("torch._utils", "_rebuild_parameter") + P.tuple(P.none) + P.reduce)
    expect(
      .expected("the numbers of a size"), P.global("torch", "Size") + P.tuple(P.none) + P.reduce)
    expect(
      .expected("a list of pairs"),
      P.global("collections", "OrderedDict") + P.tuple(P.none) + P.reduce)
    expect(
      .expected("something else than a storage on its own"),
      P.global("torch", "FloatStorage") + P.tuple() + P.reduce)
    let typed = P.global("torch._utils", "_rebuild_tensor_v3")
    expect(
      .expected("the element type of a tensor"),
      typed
        + P.tuple(
          P.storage(), P.integer(0), P.numbers([]), P.numbers([]), P.none, P.none, P.none)
        + P.reduce)
  }

  @Test func refusesStorages() {
    let expected = PickleError.Problem.expected("the type, key and size of a storage")
    expect(expected, P.none + [0x51])
    expect(expected, P.tuple() + [0x51])
    expect(expected, P.storage(count: -1))
    expect(expected, P.storage(type: "float32").dropLast(0) + P.none + [0x51])
    expect(
      .expected("one type and size for storage \"0\""), P.storage(count: 4) + P.storage(count: 3))
    expect(
      .expected("one type and size for storage \"0\""), P.storage() + P.storage(type: "IntStorage"))
    let tensor = P.tensor()
    expect(.missingStorage("0"), P.archive(tensor, []))
    expect(.missingStorage("../0"), P.archive(P.tensor(in: P.storage("../0"))))
    expect(.storageSize("0", expected: 20, found: 16), P.archive(P.tensor(in: P.storage(count: 5))))
    expect(.storageSize("0", expected: 12, found: 16), P.archive(P.tensor(in: P.storage(count: 3))))
    expect(
      .storageSize("0", expected: .max, found: 16), P.archive(P.tensor(in: P.storage(count: .max))))
    expect(.storageSize("0", expected: 4, found: 5), P.legacy(tensor, storages: little(Int64(5))))
    expect(
      .storageSize("0", expected: 16, found: 3),
      P.legacy(tensor, storages: little(Int64(4)) + [0, 0, 0]))
    expect(.missingStorage("0"), P.legacy(tensor, storages: []))
    expect(.missingStorage("0"), P.legacy(tensor, keys: []))
    expect(.storageKeys, P.legacy(tensor, keys: ["1"]))
    expect(.storageKeys, P.legacy(tensor, keys: ["0", "0"]))
    expect(.bytesBehindEnd(count: 1), P.legacy(tensor) + [0])
  }

  @Test func refusesTensors() throws {
    func expect(_ defect: Defect, offset: Int = 0, _ shape: [Int], _ strides: [Int]) {
      self.expect(defect, P.archive(P.tensor(offset: offset, shape, strides)))
      self.expect(defect, P.legacy(P.tensor(offset: offset, shape, strides)))
    }
    func bounds(_ shape: [Int], _ strides: [Int]) -> Defect {
      .bounds("tensor", shape: shape, strides: strides)
    }
    func geometry(_ shape: [Int], _ strides: [Int]) -> Defect {
      .geometry("tensor", shape: shape, strides: strides)
    }
    #expect(try names(P.archive(P.tensor([2, 2], [1, 2]))) == ["tensor"])
    #expect(try names(P.archive(P.tensor(offset: 9, [0, 7], [1, 1]))) == ["tensor"])
    expect(bounds([5], [1]), [5], [1])
    expect(bounds([4], [1]), offset: 1, [4], [1])
    expect(bounds([4], [1]), offset: .max, [4], [1])
    expect(bounds([2], [4]), [2], [4])
    expect(bounds([2], [.max]), [2], [.max])
    expect(bounds([3], [.max]), [3], [.max])
    expect(bounds([2, 2], [.max, .max]), [2, 2], [.max, .max])
    expect(geometry([4], [1]), offset: -1, [4], [1])
    expect(geometry([-1], [1]), [-1], [1])
    expect(geometry([4], [-1]), [4], [-1])
    expect(geometry([4], [1, 1]), [4], [1, 1])
    let deep = [Int](repeating: 1, count: 17)
    expect(geometry([2] + deep, [2] + deep), [2] + deep, [2] + deep)
    // Few bytes that would become exabytes.
    expect(.tooLarge("tensor", shape: [1 << 60]), [1 << 60], [0])
    expect(.tooLarge("tensor", shape: [.max, .max]), [.max, .max], [0, 0])
    expect(.tooLarge("tensor", shape: [0, .max, 8]), [0, .max, 8], [0, 0, 0])
    expect(.tooLarge("tensor", shape: [100_000]), [100_000], [0])
  }

  @Test func refusesTruthValues() throws {
    let object = P.tensor(in: P.storage(type: "BoolStorage", count: 3), [3], [1])
    let file = try PyTorchFile(
      Storage(P.archive(object, [.init("a/data/0", [0, 1, 2])])), path: "x")
    #expect(throws: PyTorchError.invalidTruthValue(path: "x", tensor: "tensor")) {
      try file.tensor(named: "tensor")
    }
  }

  @Test func refusesNames() throws {
    let tensor = P.tensor()
    let inner = P.dictionary((P.text("b"), tensor))
    expect(
      .duplicateName("a.b"),
      P.archive(P.dictionary((P.text("a.b"), tensor), (P.text("a"), inner))))
    expect(
      .duplicateName("a"), P.archive(P.dictionary((P.text("a"), tensor), (P.text("a"), tensor))))
    expect(.key(of: "a"), P.archive(P.dictionary((P.text("a"), P.dictionary((P.none, tensor))))))
    #expect(
      try names(P.archive(P.dictionary((P.tuple(), P.none), (P.integer(-3), tensor)))) == ["-3"])
  }

  @Test func refusesDepth() {
    expect(.tooDeep(limit: 64), P.archive([0x29] + [UInt8](repeating: 0x85, count: 50_000)))
    // A list that holds itself.
    expect(.tooDeep(limit: 64), P.archive([0x5D, 0x71, 0, 0x68, 0, 0x61]))
    // A list of 2100 times the same list of 2100 objects.
    let count = 2100
    let list = [0x5D] + P.mark + [UInt8](repeating: 0x4E, count: count) + [0x65, 0x71, 0]
    let lists =
      [0x5D] + P.mark + [[UInt8]](repeating: [0x68, 0], count: count).flatMap(\.self) + [0x65]
    expect(Defect.tooManyObjects(limit: 1 << 22), P.archive(list + lists))
  }

  @Test func refusesTooMuch() {
    expect(
      PickleError.Problem.tooManyObjects(limit: 1 << 22),
      [UInt8](repeating: 0x29, count: (1 << 22) + 1))
    // A hundred and one dictionaries under the same name of a megabyte.
    let name = P.text(String(repeating: "n", count: 1_000_000)) + [0x71, 0, 0x30]
    let member: [UInt8] = [0x7D, 0x68, 0, 0x29, 0x73]
    let list = [0x5D] + P.mark + [[UInt8]](repeating: member, count: 101).flatMap(\.self) + [0x65]
    expect(.namesTooLong, P.archive(name + list))
  }

  @Test func refusesArchives() {
    let tensor = P.tensor()
    expect(.archive(.noDirectory), Array("PK\u{3}\u{4}".utf8))
    expect(.noPickle, ZipBytes(.init("a.npy", [])).bytes)
    expect(.noPickle, P.archive(tensor, folder: "a/b/"))
    expect(.noPickle, P.archive(tensor, [.init("b/data.pkl", [])]))
    expect(.program, P.archive(tensor, [P.storageEntry, .init("a/constants.pkl", [])]))
    expect(
      .byteOrder, P.archive(tensor, [P.storageEntry, .init("a/byteorder", Array("big".utf8))]))
    expect(.bytesBehindEnd(count: 1), P.archive(tensor + P.stop))
    let stream = [UInt8](repeating: 0, count: 16).withUnsafeBytes { Deflate.bare($0) }
    let compressed = P.storageEntry.with { ($0.data, $0.method, $0.byteCount) = (stream, 8, 16) }
    expect(.compressed("a/data/0"), P.archive(tensor, [compressed]))
  }

  @Test func refusesOlderFiles() {
    expect(.noCheckpoint, [])
    expect(.noCheckpoint, P.start + P.none + P.stop)
    expect(.version, P.legacy(P.tensor(), version: 1002))
    expect(.byteOrder, P.legacy(P.tensor(), isLittleEndian: false))
  }
}
