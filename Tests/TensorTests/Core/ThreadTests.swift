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
      ]
    }
    TensorThreads.maximum = 1
    let alone = results()
    TensorThreads.maximum = 3
    #expect(results() == alone)
    let x = alone[0]
    let turned = x.transposed().copied()
    #expect(alone[1] == turned.sum(axis: 1) && alone[2] == turned.mean(axis: 1))
    #expect(alone[3] == turned.variance(axis: 1) && alone[4] == turned.max(axis: 1))
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
