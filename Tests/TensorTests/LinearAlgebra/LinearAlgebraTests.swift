import Tensor
import Testing
import _TestSupport

/// The results of NumPy.
@Suite struct LinearAlgebraTests {
  @Test(arguments: 0..<5) func squareMatrices(_ index: Int) throws {
    let golden = try Golden()
    func expected(_ key: String) throws -> Tensor<Double> { try golden["square.\(index).\(key)"] }
    let (a, b) = (try expected("a"), try expected("b"))
    // As ill-conditioned as these are.
    let tolerance = 1e-10
    expectNear(try a.solve(b), try expected("solve"), within: tolerance)
    expectNear(try a.inverse(), try expected("inverse"), within: tolerance)
    expectNear(a.determinant(), try expected("determinant"), within: tolerance)
    let (sign, logarithm) = a.signAndLogDeterminant()
    #expect(sign == (try expected("sign")))
    expectNear(logarithm, try expected("logarithm"), within: tolerance)
    expectNear(try expected("positive").cholesky(), try expected("cholesky"))
    expectNear(try expected("symmetric").symmetricEigenvalues(), try expected("eigenvalues"))
    expectNear(try a.matrixPower(3), try expected("power3"))
    expectNear(try a.matrixPower(-2), try expected("power-2"), within: tolerance)
    expectNear(a.trace(), try expected("trace"))
    for norm in MatrixNorm.allCases {
      expectNear(
        try a.conditionNumber(norm), try expected("condition-\(norm)"), within: tolerance,
        "\(norm)")
    }
    let power = try a.matrixPower(0)
    expectNear(power, product(power, power))
    expectNear(product(power, a), a)
    // Vectors, and right-hand sides for all matrices at once.
    let vector = b[.ellipsis, 0].reshaped([-1, b.shape[b.rank - 2]])[0]
    let alone = try a.solve(vector)
    expectNear(
      product(a, alone.expanded(at: alone.rank)).squeezed(-1), vector.broadcast(to: alone.shape),
      within: tolerance)
  }

  @Test(arguments: 0..<7) func matricesOfAnyShape(_ index: Int) throws {
    let golden = try Golden()
    func expected(_ key: String) throws -> Tensor<Double> { try golden["any.\(index).\(key)"] }
    let a = try expected("a")
    expectNear(try a.singularValues(), try expected("singular"))
    let (q, r) = try a.qr()
    expectNear(q, try expected("q"))
    expectNear(r, try expected("r"))
    expectNear(try a.pseudoInverse(), try expected("pseudo"))
    for norm in MatrixNorm.allCases {
      expectNear(try a.matrixNorm(norm), try expected("norm-\(norm)"), "\(norm)")
    }
    guard a.rank == 2 else { return }
    let found = try a.leastSquares(try expected("b"))
    expectNear(found.solution, try expected("least"))
    let residuals = try expected("residuals").elements
    for (residual, expected) in zip(found.residuals.elements, residuals) {
      #expect(abs(residual - expected) < 1e-12)
    }
    #expect(found.rank == Tensor(scalar: Int64(min(a.shape[0], a.shape[1]))))
  }

  @Test func matricesOfLesserRank() throws {
    let golden = try Golden()
    let a = try golden["deficient.a"]
    let found = try a.leastSquares(try golden["deficient.b"])
    expectNear(found.solution, try golden["deficient.least"])
    #expect(found.solution.shape == [4] && found.residuals.shape == [])
    #expect(found.rank.elements == [2])
    expectNear(found.singularValues, try golden["deficient.singular"])
    expectNear(try a.pseudoInverse(), try golden["deficient.pseudo"])
    #expect(try a.matrixRank().elements == [2])
    #expect(try a.matrixRank(tolerance: 0.99).elements == [1])
    #expect(try a.conditionNumber().elements[0] > 1e14)
    #expect(try Tensor<Double>(zeros: [3, 2]).matrixRank().elements == [0])
    #expect(try Tensor<Double>(zeros: [3, 2]).pseudoInverse() == Tensor(zeros: [2, 3]))
    #expect(try Tensor<Double>(zeros: [3, 2]).conditionNumber().elements == [.infinity])
    // A Float of rank 2 has noise of its own size.
    #expect(try a.converted(to: Float.self).matrixRank().elements == [2])
  }

  @Test func singularMatricesAreErrors() throws {
    let a = Tensor<Double>([1, 0, 0, 1, 1, 2, 2, 4], shape: [2, 2, 2])
    let singular = LinearAlgebraError.singular(operation: "inverse", matrix: 1, column: 1)
    #expect(throws: singular) { try a.inverse() }
    #expect(
      singular.description
        == "inverse: matrix 1 is singular: column 1 depends on those before it")
    #expect(throws: LinearAlgebraError.singular(operation: "solve", matrix: 1, column: 1)) {
      try a.solve(Tensor([1, 2]))
    }
    #expect(throws: LinearAlgebraError.notFinite(operation: "solve", matrix: 0)) {
      try a.solve(Tensor([1, .nan]))
    }
    #expect(a.determinant().elements == [1, 0])
    let (sign, logarithm) = a.signAndLogDeterminant()
    #expect(sign.elements == [1, 0] && logarithm.elements == [0, -.infinity])
    for norm in MatrixNorm.allCases {
      #expect(try a.conditionNumber(norm).elements[1] > 1e15)
    }
    #expect(throws: LinearAlgebraError.self) { try a.matrixPower(-1) }
    #expect(Tensor<Double>([.nan], shape: [1, 1]).determinant().elements[0].isNaN)
    #expect(try Tensor<Double>([.nan, 1], shape: [1, 2]).matrixNorm().elements[0].isNaN)
  }

  @Test func determinantsOfAllSizes() {
    let large = randomMatrix([60, 60], seed: 11) * 1e20
    #expect(large.determinant().elements[0].magnitude == .infinity)
    let (_, logarithm) = large.signAndLogDeterminant()
    #expect(logarithm.elements[0].isFinite)
    #expect(Tensor<Double>(zeros: [0, 0]).determinant().elements == [1])
    #expect(Tensor<Double>(zeros: [3, 0, 0]).determinant().elements == [1, 1, 1])
  }

  /// Triangles of either side, transposed, with ones on the diagonal or not; what is on the other side
  /// is not looked at.
  @Test func triangles() throws {
    let a = randomMatrix([2, 7, 7], seed: 12) + 2
    let b = randomMatrix([2, 7, 3], seed: 13)
    func triangle(lower: Bool, unit: Bool) -> Tensor<Double> {
      let kept = (0..<2 * 49).map { i -> Double in
        let (row, column) = (i / 7 % 7, i % 7)
        if row == column && unit { return 1 }
        return (lower ? row >= column : row <= column) ? a.elements[i] : 0
      }
      return Tensor(kept, shape: a.shape)
    }
    for lower in [false, true] {
      for (transposed, unit) in [(false, false), (true, false), (false, true), (true, true)] {
        let x = try a.solveTriangular(
          b, lower: lower, transposed: transposed, unitDiagonal: unit)
        let matrix = triangle(lower: lower, unit: unit)
        expectNear(product(transposed ? matrix.transposed() : matrix, x), b, within: 1e-9)
      }
    }
    let zero = Tensor<Double>([1, 2, 3, 0], shape: [2, 2])
    #expect(
      throws: LinearAlgebraError.singular(operation: "solveTriangular", matrix: 0, column: 1)
    ) { try zero.solveTriangular(Tensor([1, 1]), lower: true) }
    #expect(
      try zero.solveTriangular(Tensor([1, 4]), lower: true, unitDiagonal: true).elements == [1, 1])
  }

  @Test func productsOfKronecker() throws {
    let golden = try Golden()
    #expect(try golden["kron.a"].kronecker(golden["kron.b"]) == golden["kron"])
    #expect(
      Tensor<Int32>([1, 10]).kronecker(Tensor([1, 2, 3])).elements == [1, 2, 3, 10, 20, 30])
    #expect(Tensor<Int32>(scalar: 3).kronecker(Tensor([1, 2])).elements == [3, 6])
    #expect(Tensor<Int32>([1, 2, 3, 4, 5, 6], shape: [2, 3]).trace().elements == [6])
  }

  @Test func polynomials() throws {
    let golden = try Golden()
    let (x, y) = (try golden["fit.x"], try golden["fit.y"])
    for degree in [0, 1, 3, 4] {
      expectNear(
        try Tensor.polynomialFit(x: x, y: y, degree: degree), try golden["fit.\(degree)"],
        within: 1e-11)
      expectNear(
        try Tensor.polynomialFit(x: x, y: y, degree: degree, weights: try golden["fit.weights"]),
        try golden["fit.weighted.\(degree)"], within: 1e-11)
    }
    expectNear(
      Tensor.polynomialValue(try golden["fit.3"], at: x), try golden["fit.values"], within: 1e-14)
    // Points of a polynomial give it back; of fewer points the shortest one.
    let exact = try Tensor<Double>.polynomialFit(
      x: Tensor([0, 1, 2, 3]), y: Tensor([1, 2, 5, 10]), degree: 2)
    expectNear(exact, Tensor([1, 0, 1]), within: 1e-13)
    let few = try Tensor<Double>.polynomialFit(x: Tensor([2]), y: Tensor([6]), degree: 1)
    #expect(abs(Tensor.polynomialValue(few, at: Tensor([2])).elements[0] - 6) < 1e-13)
    #expect(throws: LinearAlgebraError.notFinite(operation: "polynomialFit", matrix: 0)) {
      try Tensor<Double>.polynomialFit(x: Tensor([0, 1]), y: Tensor([0, .nan]), degree: 1)
    }
  }
}
