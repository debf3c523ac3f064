import Tensor
import Testing

/// Choosing, arranging and making tensors, against NumPy.
@Suite struct NumPyArrangementTests {
  let numpy: NumPyResults

  init() throws { numpy = try NumPyResults() }

  @Test func choosing() throws {
    try numpy.expectEach("unique") { $0.unique().values }
    try numpy.expectEach("unique_inverse") { $0.unique().inverse.wide }
    try numpy.expectEach("unique_counts") { $0.unique().counts.wide }
    try numpy.expectEach("argwhere") { $0.nonzeroIndices().wide }
    try numpy.expectEach("flatnonzero") { ($0 .!= 0).truePlaces().wide }
    try numpy.expectEach("extract") { $0[$0 .> 0] }
    let steps: Tensor<Double> = [-1, 0, 0, 1, 2]
    try numpy.expectEach("searchsorted") { steps.places(for: $0).wide }
    try numpy.expectEach("searchsorted_right") { steps.places(for: $0, behindEquals: true).wide }
    try numpy.expectEach("digitize") { $0.intervals([-1, 0, 0.5, 2]).wide }
    try numpy.expectEach("isin") { $0.isIn([0, 1, 2.5]).wide }
    try numpy.expectEach("interp") { $0.interpolated([-1, 0, 2], [5, 1, 3]) }
    try numpy.expectEach("histogram") { $0.histogram(bins: 4).counts }
    try numpy.expectEach("histogram_range") { $0.histogram(bins: 3, range: -1...1).counts }
    try numpy.expectEach("mask_rows") { $0[$0[.all, 0] .> 0] }
  }

  @Test func arranging() throws {
    try numpy.expectEach("outer") { $0.outer([2, 3]) }
    try numpy.expectEach("kron") { $0.kronecker([[1, 2], [0, 1]]) }
    try numpy.expectEach("tril") { $0.lowerTriangle() }
    try numpy.expectEach("triu") { $0.upperTriangle(diagonal: 1) }
    try numpy.expectEach("diagonal") { $0.diagonal(offset: 1) }
    try numpy.expectEach("diagonal-") { $0.diagonal(offset: -1) }
    try numpy.expectEach("trace") { $0.trace() }
    try numpy.expectEach("rot90") { $0.rotated() }
    try numpy.expectEach("rot270") { $0.rotated(quarters: -1) }
    try numpy.expectEach("tile") { $0.tiled([2, 1, 3]) }
    try numpy.expectEach("delete") { $0.removing([0, -1], axis: 1) }
    try numpy.expectEach("insert") { $0.inserting(7, at: 1) }
    try numpy.expectEach("constant") { $0.padded([(1, 2), (0, 3)], with: 4) }
    for mode in PadMode.allCases {
      try numpy.expectEach(mode.rawValue) { $0.padded([(1, 2), (5, 3)], mode) }
    }
    try numpy.expectEach("moveaxis") { $0.movingAxis(0, to: -1) }
    try numpy.expectEach("cov") { $0.covariance() }
    try numpy.expectEach("corrcoef") { $0.correlation() }
    try numpy.expectEach("average") { x in
      let weights = Tensor<Double>(range: 1..<x.shape[0] + 1).expanded(at: 1)
      return x.mean(weights: weights, axes: [0])
    }
    let odd = try numpy.input("odd")
    try numpy.expect(odd[.all, .all, 0].transposed().cross([1, 2, 3]), "cross")
    let short: Tensor<Double> = [1, -2, 0.5, 3]
    try numpy.expect(odd[0, 0].convolved(with: short), "convolve_full")
    try numpy.expect(odd[0, 0].convolved(with: short, .same), "convolve_same")
    try numpy.expect(odd[0, 0].convolved(with: short, .valid), "convolve_valid")
  }

  @Test func making() throws {
    try numpy.expect(Tensor(from: -1, through: 2, count: 7), "linspace")
    try numpy.expect(Tensor(from: 0.3, to: 2.1, by: 0.37), "arange")
    try numpy.expect(Tensor(powersFrom: 0, through: 2, count: 5), "logspace")
    try numpy.expect(Tensor(geometricFrom: 1, through: 1000, count: 4), "geomspace")
    try numpy.expect(Tensor(identity: 3, columns: 4, diagonal: 1), "eye")
    try numpy.expect(Tensor(lowerTriangle: 3, columns: 4, diagonal: 1), "tri")
    try numpy.expect(Tensor(powersOf: [2, 3, -1], count: 4), "vander")
    let numbers: Tensor<Int64> = [1, 4, 1, 0]
    try numpy.expect(numbers.counts(length: 6).wide, "bincount")
    let weights: Tensor<Double> = [0.5, 1, 2, 4]
    try numpy.expect(numbers.counts(weights: weights), "bincount_weights")
    let keys: [Tensor<Int32>] = [[1, 2, 1, 2], [3, 1, 2, 1]]
    try numpy.expect(argsort(by: keys).wide, "lexsort")
    let places: Tensor<Int64> = [22, 41, 37]
    let indices = places.indices(in: [7, 6])
    try numpy.expect(indices.wide, "unravel_index")
    #expect(indices.places(in: [7, 6]) == places)
  }
}
