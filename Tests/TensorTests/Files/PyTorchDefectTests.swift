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
    // As many arguments as a function has, and no more.
    expect(.expected(arguments), P.tensor(also: P.none + P.none))
    expect(
      .expected("the tensor of a parameter"),
      P.global("torch._utils", "_rebuild_parameter") + P.tuple(P.none) + P.reduce)
    expect(
      .expected("the numbers of a size"), P.global("torch", "Size") + P.tuple(P.none) + P.reduce)
    expect(
      .expected("a list of pairs"),
      P.global("collections", "OrderedDict") + P.tuple(P.none) + P.reduce)
    for name in ["FloatStorage", "Tensor"] {
      expect(
        .expected("something else than a storage or tensor on its own"),
        P.global("torch", name) + P.tuple() + P.reduce)
    }
    let typed = P.global("torch._utils", "_rebuild_tensor_v3")
    expect(
      .expected("the element type of a tensor"),
      typed
        + P.tuple(
          P.storage(), P.integer(0), P.numbers([]), P.numbers([]), P.none, P.none, P.none)
        + P.reduce)
  }

  @Test func refusesStorages() {
    let expected = PickleError.Problem.expected("the type, key, device and size of a storage")
    expect(expected, P.none + [0x51])
    expect(expected, P.tuple() + [0x51])
    expect(expected, P.storage(count: -1))
    expect(expected, P.storage(type: "float32").dropLast(0) + P.none + [0x51])
    expect(.expected("a storage that has values"), P.storage(device: "meta"))
    for part in [P.integer(1), P.tuple(P.text("v"), P.integer(3), P.integer(2))] {
      #expect(throws: PyTorchError.self) {
        try names(P.archive(P.tensor(in: P.storage(part: part))))
      }
    }
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
    expect(.tooLarge("tensor", shape: [.max, .max]), [.max, .max], [0, 0])
    expect(.tooLarge("tensor", shape: [0, .max, 8]), [0, .max, 8], [0, 0, 0])
  }

  func expectUnreadable(
    _ reason: UnreadableTensor.Reason, _ object: [UInt8],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    // Beside a tensor that can be read.
    let pair = P.dictionary((P.text("a"), object), (P.text("b"), P.tensor()))
    for bytes in [P.archive(pair), P.legacy(pair)] {
      let file = try PyTorchFile(Storage(bytes), path: "x")
      #expect(file.names == ["b"], sourceLocation: sourceLocation)
      #expect(
        file.unreadable == [.init(name: "a", reason: reason)], sourceLocation: sourceLocation)
      #expect(
        throws: PyTorchError.unreadable(path: "x", tensor: "a", reason),
        sourceLocation: sourceLocation
      ) { try file.tensor(named: "a") }
    }
    #expect(!"\(reason)".isEmpty)
  }

  @Test func oneTensorDoesNotKeepTheOthers() throws {
    let deep = [Int](repeating: 2, count: 17)
    try expectUnreadable(.rank(17), P.tensor(deep, deep.map { _ in 0 }))
    // Few bytes that would become exabytes.
    try expectUnreadable(
      .repetition(byteCount: 1 << 62, limit: 1 << 24), P.tensor([1 << 60], [0]))
    #expect(try names(P.archive(P.tensor([1 << 22], [0]))) == ["tensor"])
    let typed =
      P.global("torch._utils", "_rebuild_tensor_v3")
      + P.tuple(
        P.storage(), P.integer(0), P.numbers([4]), P.numbers([1]), P.none, P.none,
        P.global("torch", "bits8")) + P.reduce
    try expectUnreadable(.elementType("bits8"), typed)
  }

  /// What PyTorch obeys or refuses among a tensor's properties.
  @Test func properties() throws {
    func tensor(_ members: (key: [UInt8], value: [UInt8])...) -> [UInt8] {
      let members = members.flatMap { $0.key + $0.value }
      return P.tensor(also: [0x7D] + P.mark + members + [0x75])
    }
    let isTrue: [UInt8] = [0x88], isFalse: [UInt8] = [0x89]
    let numbers = [1.5, -2, 0, .infinity].flatMap { little(Float($0).bitPattern) }
    let bytes = P.archive(tensor((P.text("neg"), isTrue)), [.init("a/data/0", numbers)])
    let negated = try PyTorchFile(Storage(bytes), path: "x").tensor(named: "tensor")
    let elements = try #require(negated.tensor(of: Float.self)?.elements)
    #expect(elements == [-1.5, 2, 0, -.infinity] && elements[2].sign == .minus)
    #expect(try names(P.archive(P.tensor(also: P.none))) == ["tensor"])
    #expect(try names(P.archive(tensor())) == ["tensor"])
    // PyTorch sets the property whatever its value.
    try expectUnreadable(.property("neg"), tensor((P.text("neg"), isFalse)))
    try expectUnreadable(.property("conj"), tensor((P.text("conj"), isTrue)))
    try expectUnreadable(.property("new"), tensor((P.text("new"), isTrue)))
    try expectUnreadable(.property("metadata"), tensor((P.none, isTrue)))
    try expectUnreadable(.property("metadata"), P.tensor(also: P.integer(1)))
  }

  @Test func statesOfTensors() throws {
    func parameter(_ state: [UInt8]) -> [UInt8] {
      P.global("torch._utils", "_rebuild_parameter_with_state")
        + P.tuple(P.tensor(), isTrue, P.none, state) + P.reduce
    }
    func typed(_ state: [UInt8]) -> [UInt8] {
      P.global("torch._tensor", "_rebuild_from_type_v2")
        + P.tuple(
          P.global("torch._utils", "_rebuild_tensor_v2"), P.global("torch", "Tensor"),
          P.tensorArguments(), state) + P.reduce
    }
    let isTrue: [UInt8] = [0x88]
    let harmless = P.dictionary((P.text("name"), P.integer(3)), (P.text("list"), P.tuple()))
    let harmful: [[UInt8]] = [
      P.dictionary((P.text("data"), P.integer(3))), P.dictionary((P.text("real"), P.integer(3))),
      P.dictionary((P.text("other"), P.tensor())), P.dictionary((P.integer(1), P.none)),
      P.integer(1), P.tuple(P.none), P.tuple(harmless, P.dictionary((P.text("data"), P.none))),
    ]
    for make in [parameter, typed] {
      for state in [P.none, harmless, P.tuple(harmless, P.none), P.tuple(P.none, harmless)] {
        #expect(try names(P.archive(make(state))) == ["tensor"])
      }
      for state in harmful { try expectUnreadable(.attributes, make(state)) }
    }
    // BUILD gives a tensor another storage.
    let build: [UInt8] = [0x62]
    let problem = PickleError.Problem.expected("an object whose content a state does not change")
    expect(problem, P.tensor() + P.tensorArguments() + build)
    expect(problem, parameter(P.none) + harmless + build)
    expect(problem, P.dictionary() + P.dictionary((P.text("items"), P.none)) + build)
    expect(problem, P.dictionary() + P.integer(1) + build)
    let metadata = P.dictionary((P.text("_metadata"), P.none))
    #expect(
      try names(P.archive(P.dictionary((P.text("a"), P.tensor())) + metadata + build)) == ["a"])
  }

  /// A size is a copy: what is appended to the list later is not in it.
  @Test func sizesAreCopies() throws {
    let list: [UInt8] = [0x5D, 0x71, 0]
    let size = P.global("torch", "Size") + [0x68, 0, 0x85] + P.reduce
    let later: [UInt8] = [0x68, 0] + P.tensor() + [0x61, 0x30]
    #expect(try names(P.archive(list + [0x30] + size + later)) == [])
  }

  @Test func skipsWhatHoldsNoTensor() throws {
    let calls = [
      ("builtins", "set"), ("__builtin__", "set"), ("builtins", "bytearray"), ("torch", "device"),
      ("builtins", "complex"), ("torch.serialization", "_get_layout"), ("argparse", "Namespace"),
    ]
    for (module, name) in calls {
      let call = P.global(module, name) + P.tuple(P.tuple(P.integer(1))) + P.reduce
      let object = P.dictionary((P.text("side"), call), (P.text("a"), P.tensor()))
      #expect(try names(P.archive(object)) == ["a"])
    }
    // A counter is a dictionary.
    let counter =
      P.global("collections", "Counter") + P.tuple(P.dictionary((P.text("n"), P.tensor())))
      + P.reduce
    #expect(try names(P.archive(counter)) == ["n"])
  }

  /// Parts of storages, as files of before PyTorch 0.4 have them.
  @Test func readsPartsOfStorages() throws {
    let part = P.tuple(P.text("v"), P.integer(1), P.integer(2))
    let object = P.tensor(in: P.storage(part: part), [2], [1])
    let numbers = [1, 2, 3, 4].flatMap { little(Float($0).bitPattern) }
    let file = try PyTorchFile(
      Storage(P.legacy(object, storages: little(Int64(4)) + numbers)), path: "x")
    #expect(try file.tensor(named: "tensor").tensor(of: Float.self)?.elements == [2, 3])
    expect(
      .bounds("tensor", shape: [3], strides: [1]),
      P.legacy(P.tensor(in: P.storage(part: part), [3], [1])))
    let other = P.tuple(P.text("v"), P.integer(0), P.integer(2))
    expect(
      .expected("a part of storage \"0\""), P.storage(part: part) + P.storage(part: other))
  }

  @Test func refusesTruthValues() throws {
    let object = P.tensor(in: P.storage(type: "BoolStorage", count: 3), [3], [1])
    let file = try PyTorchFile(
      Storage(P.archive(object, [.init("a/data/0", [0, 1, 2])])), path: "x")
    #expect(throws: PyTorchError.unreadable(path: "x", tensor: "tensor", .invalidTruthValue)) {
      try file.tensor(named: "tensor")
    }
  }

  @Test func namesOfTensors() throws {
    let tensor = P.tensor()
    let inner = P.dictionary((P.text("b"), tensor))
    func names(_ members: (key: [UInt8], value: [UInt8])...) throws -> [String] {
      try self.names(P.archive([0x7D] + P.mark + members.flatMap { $0.key + $0.value } + [0x75]))
    }
    #expect(try names((P.text("a.b"), tensor), (P.text("a"), inner)) == ["a.b", "a.b#2"])
    #expect(
      try names((P.text("0"), tensor), (P.integer(0), tensor), (P.text("0#2"), tensor))
        == ["0", "0#2", "0#2#2"])
    #expect(try names((P.none, tensor), (P.tuple(), P.none)) == ["None"])
    #expect(
      try names((P.tuple(P.integer(0), P.text("x")), tensor), (P.integer(-3), tensor))
        == ["(0, 'x')", "-3"])
    let half = [0x47] + [UInt8](little(Double(0.5).bitPattern).reversed())
    let device = P.global("torch", "device") + P.tuple(P.text("cpu")) + P.reduce
    #expect(try names((half, tensor), (device, tensor)) == ["0.5", "#1"])
    // Two devices may be one, of which Python has the last value.
    let devices = try PyTorchFile(
      Storage(P.archive(P.dictionary((device, tensor), (P.text("a"), tensor), (device, inner)))),
      path: "x")
    #expect(devices.names == ["a"])
    #expect(devices.unreadable == ["#0", "#2"].map { .init(name: $0, reason: .key) })
  }

  /// Of two equal keys, Python has the value of the last one.
  @Test func refusesEqualKeys() {
    let tensor = P.tensor()
    let one = [0x47] + [UInt8](little(Double(1).bitPattern).reversed())
    let pairs: [([UInt8], [UInt8], String)] = [
      (P.text("a"), P.text("a"), "'a'"), (P.integer(1), [0x88], "1"), (one, P.integer(1), "1"),
      (P.tuple(P.none), P.tuple(P.none), "(None)"),
      (P.global("torch", "float32"), P.global("torch", "float32"), "F32"),
    ]
    for (first, second, key) in pairs {
      expect(.duplicateKey(key, of: ""), P.archive(P.dictionary((first, tensor), (second, P.none))))
    }
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

  /// Pairs of pairs of pairs: few bytes that would make many names.
  @Test func refusesMoreNamesThanBytes() throws {
    let pair: [UInt8] = [0x71, 0, 0x68, 0, 0x86]
    let pairs = P.tensor() + [[UInt8]](repeating: pair, count: 18).flatMap(\.self)
    let file = P.archive(pairs)
    #expect(throws: PyTorchError.self) { try names(file) }
    let few = P.archive(P.tensor() + [[UInt8]](repeating: pair, count: 6).flatMap(\.self))
    #expect(try names(few).count == 64)
  }

  /// Names of entries that are one to PyTorch.
  @Test func refusesEntriesThatDifferInCase() {
    expect(
      .equalNames("a/data/0"),
      P.archive(P.tensor(), [.init("a/DATA/0", P.storageEntry.data), P.storageEntry]))
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
