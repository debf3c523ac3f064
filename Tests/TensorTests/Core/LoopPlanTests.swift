import Tensor
import Testing
import _KernelsMicro

@Suite struct LoopPlanTests {
  /// The extents of a plan, the innermost last.
  static func extents(_ shape: [Int], _ first: [Int], _ second: [Int], _ output: [Int]) -> [Int] {
    var extents: [Int] = []
    LoopPlan(shape, first, second, output) { loop in
      extents = (0..<loop.rank).map { loop.extents[$0] }
    }
    return extents
  }

  static func extents(_ a: Tensor<Float>, _ b: Tensor<Float>) -> [Int] {
    extents(a.shape, a.strides, b.strides, a.shape.rowMajorStrides)
  }

  @Test func mergesWhatStandsTogether() {
    let tensor = Tensor<Float>(zeros: [2, 3, 4])
    #expect(Self.extents(tensor, tensor) == [24])
    #expect(Self.extents(tensor, tensor.transposed().contiguous().transposed()) == [2, 3, 4])
    #expect(Self.extents(tensor, Tensor(zeros: [4]).broadcast(to: [2, 3, 4])) == [6, 4])
    #expect(Self.extents(tensor, Tensor(zeros: [2, 1, 1]).broadcast(to: [2, 3, 4])) == [2, 12])
    #expect(Self.extents(tensor, Tensor(zeros: []).broadcast(to: [2, 3, 4])) == [24])
    #expect(Self.extents(tensor.flipped(0), tensor) == [2, 12])
    #expect(Self.extents(tensor.flipped(0).flipped(1).flipped(2), tensor.flipped(2)) == [6, 4])
    let reversed = tensor.reshaped([24]).flipped(0).reshaped([2, 3, 4])
    #expect(Self.extents(reversed, reversed) == [24])
    #expect(Self.extents(tensor[.ellipsis, 0..<2], tensor[.ellipsis, 0..<2]) == [6, 2])
  }

  @Test func leavesOutWhatIsOne() {
    #expect(Self.extents([], [], [], []) == [1])
    #expect(Self.extents([1, 1], [9, 9], [9, 9], [9, 9]) == [1])
    #expect(Self.extents([2, 1, 3], [3, 77, 1], [3, 0, 1], [3, -5, 1]) == [6])
    #expect(Self.extents([0, 3], [3, 1], [3, 1], [3, 1]) == [0])
    #expect(Self.extents([3, 0], [0, 1], [7, 1], [0, 1]) == [3, 0])
  }

  /// As many dimensions as can be walked, none of which goes with its neighbour.
  @Test func walksManyDimensions() {
    let shape = [Int](repeating: 2, count: ElementLoop.maximumRank - 1)
    let tensor = Tensor<Float>(range: 0..<1 << 15).reshaped(shape)
    let turned = tensor.permuted(shape.indices.reversed())
    #expect(turned.permuted(shape.indices.reversed()).contiguous() == tensor)
    #expect(turned.contiguous() == turned)
    #expect(turned.sum() == tensor.sum())
    let ones = Tensor<Float>(ones: [1] + Array(repeating: 1, count: 40))
    #expect((ones + ones).item == 2)
  }
}
