import Tensor
import Testing

/// Reductions and what goes along an axis, against NumPy.
@Suite struct NumPyReductionTests {
  let numpy: NumPyResults

  init() throws { numpy = try NumPyResults() }

  /// A reduction over all axes, over the first, the last, and over two.
  func expectReduction(
    _ name: String, tolerance: Double = 1e-13,
    _ reduce: (Tensor<Double>, _ axes: [Int]?, _ keepingAxes: Bool) -> Tensor<Double>
  ) throws {
    for (suffix, axes) in [("all", nil), ("0", [0]), ("-1", [-1]), ("02", [0, 2])]
      as [(String, [Int]?)]
    {
      guard !numpy.inputs("\(name):\(suffix)").isEmpty else { continue }
      try numpy.expectEach("\(name):\(suffix)", tolerance: tolerance) { x in
        let result = reduce(x, axes, false)
        let kept = reduce(x, axes, true)
        #expect(kept.rank == x.rank && kept.elements.count == result.count)
        return result
      }
    }
  }

  @Test func reductions() throws {
    try expectReduction("sum") { $0.sum(axes: $1, keepingAxes: $2) }
    try expectReduction("prod", tolerance: 1e-12) { $0.product(axes: $1, keepingAxes: $2) }
    try expectReduction("mean") { $0.mean(axes: $1, keepingAxes: $2) }
    try expectReduction("var") { $0.variance(axes: $1, keepingAxes: $2) }
    try expectReduction("var1") { $0.variance(correction: 1, axes: $1, keepingAxes: $2) }
    try expectReduction("std") { $0.standardDeviation(axes: $1, keepingAxes: $2) }
    try expectReduction("all") { ($0 .> 0).all(axes: $1, keepingAxes: $2).wide }
    try expectReduction("any") { ($0 .> 0).any(axes: $1, keepingAxes: $2).wide }
    try expectReduction("count_nonzero") { $0.countNonzero(axes: $1, keepingAxes: $2).wide }
    try expectReduction("nansum") { $0.sumOfNumbers(axes: $1, keepingAxes: $2) }
    try expectReduction("nanprod", tolerance: 1e-12) {
      $0.productOfNumbers(axes: $1, keepingAxes: $2)
    }
    try expectReduction("norm") { $0.norm(axes: $1, keepingAxes: $2) }
    try expectReduction("norm1") { $0.norm(order: 1, axes: $1, keepingAxes: $2) }
    try expectReduction("logsumexp") { $0.logSumExp(axes: $1, keepingAxes: $2) }
    try expectReduction("max") { $0.max(axes: $1, keepingAxes: $2) }
    try expectReduction("min") { $0.min(axes: $1, keepingAxes: $2) }
    try expectReduction("ptp") { $0.spread(axes: $1, keepingAxes: $2) }
    try expectReduction("median") { $0.median(axes: $1, keepingAxes: $2) }
    try expectReduction("quantile") { $0.quantile(0.3, axes: $1, keepingAxes: $2) }
    try expectReduction("nanmax") { $0.maxOfNumbers(axes: $1, keepingAxes: $2) }
    try expectReduction("nanmin") { $0.minOfNumbers(axes: $1, keepingAxes: $2) }
    try expectReduction("nanmean") { $0.meanOfNumbers(axes: $1, keepingAxes: $2) }
    try expectReduction("nanvar") { $0.varianceOfNumbers(axes: $1, keepingAxes: $2) }
    try expectReduction("nanstd") { $0.standardDeviationOfNumbers(axes: $1, keepingAxes: $2) }
    try expectReduction("nanmedian") { $0.medianOfNumbers(axes: $1, keepingAxes: $2) }
    try expectReduction("percentile") { $0.quantile(0.85, axes: $1, keepingAxes: $2) }
    try expectReduction("norm_inf") { $0.norm(order: .infinity, axes: $1, keepingAxes: $2) }
    try expectReduction("norm_-inf") { $0.norm(order: -.infinity, axes: $1, keepingAxes: $2) }
    try expectReduction("norm_0") { $0.norm(order: 0, axes: $1, keepingAxes: $2) }
    try expectReduction("norm_3") { $0.norm(order: 3, axes: $1, keepingAxes: $2) }
    try expectReduction("nanargmax") {
      $0.argmaxOfNumbers(axis: $1?[0] ?? 0, keepingAxes: $2).wide
    }
    try expectReduction("nanargmin") {
      $0.argminOfNumbers(axis: $1?[0] ?? 0, keepingAxes: $2).wide
    }
    try expectReduction("argmax") { $0.argmax(axis: $1?[0] ?? 0, keepingAxes: $2).wide }
    try expectReduction("argmin") { $0.argmin(axis: $1?[0] ?? 0, keepingAxes: $2).wide }
  }

  @Test func alongAnAxis() throws {
    func expect(_ name: String, _ function: (Tensor<Double>, Int) -> Tensor<Double>) throws {
      try numpy.expectEach("\(name):0") { function($0, 0) }
      try numpy.expectEach("\(name):-1") { function($0, -1) }
    }
    try expect("cumsum") { $0.cumulativeSum(axis: $1) }
    try expect("cumprod") { $0.cumulativeProduct(axis: $1) }
    try expect("nancumsum") { $0.replacingNaN(with: 0).cumulativeSum(axis: $1) }
    try expect("nancumprod") { $0.replacingNaN(with: 1).cumulativeProduct(axis: $1) }
    try expect("softmax") { $0.softmax(axis: $1) }
    try expect("log_softmax") { $0.logSoftmax(axis: $1) }
    func bounded(_ x: Tensor<Double>) -> Tensor<Double> { x.where(.!x.isInfinite(), else: 9) }
    try expect("quantiles") { bounded($0).quantiles([0.25, 0.5, 1], axes: [$1]) }
    try expect("nanquantiles") { bounded($0).quantilesOfNumbers([0, 0.3, 1], axes: [$1]) }
    try expect("cummax") { $0.cumulativeMax(axis: $1) }
    try expect("cummin") { $0.cumulativeMin(axis: $1) }
    try expect("diff") { $0.differences(axis: $1) }
    try expect("diff2") { $0.differences(order: 2, axis: $1) }
    try expect("sort") { $0.sorted(axis: $1) }
    try expect("argsort") { $0.argsort(axis: $1).wide }
    try expect("flip") { $0.flipped($1) }
    try expect("roll") { $0.rolled(by: 2, axis: $1) }
    try expect("repeat") { $0.repeated(2, axis: $1) }
    try expect("gradient") { $0.gradient(axis: $1) }
    try expect("trapezoid") { $0.trapezoid(axis: $1) }
    try expect("unwrap") { $0.unwrapped(axis: $1) }
    try expect("take") { $0.gathered([2, 0, -1], axis: $1) }
    try expect("take_along") { $0.gathered(along: $1, $0.argsort(axis: $1)) }
  }

  @Test func quantilesKeepTheirAxes() {
    let x: Tensor<Float> = [[1, .nan, 3], [.nan, .nan, .nan]]
    #expect(x.medianOfNumbers(axis: 1, keepingAxes: true)[0] == [2])
    #expect(x.medianOfNumbers(axis: 1).isNaN() == [false, true])
    #expect(x.quantilesOfNumbers([[0, 1]], axes: [1], keepingAxes: true).shape == [1, 2, 2, 1])
    #expect(x[0].quantilesOfNumbers([0, 1]) == [1, 3])
    // What meets an element is that, whatever stands beside it.
    let far: Tensor<Float> = [.infinity, -.infinity, 2]
    #expect(far.quantiles([0, 0.5, 1]) == [-.infinity, 2, .infinity])
    #expect(x.argmaxOfNumbers(axis: 1) == [2, 0] && x[..<1].argminOfNumbers(axis: 1) == [0])
  }
}
