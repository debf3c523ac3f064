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
    try numpy.expectEach("unique_index") { $0.unique().firstPlaces.wide }
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
    try numpy.expectEach("histogram_edges") { $0.histogram(edges: [-2, -1, 0.5, 3]) }
    try numpy.expectEach("histogram_weights") { x in
      let weights = Tensor<Double>(range: 0..<x.count).reshaped(x.shape)
      return x.histogram(edges: [-2, -1, 0.5, 3], weights: weights)
    }
    try numpy.expectEach("histogramdd") {
      $0[.all, ..<2].jointHistogram(edges: [[-2, -1, 0.5, 3], [-1, 0, 1, 2, 2.5]])
    }
    let points: Tensor<Float> = [[0.5, 1], [0.7, 3], [2, 0]]
    #expect(
      points.jointHistogram(edges: [[0, 1], [0, 2, 4]], weights: [2, 3, 4]) == [[2, 3]])
    try numpy.expectEach("mask_rows") { $0[$0[.all, 0] .> 0] }
  }

  /// Sets of the different elements of tensors.
  @Test func sets() throws {
    let other: Tensor<Double> = [3, 0, 1, 2.5, 0]
    try numpy.expectEach("intersect1d") { $0.intersection(other) }
    try numpy.expectEach("union1d") { $0.union(other) }
    try numpy.expectEach("setdiff1d") { $0.subtracting(other) }
    try numpy.expectEach("setxor1d") { $0.symmetricDifference(other) }
    let words: Tensor<UInt8> = [[7, 7], [1, 200]]
    #expect(words.intersection([200, 7, 9]) == [7, 200] && words.union([9]) == [1, 7, 9, 200])
    #expect(
      words.subtracting([7]) == [1, 200] && words.symmetricDifference([7, 3]) == [1, 3, 200])
    #expect(words.intersection(Tensor(zeros: [0])).shape == [0])
  }

  /// What is written to places that were chosen.
  @Test func writing() throws {
    try numpy.expectEach("put_along") { x in
      var x = x
      x.put(9, along: 1, at: (Tensor<Int64>(range: 0..<x.shape[0]) % 3).expanded(at: 1))
      return x
    }
    try numpy.expectEach("add_at") { x in
      var x = x
      x.add([[1], [2], [3]], along: 0, at: [[0], [2], [0]])
      return x
    }
    try numpy.expectEach("place") { x in
      var x = x
      x[x .> 0] = 5
      return x
    }
    try numpy.expectEach("fill_diagonal") { x in
      var x = x
      x.fillDiagonal(with: Tensor(range: 0..<min(x.shape[0], x.shape[1])))
      return x
    }
    var x = Tensor<Int32>(zeros: [2, 2, 3])
    x.fillDiagonal(with: 4, offset: 2)
    #expect(x == [[[0, 0, 4], [0, 0, 0]], [[0, 0, 4], [0, 0, 0]]])
  }

  @Test func joining() throws {
    try numpy.expectEach("concatenate") { Tensor(concatenating: [$0, $0[..<1], $0]) }
    try numpy.expectEach("stack") { Tensor(stacking: [$0, -$0], axis: -1) }
    try numpy.expectEach("block") { x in
      Tensor(blocks: [[x, x[.all, ..<1]], [x[..<2], x[1..<3, ..<1]]])
    }
    try numpy.expectEach("split") { x in
      Tensor(concatenating: x.split(into: 3, axis: 1).map { $0.flattened() })
    }
    let column: Tensor<Double> = [[1], [2]]
    try numpy.expect(
      Tensor(stacking: Tensor.broadcast([Tensor(range: 0..<3), column])), "broadcast_arrays")
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
    try numpy.expectEach("tril-1") { $0.lowerTriangle(diagonal: -1) }
    try numpy.expectEach("triu-2") { $0.upperTriangle(diagonal: -2) }
    try numpy.expectEach("rot180") { $0.rotated(quarters: 2) }
    try numpy.expectEach("ediff1d") { $0.flattened().differences() }
    try numpy.expectEach("roll_flat") { $0.rolled(by: -2) }
    try numpy.expectEach("flip_all") { $0.flipped() }
    try numpy.expectEach("take_many") { $0.gathered([[0, -1], [1, 1]], axis: 1) }
    try numpy.expectEach("repeat_counts") { x in
      x.repeated((0..<x.shape[1]).map { $0 % 3 }, axis: 1)
    }
    try numpy.expectEach("insert_several") { x in
      x.inserting([[4], [5]], at: 2)
    }
    try numpy.expectEach("cov0") { $0.covariance(correction: 0) }
    try numpy.expectEach("vecdot") { ($0 * $0[0]).sum(axis: -1) }
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
    let pair: Tensor<Double> = [1, -2]
    for (name, part) in [("full", ConvolvedPart.full), ("same", .same), ("valid", .valid)] {
      try numpy.expect(odd[0, 0].convolved(with: pair.flipped(0), part), "correlate_\(name)")
    }
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
    try numpy.expect(Tensor(powersOf: [2, 3, -1], count: 4, rising: true), "vander_rising")
    try numpy.expect(Tensor(diagonal: [1, 2], offset: -1), "diag")
    try numpy.expect(Tensor(stacking: Tensor.grid([[1, 2], [3, 4, 5]])), "meshgrid")
    try numpy.expect(Tensor(shape: [2, 3]) { Double(10 * $0[0] + $0[1]) }, "fromfunction")
    try numpy.expect(Tensor(from: 2, through: 3, count: 1), "linspace1")
    try numpy.expect(Tensor(from: 2, through: 3, count: 0), "linspace0")
    try numpy.expect(Tensor(from: 2, to: -1, by: -0.75), "arange-")
    try numpy.expect(Tensor(from: 2, to: 1, by: 0.5), "arange0")
    for count in [0, 1, 5, 8] {
      try numpy.expect(Tensor(window: .bartlett, count: count), "bartlett/\(count)")
      try numpy.expect(Tensor(window: .blackman, count: count), "blackman/\(count)")
      try numpy.expect(Tensor(window: .hamming, count: count), "hamming/\(count)")
      try numpy.expect(Tensor(window: .hann, count: count), "hann/\(count)")
      try numpy.expect(Tensor(window: .kaiser(beta: 14), count: count), "kaiser/\(count)")
    }
    let many: Tensor<Int64> = [[3, 4], [6, 5], [6, 1]]
    try numpy.expect(many.places(in: [7, 6]).wide, "ravel_multi_index")
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
