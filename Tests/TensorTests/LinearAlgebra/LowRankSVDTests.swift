import Tensor
import Testing
import _TestSupport

@Suite struct LowRankSVDTests {
  private func rebuilt(_ svd: SingularValueDecomposition<Double>) -> Tensor<Double> {
    product(svd.u * svd.values.expanded(at: svd.values.rank - 1), svd.vTransposed)
  }

  /// A matrix of known singular values.
  private func matrix(_ rows: Int, _ columns: Int, values: [Double]) throws -> Tensor<Double> {
    let u = try randomMatrix([rows, values.count], seed: 61).qr().q
    let v = try randomMatrix([columns, values.count], seed: 62).qr().q
    return product(u * Tensor(values), v.transposed())
  }

  @Test func isExactForMatricesOfThatRank() throws {
    for (rows, columns) in [(30, 50), (50, 30), (20, 20)] {
      let a = try matrix(rows, columns, values: [5, 3, 2, 1e-3])
      for rank in [4, 6, 20] {
        let svd = try a.lowRankSVD(rank: rank)
        #expect(svd.u.shape == [rows, rank] && svd.vTransposed.shape == [rank, columns])
        expectNear(rebuilt(svd), a, within: 1e-13)
        expectOrthonormal(svd.u)
        expectOrthonormal(svd.vTransposed.transposed())
        let known = Tensor<Double>([5, 3, 2, 1e-3] + Array(repeating: 0, count: rank - 4))
        expectNear(svd.values, known, within: 1e-14)
      }
    }
  }

  /// Where singular values fall, the largest ones are found to many digits.
  @Test func findsTheLargestSingularValues() throws {
    let known = (0..<40).map { Double(sign: .plus, exponent: -$0, significand: 3) }
    let a = try matrix(40, 60, values: known)
    let svd = try a.lowRankSVD(rank: 8)
    for (value, known) in zip(svd.values.elements, known) {
      #expect(abs(value / known - 1) < 1e-12)
    }
    // The distance from the matrix is the next singular value.
    let distance = try (rebuilt(svd) - a).matrixNorm(.spectral).elements[0]
    #expect(abs(distance / known[8] - 1) < 1e-6)
  }

  /// The distance of random matrices, whose singular values hardly fall, is near the least one.
  @Test func randomMatricesAreApproximated() throws {
    let a = randomMatrix([2, 70, 50], seed: 63)
    let svd = try a.lowRankSVD(rank: 12)
    let distance = try (rebuilt(svd) - a).matrixNorm(.spectral).elements
    let values = try a.singularValues()
    for index in 0..<2 { #expect(distance[index] < 1.15 * values[index, 12].elements[0]) }
    #expect(try a[1].lowRankSVD(rank: 12).values == svd.values[1])
    let all = try a.lowRankSVD(rank: 50)
    expectNear(all.values, values)
    let zeros = try Tensor<Double>(zeros: [4, 6]).lowRankSVD(rank: 2)
    #expect(zeros.values.elements == [0, 0])
    expectOrthonormal(zeros.u)
  }
}
