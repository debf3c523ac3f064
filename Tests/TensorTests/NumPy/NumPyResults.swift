import Tensor
import Testing
import _TestSupport

/// The results of NumPy that Tests/Fixtures/make_numpy.py wrote, and the inputs that it had.
struct NumPyResults {
  let file: SafetensorsFile

  init() throws { file = try SafetensorsFile(path: Fixtures.path("numpy.safetensors")) }

  /// The inputs, by name, as the script makes them: one is a transposed view, one is broadcast.
  func input(_ name: String) throws -> Tensor<Double> {
    let dense = try file.tensor(named: "input/\(name)").converted(to: Double.self)
    switch name {
    case "turned": return dense.transposed().copied().transposed()
    case "repeated": return dense[.all, 0..<1].copied().broadcast(to: dense.shape)
    default: return dense
    }
  }

  static let inputs = ["odd", "empty", "scalar", "turned", "repeated", "special", "ties"]

  /// The names of the inputs that there are results of an operation for.
  func inputs(_ operation: String) -> [String] {
    Self.inputs.filter { file.names.contains("\(operation)/\($0)") }
  }

  subscript(_ name: String) -> Tensor<Double> {
    get throws { try file.tensor(named: name).converted(to: Double.self) }
  }

  /// Whether a tensor has the shape of NumPy's result and its elements, but for rounding; infinities
  /// and NaN where it has them.
  func expect(
    _ result: Tensor<Double>, _ name: String, tolerance: Double = 1e-13,
    location: SourceLocation = #_sourceLocation
  ) throws {
    let expected = try self[name]
    #expect(result.shape == expected.shape, "\(name)", sourceLocation: location)
    guard result.shape == expected.shape else { return }
    for (x, y) in zip(result.elements, expected.elements) where !(x.isNaN && y.isNaN) && x != y {
      let error = (x - y).magnitude / Swift.max(y.magnitude, 1)
      #expect(error <= tolerance, "\(name): \(x), NumPy has \(y)", sourceLocation: location)
    }
  }

  /// The same for every input that there is a result for, at least one.
  func expectEach(
    _ operation: String, tolerance: Double = 1e-13, location: SourceLocation = #_sourceLocation,
    _ compute: (Tensor<Double>) throws -> Tensor<Double>
  ) throws {
    let names = inputs(operation)
    #expect(!names.isEmpty, "\(operation)", sourceLocation: location)
    for name in names {
      try expect(
        try compute(input(name)), "\(operation)/\(name)", tolerance: tolerance, location: location)
    }
  }

  /// The same for an elementwise function, of all inputs one after the other.
  func expectElementwise(
    _ function: String, tolerance: Double = 1e-13, location: SourceLocation = #_sourceLocation,
    _ compute: (Tensor<Double>) -> Tensor<Double>
  ) throws {
    let results = try Self.inputs.map { name in
      let x = try input(name)
      let y = compute(x)
      #expect(y.shape == x.shape, "\(function)/\(name)", sourceLocation: location)
      return y.flattened()
    }
    try expect(
      Tensor(concatenating: results), function, tolerance: tolerance, location: location)
  }
}

extension Tensor {
  /// As `Double`, to be compared.
  var wide: Tensor<Double> { converted(to: Double.self) }
}
