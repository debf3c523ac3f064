import Tensor
import Testing
import _TestSupport

/// Copies of permuted views, beyond the size from which they go in squares.
@Suite struct CopyingTests {
  static func permutations(_ axes: [Int]) -> [[Int]] {
    axes.isEmpty
      ? [[]]
      : axes.flatMap { first in
        permutations(axes.filter { $0 != first }).map { [first] + $0 }
      }
  }

  /// Compares with the elements found one by one through the strides.
  static func expectCopies<Scalar: TensorNumeric>(_ scalar: Scalar.Type, _ shape: [Int]) {
    let whole = Tensor((0..<shape.product).map { Int64($0 % 128) }, shape: shape)
      .converted(to: Scalar.self)
    for axes in permutations(Array(shape.indices)) {
      let permuted = whole.permuted(axes)
      for view in [permuted, permuted.flipped(0), permuted.flipped(-1)] {
        let strides = view.shape.rowMajorStrides
        let expected = (0..<view.count).map { place in
          let position = strides.indices.reduce(0) {
            $0 + place / strides[$1] % view.shape[$1] * view.strides[$1]
          }
          return (view.pointer + position).pointee
        }
        #expect(view.contiguous().elements == expected, "\(shape) \(axes)")
      }
    }
  }

  @Test(arguments: [[15, 16], [16, 17], [31, 33], [64, 48], [2, 17, 35], [18, 3, 16]])
  func turnsSquares(_ shape: [Int]) {
    Self.expectCopies(Float.self, shape)
  }

  @Test func turnsAllWidths() {
    Self.expectCopies(Double.self, [17, 33])
    Self.expectCopies(UInt8.self, [17, 33])
  }

  @Test func turnsHalves() {
    let numbers = Tensor<Float>(range: 0..<40 * 50).reshaped([40, 50])
    let halves = numbers.converted(to: BFloat16.self)
    #expect(
      halves.transposed().contiguous().converted(to: Float.self)
        == halves.converted(to: Float.self).transposed())
  }

  /// Into a place with gaps: every other column of a matrix.
  @Test func turnsIntoGaps() {
    var target = Tensor<Float>(zeros: [20, 70])
    let source = Tensor<Float>(range: 0..<35 * 20).reshaped([35, 20])
    target[.all, .stride(from: 1, by: 2)] = source.transposed()
    #expect(target[.all, .stride(from: 1, by: 2)] == source.transposed())
    #expect(target[.all, .stride(from: 0, by: 2)] == Tensor(zeros: [20, 35]))
  }
}
