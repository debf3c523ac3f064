import Tensor
import Testing
import _TestSupport

@Suite struct DecompositionTests {
  /// Random matrices of all shapes, and ones that decompositions find hard.
  static let matrices: [(name: String, matrix: Tensor<Double>)] = {
    var result = [
      [1, 1], [1, 5], [5, 1], [2, 2], [3, 7], [7, 3], [12, 12], [40, 17], [17, 40], [2, 3, 5, 4],
    ].map { ("random \($0)", randomMatrix($0, seed: UInt64($0.reduce(3, { $0 * 7 + $1 })))) }
    func add(_ name: String, _ rows: Int, _ columns: Int, _ element: (Int, Int) -> Double) {
      let elements = (0..<rows * columns).map { element($0 / columns, $0 % columns) }
      result.append((name, Tensor(elements, shape: [rows, columns])))
    }
    add("zeros", 4, 3) { _, _ in 0 }
    add("ones", 6, 6) { _, _ in 1 }
    add("identity", 5, 5) { $0 == $1 ? 1 : 0 }
    add("turned identity", 5, 5) { $0 + $1 == 4 ? -1 : 0 }
    add("a column of zeros", 5, 3) { $1 == 1 ? 0 : Double($0 + 2 * $1 * $1) }
    add("Hilbert", 12, 12) { 1 / Double($0 + $1 + 1) }
    add("equal columns", 7, 4) { row, column in Double(row * (column / 2 + 1)) }
    add("columns of all sizes", 8, 6) { row, column in
      Double(
        sign: .plus, exponent: -40 * column, significand: Double((row * 5 + column * 3) % 7) - 3)
    }
    add("huge", 4, 4) { Double($0 * 4 + $1 + ($0 == $1 ? 3 : 0)) * 1e300 }
    add("tiny", 4, 4) { Double($0 * 4 + $1 + ($0 == $1 ? 3 : 0)) * 0x1p-1035 }
    add("triangle", 6, 6) { $0 > $1 ? 0 : 1 }
    result.append(("nothing", Tensor(zeros: [0, 3])))
    result.append(("nothing at all", Tensor(zeros: [0, 0])))
    result.append(("no matrices", Tensor(zeros: [0, 2, 2])))
    return result
  }()

  /// `u · diagonal(values / scale) · vTransposed`, so that no product overflows.
  private func rebuilt(
    _ svd: SingularValueDecomposition<Double>, scale: Double
  ) -> Tensor<Double> {
    let count = svd.values.shape[svd.values.rank - 1]
    let values = svd.values / scale
    let u = svd.u[.ellipsis, 0..<count] * values.expanded(at: values.rank - 1)
    return product(u, svd.vTransposed[.ellipsis, 0..<count, .all])
  }

  @Test(arguments: matrices.indices) func singularValuesRebuildTheMatrix(_ index: Int) throws {
    let (name, a) = Self.matrices[index]
    // Subnormal numbers have fewer digits.
    let tolerance = name == "tiny" ? 1e-12 : 1e-13
    for full in [false, true] {
      let svd = try a.svd(full: full)
      let (m, n) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
      let leading = Array(a.shape.dropLast(2))
      let k = min(m, n)
      #expect(svd.u.shape == leading + [m, full ? m : k])
      #expect(svd.values.shape == leading + [k])
      #expect(svd.vTransposed.shape == leading + [full ? n : k, n])
      expectOrthonormal(svd.u, name)
      expectOrthonormal(svd.vTransposed.transposed(), name)
      let values = svd.values.elements
      for i in values.indices {
        #expect(values[i] >= 0 && (i % max(k, 1) == 0 || values[i] <= values[i - 1]), "\(name)")
      }
      let scale = values.max() ?? 0
      guard scale > 0 else {
        #expect(a.elements.allSatisfy { $0 == 0 })
        continue
      }
      expectNear(rebuilt(svd, scale: scale), a / scale, within: tolerance, name)
      #expect(relativeError(try a.singularValues().elements, values) < 1e-14, "\(name)")
    }
  }

  /// The values of a matrix whose columns differ by many powers of ten have all their digits.
  @Test func smallSingularValuesAreExact() throws {
    // Orthogonal columns of known lengths.
    let lengths = [1, 1e-8, 1e-20, 1e-60, 1e-120]
    let q = try randomMatrix([9, 5], seed: 5).qr().q
    let values = try (q * Tensor(lengths)).singularValues().elements
    for (value, length) in zip(values, lengths) { #expect(abs(value / length - 1) < 1e-13) }
  }

  @Test(arguments: matrices.indices) func qrRebuildsTheMatrix(_ index: Int) throws {
    let (name, a) = Self.matrices[index]
    for full in [false, true] {
      let (q, r) = try a.qr(full: full)
      expectOrthonormal(q, name)
      let scale = a.elements.reduce(0) { max($0, $1.magnitude) }
      let tolerance = name == "tiny" ? 1e-12 : 1e-13
      if scale > 0 { expectNear(product(q, r / scale), a / scale, within: tolerance, name) }
      let columns = r.shape[r.rank - 1]
      for (i, element) in r.elements.enumerated()
      where i / max(columns, 1) % r.shape[r.rank - 2] > i % columns {
        #expect(element == 0)
      }
    }
  }

  @Test(arguments: matrices.indices) func eigenvectorsAreThoseOfTheMatrix(_ index: Int) throws {
    let (name, any) = Self.matrices[index]
    let count = min(any.shape[any.rank - 2], any.shape[any.rank - 1])
    let square = any[.ellipsis, 0..<count, 0..<count]
    let scale = square.elements.reduce(0) { max($0, $1.magnitude) }
    let a = scale == 0 ? square : square / scale
    let symmetric = a + a.transposed()
    let (values, vectors) = try symmetric.symmetricEigen()
    expectOrthonormal(vectors, name)
    let largest = max(values.elements.reduce(0) { max($0, $1.magnitude) }, 1e-300)
    let difference =
      product(symmetric, vectors) - vectors * values.expanded(at: values.rank - 1)
    #expect(difference.elements.allSatisfy { $0.magnitude <= 1e-13 * largest * 4 }, "\(name)")
    let only = try symmetric.symmetricEigenvalues()
    #expect(
      zip(only.elements, values.elements).allSatisfy { abs($0 - $1) <= 1e-13 * largest }, "\(name)")
    for i in values.elements.indices.dropFirst() where i % count > 0 {
      #expect(values.elements[i] >= values.elements[i - 1])
    }
  }

  /// Only the lower triangle counts.
  @Test func eigenvaluesAndCholeskyReadTheLowerTriangle() throws {
    let a = Tensor<Double>([4, 9, 2, 5], shape: [2, 2])
    let same = Tensor<Double>([4, 2, 2, 5], shape: [2, 2])
    #expect(try a.symmetricEigenvalues() == same.symmetricEigenvalues())
    expectNear(try a.cholesky(), Tensor([2, 0, 1, 2], shape: [2, 2]), within: 1e-15)
  }

  /// Matrices that are not finite or not positive definite give errors that name them.
  @Test func errorsNameTheMatrix() {
    var a = randomMatrix([3, 2, 2], seed: 8)
    a[1, 0, 0] = Tensor(scalar: .nan)
    #expect(throws: LinearAlgebraError.notFinite(operation: "svd", matrix: 1)) { try a.svd() }
    #expect(throws: LinearAlgebraError.notFinite(operation: "qr", matrix: 1)) { try a.qr() }
    #expect(throws: LinearAlgebraError.notFinite(operation: "symmetricEigen", matrix: 1)) {
      try a.symmetricEigen()
    }
    let indefinite = Tensor<Double>([1, 2, 2, 1], shape: [2, 2])
    let error = LinearAlgebraError.notPositiveDefinite(operation: "cholesky", matrix: 0, rows: 2)
    #expect(throws: error) { try indefinite.cholesky() }
    #expect(
      error.description
        == "cholesky: matrix 0 is not positive definite: its leading 2 × 2 part is not")
    #expect(throws: LinearAlgebraError.self) {
      try Tensor<Double>(repeating: .infinity, shape: [2, 2]).cholesky()
    }
  }

  /// Floats are computed in 64 bits and rounded once.
  @Test func floatsAreComputedInDoubles() throws {
    let a = randomMatrix([6, 4], seed: 9).converted(to: Float.self)
    let wide = a.converted(to: Double.self)
    #expect(try a.svd().values == wide.svd().values.converted(to: Float.self))
    #expect(try a.qr().r == wide.qr().r.converted(to: Float.self))
    #expect(try a.pseudoInverse() == wide.pseudoInverse().converted(to: Float.self))
  }

  @Test func matricesMayBeViews() throws {
    let a = randomMatrix([5, 3, 4], seed: 10)
    let view = a.permuted([1, 2, 0]).contiguous().permuted([2, 0, 1])
    #expect(try view.svd().u == a.svd().u)
    let repeated = a[0].broadcast(to: [2, 3, 4])
    let (q, _) = try repeated.qr()
    #expect(q[0] == q[1])
  }

  @Test func refusesWhatIsNoMatrix() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try Tensor<Double>([1, 2, 3]).svd()
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("svd: a tensor of shape [3] is no matrix"))
    let square = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try Tensor<Double>(zeros: [2, 3]).inverse()
    }
    let other = String(decoding: square?.standardErrorContent ?? [], as: UTF8.self)
    #expect(other.contains("inverse: matrices of shape [2, 3] are not square"))
  }
}
