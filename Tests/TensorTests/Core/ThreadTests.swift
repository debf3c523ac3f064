import Tensor
import Testing

/// Operations that are shared out over threads have the same bits for every number of them, and the
/// bits of a walk in another order.
@Suite(.serialized) struct ThreadTests {
  @Test func resultsDoNotDependOnThreads() {
    let before = TensorThreads.maximum
    defer { TensorThreads.maximum = before }
    func results() -> [Tensor<Float>] {
      var generator = PhiloxGenerator(seed: 11, block: 3)
      let x = generator.normal([1030, 1111])
      let places = generator.permutation(1111)
      return [
        x, x.sum(axis: 0), x.mean(axis: 0), x.variance(axis: 0), x.max(axis: 0), x.sum(axis: 1),
        x.transposed().copied(), x + x.reshaped([1111, 1030]).transposed(), x.sin(), x.exp(),
        x.gathered(places, axis: 1), x.gathered(places[0..<900] % 900),
        x.sorted(axis: 0), x.argmax(axis: 1).converted(to: Float.self),
        generator.uniform([1030, 1111]), x.norm(axis: 1), x.norm(axis: 0), x.logSumExp(axis: 1),
        x.cumulativeProduct(axis: 0), x.cumulativeSum(axis: 1), x.top(5).values, x.tan(),
        atan2(x, x.flipped(0)), x.flooredRemainder(dividingBy: Tensor(scalar: 0.3)),
        x.histogram(bins: 100, range: -1...1).counts.converted(to: Float.self),
        Tensor<Float>(range: -50..<50).places(for: x * 9).converted(to: Float.self),
        x.padded([(1, 2), (3, 0)], .reflect), x.where(x .> 0, else: 0),
        x.gathered(along: 1, x.argsort(axis: 1)), sums(x),
      ]
    }
    func sums(_ x: Tensor<Float>) -> Tensor<Float> {
      var sums = Tensor<Float>(zerosLike: x)
      sums.add(x, along: 1, at: x.argsort(axis: 1) / 3)
      return sums
    }
    TensorThreads.maximum = 1
    let alone = results()
    TensorThreads.maximum = 3
    #expect(results() == alone)
    let x = alone[0]
    let turned = x.transposed().copied()
    #expect(alone[1] == turned.sum(axis: 1) && alone[2] == turned.mean(axis: 1))
    #expect(alone[3] == turned.variance(axis: 1) && alone[4] == turned.max(axis: 1))
    #expect(x.norm(axis: 0) == turned.norm(axis: 1))
    #expect(x.cumulativeSum(axis: 0) == turned.cumulativeSum(axis: 1).transposed())
    #expect(x != x + 1 && x == x.copied() && !(x .== 9).any() && (x .< 9).all())
    #expect(turned.transposed() == x && alone[5] == turned.sum(axis: 0))
  }

  /// A draw in one piece is that of a draw in several, at every place in a block.
  @Test func normalsContinue() {
    for first in [2, 4, 6, 8, 10] {
      var whole = PhiloxGenerator(seed: 4)
      var parts = whole
      let all = whole.normal([first + 4000])
      let some = Tensor(concatenating: [parts.normal([first]), parts.normal([4000])])
      #expect(all == some && whole.next32() == parts.next32())
    }
  }

  /// Draws of 32 bits for many places are those that come one after the other.
  @Test func drawsContinue() {
    func expect(_ generator: some RandomSource) {
      for (skipped, count) in [(0, 3), (1, 2), (1, 3), (2, 400_001), (3, 9), (0, 300_000)] {
        var (one, other) = (generator, generator)
        for _ in 0..<skipped { _ = (one.next32(), other.next32()) }
        let draws = one.uniform([count]).elements
        let isSame = draws.allSatisfy { $0 == Float(other.next32() & 0xFF_FFFF) * 0x1p-24 }
        #expect(isSame && one.next32() == other.next32())
      }
    }
    expect(PhiloxGenerator(seed: 1 << 40 + 7, stream: 1 << 33 + 5, block: 1 << 32 - 2))
    expect(PhiloxGenerator(seed: 3, block: .max - 1))
    expect(TorchGenerator(seed: 3))
  }

  @Test func permutationsHaveEachNumberOnce() {
    var generator = PhiloxGenerator(seed: 8)
    for count in [0, 1, 2, 3, 100, 300_000] {
      #expect(generator.permutation(count).sorted() == Tensor<Int64>(range: 0..<count))
    }
    // All orders of three come up about as often.
    var counts = [[Int64]: Int]()
    for _ in 0..<6000 { counts[generator.permutation(3).elements, default: 0] += 1 }
    #expect(counts.count == 6 && counts.values.allSatisfy { abs($0 - 1000) < 150 })
  }

  /// Squares of every width, with what is left at the edges, and of every size of elements.
  @Test func turnsSquares() {
    func expect<Scalar: TensorNumeric>(_ scalar: Scalar.Type) {
      for (rows, columns) in [(64, 64), (65, 130), (16, 200), (200, 17), (3, 100), (100, 3)] {
        let x = Tensor<Int64>(range: 0..<2 * rows * columns)
          .reshaped([2, rows, columns]).converted(to: Scalar.self)
        let turned = x.transposed().copied()
        #expect(turned.shape == [2, columns, rows])
        for (i, j) in [(0, 0), (rows - 1, 0), (0, columns - 1), (rows - 1, columns - 1)] {
          #expect(turned[.all, j, i] == x[.all, i, j])
        }
        #expect(turned.transposed() == x)
      }
    }
    expect(Int8.self)
    expect(Int16.self)
    expect(Float.self)
    expect(Double.self)
  }

  @Test func roundingKeepsTheSignOfZero() {
    let x = Tensor([-0.5, -0.0, -0.25, 0.5], shape: [4])
    #expect(x.rounded().isSignMinus() == [true, true, true, false])
    #expect("\(Tensor([-Float.nan, 1]))" == "[nan,  1.]")
  }
}
