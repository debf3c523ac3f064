import Tensor
import Testing
import _TestSupport

@Suite struct ReductionTests {
  /// A tensor's elements, gathered by the indices of the axes that are kept.
  static func groups<Scalar>(
    _ tensor: Tensor<Scalar>, over axes: [Int]
  ) -> (kept: [Int], groups: [[Scalar]]) {
    let all = NaiveArray(tensor)
    let kept = tensor.shape.indices.filter { !axes.contains($0) }
    let groups = allIndices(of: kept.map { tensor.shape[$0] }).map { outer in
      allIndices(of: axes.map { tensor.shape[$0] }).map { inner in
        var index = tensor.shape.map { _ in 0 }
        for (axis, i) in zip(kept, outer) { index[axis] = i }
        for (axis, i) in zip(axes, inner) { index[axis] = i }
        return all[broadcast: index]
      }
    }
    return (kept, groups)
  }

  static func subsets(_ rank: Int) -> [[Int]] {
    (0..<1 << rank).map { bits in (0..<rank).filter { bits >> $0 & 1 == 1 } }
  }

  static func numbers(_ shape: [Int]) -> Tensor<Float> {
    var numbers = SampleNumbers(seed: UInt64(shape.reduce(7) { $0 * 5 + $1 }))
    return Tensor(numbers.next(shape.reduce(1, *)), shape: shape)
  }

  @Test func reducesEverySubsetOfAxes() {
    for shape in allShapes(ranks: 0...3, extents: 0...3) {
      let tensor = Self.numbers(shape)
      let view = tensor.permuted(shape.indices.reversed()).contiguous()
        .permuted(shape.indices.reversed())
      for axes in Self.subsets(shape.count) {
        let (kept, groups) = Self.groups(tensor, over: axes)
        let result = tensor.sum(axes: axes)
        #expect(result.shape == kept.map { shape[$0] })
        let sums = groups.map { Float($0.reduce(0) { $0 + Double($1) }) }
        #expect(result.elements == sums)
        let keeping = tensor.sum(axes: axes.map { $0 - shape.count }, keepingAxes: true)
        #expect(keeping.shape == shape.indices.map { axes.contains($0) ? 1 : shape[$0] })
        #expect(keeping.elements == sums && view.sum(axes: axes) == result)
        let means = groups.map { Float($0.reduce(0) { $0 + Double($1) } / Double($0.count)) }
        #expect(OperatorTests.same(tensor.mean(axes: axes).elements, means))
        #expect(
          OperatorTests.same(
            view.variance(axes: axes).elements, tensor.variance(axes: axes).elements))
        if groups.allSatisfy({ !$0.isEmpty }) {
          #expect(tensor.max(axes: axes).elements == groups.compactMap { $0.max() })
          #expect(tensor.min(axes: axes).elements == groups.compactMap { $0.min() })
          #expect(
            view.max(axes: axes, keepingAxes: true).elements == groups.compactMap { $0.max() })
        }
        for (variance, group) in zip(tensor.variance(axes: axes).elements, groups) {
          let mean = group.reduce(0) { $0 + Double($1) } / Double(group.count)
          let exact = group.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
          let error = Double(variance) - exact / Double(group.count)
          #expect(group.isEmpty ? variance.isNaN : error.magnitude < 1e-6)
        }
      }
      if !shape.contains(0) { #expect(tensor.sum() == tensor.sum(axes: Array(shape.indices))) }
    }
  }

  @Test func findsPlaces() {
    for shape in allShapes(ranks: 1...3, extents: 1...3) {
      let tensor = (Self.numbers(shape) * 2).rounded()  // with equals among them
      for axis in shape.indices {
        let (kept, groups) = Self.groups(tensor, over: [axis])
        let largest = tensor.argmax(axis: axis)
        #expect(largest.shape == kept.map { shape[$0] })
        #expect(
          largest.elements == groups.map { g in Int64(g.firstIndex(of: g.max() ?? 0) ?? -1) })
        #expect(
          tensor.argmin(axis: axis - shape.count).elements
            == groups.map { g in Int64(g.firstIndex(of: g.min() ?? 0) ?? -1) })
      }
    }
    #expect(Tensor<Int8>([3, -128, 127, 127]).argmax(axis: 0).item == 2)
    #expect(Tensor<UInt8>([3, 0, 255, 0]).argmin(axis: 0).item == 1)
  }

  @Test func notANumberWins() {
    for place in 0..<9 {
      var elements = (0..<9).map { Double($0 * 7 % 5) }
      elements[place] = .nan
      elements.append(.nan)
      let tensor = Tensor(elements)
      #expect(tensor.max().item.isNaN && tensor.min().item.isNaN && tensor.sum().item.isNaN)
      #expect(tensor.argmax(axis: 0).item == Int64(place))
      #expect(tensor.argmin(axis: 0).item == Int64(place))
    }
    let infinite = Tensor<Float>([1, .infinity, -.infinity])
    #expect(infinite.max().item == .infinity && infinite.min().item == -.infinity)
    #expect(infinite.sum().item.isNaN)
  }

  @Test func reducesWholeNumbers() {
    #expect(Tensor<Int8>([100, 27, 1]).sum().item == -128)
    #expect(Tensor<UInt8>(repeating: 255, shape: [3]).sum().item == 253)
    #expect(Tensor<Int64>([.max, 1]).sum().item == .min)
    #expect(Tensor<Int32>([-5, 3, .min]).min().item == .min)
    #expect(Tensor<Int8>([-5, -3]).max().item == -3)
    #expect(Tensor<Int32>(zeros: [0]).sum().item == 0)
    #expect(Tensor<Int32>(zeros: [0, 2]).sum(axes: [0]).elements == [0, 0])
    #expect(Tensor<Int32>(zeros: [0, 2]).max(axes: [1]).elements == [])
  }

  /// Kept in `Double`: one rounding, whatever the length.
  @Test func sumsExactly() {
    let many = Tensor<Float>(repeating: 0.1, shape: [100_003])
    #expect(many.sum().item == Float(Double(Float(0.1)) * 100_003))
    #expect(Tensor<Float>([1e30, 1, -1e30]).sum().item == 0)
    #expect(Tensor<Float>([16_777_216, 1, 1]).sum().item == 16_777_218)
    #expect(Tensor<Float>(repeating: 3e38, shape: [35]).mean().item == 3e38)
    #expect(Tensor<Float>([1e8, 1e8 + 8, 1e8 + 16]).variance().item == Float(128) / 3)
    let numbers = Self.numbers([37, 41])
    let copy = numbers.transposed().contiguous()
    #expect(numbers.sum(axes: [1]) == copy.sum(axes: [0]))
    #expect(numbers.mean() == numbers.flipped(0).flipped(0).mean())
  }
}
