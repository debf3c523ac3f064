import Foundation
import Tensor
import Testing

/// What one types first.
@Suite struct EaseTests {
  @Test func literals() {
    let a: Tensor<Float> = [[1, 2], [3, 4]]
    #expect(a.shape == [2, 2] && a.elements == [1, 2, 3, 4])
    let deep: Tensor<Int32> = [[[[[1, 2]]]]]
    #expect(deep.shape == [1, 1, 1, 1, 2])
    let number: Tensor<Float> = 2
    #expect(number.rank == 0 && number == 2)
    let truth: Tensor<Bool> = [true, false]
    #expect(truth.count == 2)
    // Literals alone are Float.
    let vector = Tensor([1, 2, 3])
    let matrix = Tensor([[1, 2], [3, 4]])
    let fractions = Tensor([[[0.5, 1]]])
    let shaped = Tensor([1, 2, 3, 4], shape: [2, 2])
    let all: [Tensor<Float>] = [vector, matrix, fractions, shaped]
    #expect(all.map(\.shape) == [[3], [2, 2], [1, 1, 2], [2, 2]])
    #expect(Tensor<Double>([[1, 2], [3, 4]]).shape == [2, 2])
    let third: Tensor<Int8> = Tensor([[[1, 2]]])
    #expect(third.shape == [1, 1, 2])
    let doubles = [1.0, 2]
    let kept: Tensor<Double> = Tensor(doubles)
    #expect(kept.elements == doubles)
  }

  @Test func elements() {
    var a: Tensor<Float> = [[1, 2], [3, 4]]
    let x: Float = a[0, 1]
    #expect(x == 2 && Float(a[1, 0]) == 3 && a[1, 1].item == 4)
    a[0, 1] = 3
    a[1, -1] = x
    #expect(a == [[1, 3], [3, 2]])
    a[0] = 7
    a[.all, 0..<1] = -1
    #expect(a == [[-1, 7], [-1, 2]])
    let selections: [any TensorIndex] = [1, 0..<1]
    #expect(a[selections] == [-1])
    let same: [TensorSelection] = [.index(1), .slice(start: 0, end: 1, step: 1)]
    #expect(a[same] == [-1])
  }

  @Test func endsOfRanges() {
    let a = Tensor<Float>(range: 0..<6)
    #expect(a[-2...] == [4, 5] && a[..<-2] == [0, 1, 2, 3] && a[...-2] == [0, 1, 2, 3, 4])
    #expect(
      a[1 ..<- 1] == [1, 2, 3, 4] && a[1 ...- 1] == [1, 2, 3, 4, 5] && a[-3 ..<- 1] == [3, 4])
    #expect(a[...-1] == a && a[0...(.max)] == a && a[...(.max)] == a)
  }

  @Test func expressions() {
    let a: Tensor<Float> = [1, 2, 3]
    let s: Float = 2
    #expect(2 * a + a / 2 - 1 == [1.5, 4, 6.5] && a * s - s * a == 0 * a && s / a == 2 / a)
    #expect((a * a + a * a) * 0.5 + 2 * a * a - s * (a + 1) * (a - 1) + 3 == a * a + 5)
    #expect(maximum(2, a) == [2, 2, 3] && minimum(a, s) == [1, 2, 2])
    #expect((1 .< a) == (a .> 1) && (s .>= a) == [true, true, false])
    #expect(a.where(a .> 1, else: 0) == [0, 2, 3])
    #expect(a.sum(axis: 0) == 6 && a.mean(axis: -1, keepingAxes: true) == [2])
    #expect(Tensor<UInt8>([200, 100]).sum(as: Int64.self) == 300)
    #expect(Tensor<UInt8>([1, 2]).mean(as: Float.self) == 1.5)
    let half = a.converted(to: Float16.self)
    #expect(
      (half * 2 + 1).exp().converted(to: Float.self).allClose(to: (a * 2 + 1).exp(), relative: 1e-3)
    )
    #expect((a.converted(to: BFloat16.self) + 1).mean() == 3)
  }

  @Test func masks() {
    var a = Tensor([1, .nan, -3, 4], shape: [2, 2])
    a[a.isNaN()] = 0
    #expect(a == [[1, 0], [-3, 4]])
    a[a .> 0] = [10, 20]
    #expect(a == [[10, 0], [-3, 20]] && a[a .< 1] == [0, -3])
    a[[false, true]] = [5, 6]
    #expect(a == [[10, 0], [5, 6]])
    a[a .> 100] = Tensor(zeros: [0])
    #expect(a[a .> 100].shape == [0])
  }

  @Test func places() {
    var a = Tensor<Float>(zeros: [2, 3])
    a.put(1, along: 1, at: [[0], [2]])
    #expect(a == [[1, 0, 0], [0, 0, 1]])
    a.add([[1, 2, 3]], along: 1, at: [[1, 1, 1]])
    #expect(a == [[1, 6, 0], [0, 6, 1]])
    a.formMaximum(with: 2, along: 0, at: [[0, 0, 0]])
    #expect(a == [[2, 6, 2], [0, 6, 1]])
    // Negative places count from the end, of the last axis and of one before it.
    #expect(a.gathered(along: 1, [[-1, 0], [-2, -3]]) == [[2, 2], [6, 0]])
    #expect(a.gathered(along: 0, [[-1, -2, 0]]) == [[0, 6, 2]])
    var b = a
    b.put(9, along: 1, at: [[-1], [-3]])
    #expect(b == [[2, 6, 9], [9, 6, 1]])
    b.add([[1, 1, 1], [10, 10, 10]], along: 0, at: [[-1, 0, -1], [-1, -2, 1]])
    #expect(b == [[2, 17, 9], [20, 6, 12]])
    let (values, where_) = a.top(2)
    #expect(values == [[6, 2], [6, 1]] && where_ == [[1, 0], [1, 2]])
    #expect(Tensor<Float>(oneHot: [2, 0], count: 3) == [[0, 0, 1], [1, 0, 0]])
  }

  @Test func conversions() throws {
    let a: Tensor<Float> = [[1, 2], [3, 4]]
    #expect([[Float]](a) == [[1, 2], [3, 4]] && [Float](a[0]) == [1, 2])
    #expect([[[Float]]](a.expanded(at: 0)) == [[[1, 2], [3, 4]]])
    #expect(
      a.slices().map { $0.sum() } == [3, 7] && a.slices(axis: 1).map { $0[0].item } == [1, 2])
    let data = try JSONEncoder().encode(a)
    #expect(try JSONDecoder().decode(Tensor<Float>.self, from: data) == a)
    let turned = a.transposed()
    #expect(
      try JSONDecoder().decode(Tensor<Float>.self, from: JSONEncoder().encode(turned)) == turned)
    for defect in [
      "{\"shape\":[3],\"elements\":[1,2]}", "{\"shape\":[-1],\"elements\":[]}",
      "{\"shape\":[4611686018427387904,4],\"elements\":[]}",
    ] {
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(Tensor<Float>.self, from: Data(defect.utf8))
      }
    }
    #expect(Set([a, turned.transposed().copied(), turned]).count == 2)
  }

  /// A part that is copied inside a tensor is what it was before.
  @Test func writesPartsOfItself() {
    var a = Tensor<Float>(range: 0..<6).reshaped([3, 2]).copied()
    let place = a.pointer
    a[0] = a[2]
    a[1, 1] = 9
    a[.all, 0] = a[.all, 1]
    #expect(a == [[5, 5], [9, 9], [5, 5]])
    #expect(a.pointer == place, "a part that is written copies nothing else")
  }

  /// A sum over what is repeated is worked out, not walked.
  @Test func repeatedElements() {
    let a = Tensor<Float>([1.5, 2]).broadcast(to: [1 << 50, 2])
    #expect(a.sum(axis: 0) == [1.5 * 0x1p50, 2 * 0x1p50] && a.max(axis: 0) == [1.5, 2])
    #expect(a.mean() == 1.75 && a.variance(axis: 0) == [0, 0])
    let b = Tensor<Int8>([3]).expanded(at: 1).broadcast(to: [1, 100])
    #expect(b.sum() == Tensor(scalar: Int8(truncatingIfNeeded: 300)))
    #expect(Tensor<Int32>(scalar: 3).broadcast(to: [4]).product() == 81)
    #expect(Tensor<Float>([1, 2]).broadcast(to: [3, 2]).sum(axis: 1) == [3, 3, 3])
  }

  @Test func draws() {
    var generator = PhiloxGenerator(seed: 5)
    let order = generator.permutation(100)
    #expect(order.sorted() == Tensor(range: 0..<100) && order != Tensor(range: 0..<100))
    let chosen = generator.choice(of: 5, [1000], probabilities: [0, 1, 0, 3, 0])
    let counts = chosen.counts(length: 5)
    #expect(counts[0] == 0 && counts[2] == 0 && (650...850).contains(counts[3].item))
    let some = generator.choice(of: 9, [3, 3], replacing: false)
    #expect(some.flattened().sorted() == Tensor(range: 0..<9))
    let normal = generator.normal([10_000], mean: 3, standardDeviation: 2)
    #expect((Float(normal.mean()) - 3).magnitude < 0.1)
    #expect((Float(normal.standardDeviation()) - 2).magnitude < 0.1)
    #expect((generator.uniform([100], in: 2..<3) .>= 2).all())
    let numbers = generator.integers([100], in: -3..<3)
    #expect(numbers.min().item >= -3 && numbers.max().item < 3)
    let means: [(Distribution, Float)] = [
      (.exponential(scale: 2), 2), (.laplace(location: 1), 1), (.logistic(location: -1), -1),
      (.gumbel(), 0.5772), (.rayleigh(), 1.2533), (.weibull(shape: 2), 0.8862),
      (.pareto(shape: 5), 0.25), (.power(shape: 3), 0.75),
      (.triangular(lower: 0, mode: 1, upper: 2), 1), (.geometric(probability: 0.25), 4),
    ]
    for (distribution, mean) in means {
      let draws = generator.draw(distribution, [20_000])
      #expect((Float(draws.mean()) - mean).magnitude < 0.1, "\(distribution)")
    }
    #expect((Float(generator.draw(.cauchy(location: 4), [20_000]).median()) - 4).magnitude < 0.1)
  }
}
