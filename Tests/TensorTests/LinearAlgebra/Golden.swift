import Tensor
import Testing
import _TestSupport

/// NumPy's results, of 64 bits.
struct Golden {
  let file: SafetensorsFile

  init() throws { file = try SafetensorsFile(path: Fixtures.path("numeric.safetensors")) }

  subscript(_ name: String) -> Tensor<Double> {
    get throws { try file.tensor(named: name).converted(to: Double.self) }
  }

  /// Complex numbers, whose parts are two tensors.
  func complex(_ name: String) throws -> ComplexTensor<Double> {
    ComplexTensor(real: try self["\(name).real"], imaginary: try self["\(name).imaginary"])
  }
}

/// Expects the same shape, and elements that differ by no more than a part of the largest.
func expectNear<Scalar: TensorNumeric & BinaryFloatingPoint>(
  _ result: Tensor<Scalar>, _ expected: Tensor<Double>, within tolerance: Double = 1e-12,
  _ label: String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(result.shape == expected.shape, "\(label)", sourceLocation: sourceLocation)
  guard result.shape == expected.shape else { return }
  let error = relativeError(result.elements, expected.elements)
  #expect(error <= tolerance, "\(label): error \(error)", sourceLocation: sourceLocation)
}

/// The product of matrices, by the definition; leading axes are equal.
func product(_ a: Tensor<Double>, _ b: Tensor<Double>) -> Tensor<Double> {
  (a.expanded(at: a.rank) * b.expanded(at: b.rank - 2)).sum(axes: [-2])
}

/// Expects columns that are orthogonal and of length 1.
func expectOrthonormal(
  _ x: Tensor<Double>, within tolerance: Double = 1e-13, _ label: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let gram = product(x.transposed(), x)
  let count = gram.shape[gram.rank - 1]
  let identity = Tensor<Double>(
    (0..<count * count).map { $0 / max(count, 1) == $0 % max(count, 1) ? 1 : 0 },
    shape: [count, count]
  ).broadcast(to: gram.shape)
  let error = (gram - identity).elements.reduce(0) { max($0, $1.magnitude) }
  #expect(error <= tolerance, "\(label): error \(error)", sourceLocation: sourceLocation)
}

/// Random numbers of 64 bits.
func randomMatrix(_ shape: [Int], seed: UInt64) -> Tensor<Double> {
  var numbers = SampleNumbers(seed: seed)
  return Tensor(numbers.next(shape.reduce(1, *)).map(Double.init), shape: shape)
}
