import Tensor
import Testing

@Suite struct PyTorchFileTests {
  func open(_ name: String) throws -> PyTorchFile {
    try PyTorchFile(path: Fixtures.path("formats/\(name)"))
  }

  @Test(arguments: [
    "tensors.pt", "tensors-legacy.pt", "tensors-protocol5.pt", "tensors-protocol4-legacy.pt",
  ])
  func readsEveryElementType(_ name: String) throws {
    let file = try open(name)
    try expectGoldenTensors(file.names) { try file.tensor(named: $0) }
  }

  @Test(arguments: ["views.pt", "views-legacy.pt"])
  func readsViews(_ name: String) throws {
    let file = try open(name)
    let base = Tensor<Float>(range: 0..<24).reshaped([4, 6])
    let views: [String: Tensor<Float>] = [
      "base": base, "tied": base, "row": base[2], "column": base[0..<4, 1],
      "transposed": base.transposed(), "corner": base[1..<3, 2..<5],
      "strided": Tensor([0, 3, 12, 15], shape: [2, 2]),
      "expanded": Tensor([0, 1, 0, 1, 0, 1], shape: [3, 2]),
      "permuted": base.reshaped([2, 2, 6]).permuted([2, 0, 1]),
    ]
    #expect(Set(file.names) == Set(views.keys))
    for (name, view) in views {
      let tensor = try #require(try file.tensor(named: name).tensor(of: Float.self), "\(name)")
      #expect(tensor.shape == view.shape && tensor.elements == view.elements, "\(name)")
    }
  }

  @Test func sharesTheFile() throws {
    let file = try open("views.pt")
    let (base, tied) = (try file.tensor(named: "base"), try file.tensor(named: "tied"))
    #expect(!base.storage.isWritable && base.storage === tied.storage)
    #expect(base.byteRange == tied.byteRange)
  }

  @Test(arguments: ["training.pt", "training-legacy.pt"])
  func readsNestedDictionaries(_ name: String) throws {
    let file = try open(name)
    for prefix in ["model", "ema"] {
      let weight = try file.tensor(named: "\(prefix).weight").tensor(of: Float.self)
      #expect(weight?.elements == [0, 1, 2, 3, 4, 5])
      let bias = try file.tensor(named: "\(prefix).bias").tensor(of: Float.self)
      #expect(bias?.elements == [7, 8])
    }
    #expect(file.names.contains("opt.state.0.exp_avg"))
    #expect(try file.tensor(named: "list.0").tensor(of: Float.self)?.elements == [1])
    let x = try #require(file.entries.first { $0.name == "list.1.x" })
    #expect(x.elementType == .int16 && x.shape == [1])
    #expect(try file.tensor(named: "list.1.x").tensor(of: Int16.self)?.elements == [2])
    let z = try #require(file.entries.first { $0.name == "list.1.z" })
    #expect(z.elementType == .complex64)
    #expect(
      throws: PyTorchError.unreadable(path: file.path, tensor: "list.1.z", .elementType("C64"))
    ) { try file.tensor(named: "list.1.z") }
    let bytes = try file.stored(named: "list.1.z").withUnsafeBytes { Array($0) }
    #expect(bytes == little(Float(0).bitPattern, Float(1).bitPattern))
    #expect(throws: PyTorchError.missing(path: file.path, tensor: "model")) {
      try file.tensor(named: "model")
    }
  }

  @Test func readsASingleTensor() throws {
    let file = try open("single.pt")
    #expect(file.names == ["tensor"])
    #expect(try file.tensor(named: "tensor").tensor(of: Float.self)?.elements == [1, 2])
  }

  /// What is valid and rare, as PyTorch writes and reads it.
  @Test(arguments: ["forms.pt", "forms-legacy.pt"])
  func readsRareForms(_ name: String) throws {
    let file = try open(name)
    let expected = try SafetensorsFile(path: Fixtures.path("formats/forms.safetensors"))
    let newer: Set = name == "forms.pt" ? [] : ["c32", "u16", "u32", "u64", "f8"]
    #expect(Set(file.names) == Set(expected.names).subtracting(newer))
    for entry in file.entries {
      // Complex numbers of all three widths are there as two numbers each.
      let found = try file.stored(named: entry.name).withUnsafeBytes { Array($0) }
      let bytes = try expected.stored(named: entry.name).withUnsafeBytes { Array($0) }
      #expect(found == bytes, "\(entry.name)")
      #expect(
        try entry.elementType.isComplex
          || entry.elementType == expected.stored(named: entry.name).elementType)
    }
    let unreadable = Dictionary(uniqueKeysWithValues: file.unreadable.map { ($0.name, $0.reason) })
    #expect(
      unreadable == [
        "sparse": .form("a sparse tensor"), "quantized": .form("a quantized tensor"),
        "meta": .noValues, "numpy": .form("an array of NumPy"),
      ])
    #expect(throws: PyTorchError.unreadable(path: file.path, tensor: "meta", .noValues)) {
      try file.tensor(named: "meta")
    }
  }

  @Test func refusesFunctionsByName() throws {
    let error = #expect(throws: PyTorchError.self) { try open("refused.pt") }
    guard case .malformed(_, .pickle(let error))? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error.problem == .global("__builtin__.print"))
    #expect(error.description.contains("\"__builtin__.print\""))
    #expect(error.description.contains("of a whole model, save its state_dict()"))
  }
}

/// Expects the tensors that `make_formats.py` puts into every checkpoint.
func expectGoldenTensors(
  _ names: [String], skipping skipped: Set<String> = [],
  sourceLocation: SourceLocation = #_sourceLocation,
  _ tensor: (String) throws -> AnyTensor
) throws {
  let types: [String: ScalarType] = [
    "f32": .float, "f64": .double, "f16": .float16, "bf16": .bfloat16, "i8": .int8, "u8": .uint8,
    "i32": .int32, "i64": .int64,
  ]
  let others: Set<String> = ["bool", "scalar", "empty"]
  #expect(Set(names) == others.union(types.keys).subtracting(skipped))
  for (name, type) in types where !skipped.contains(name) {
    let found = try tensor(name)
    #expect(found.scalarType == type && found.shape == [2, 3], "\(name)")
    let expected = (0..<6).map { index in
      name == "u8" ? Double(index) : Double(index - 2) / (type.isFloatingPoint ? 2 : 1)
    }
    #expect(found.converted(to: Double.self).elements == expected, "\(name)")
  }
  #expect(try tensor("bool").tensor(of: Bool.self)?.elements == [true, false, true])
  let scalar = try tensor("scalar")
  #expect(scalar.shape == [] && scalar.tensor(of: Float.self)?.elements == [1.5])
  let empty = try tensor("empty")
  #expect(empty.shape == [3, 0, 2] && empty.tensor(of: Float.self)?.elements == [])
}
