import Tensor
import Testing
import _TestSupport

@Suite struct ReshapingTests {
  static func places(_ shape: [Int]) -> Tensor<Int32> { SubscriptTests.places(shape).tensor }

  @Test func permutesInEveryOrder() {
    for shape in allShapes(ranks: 0...3, extents: 0...3) {
      let tensor = Self.places(shape)
      let all = NaiveArray(tensor)
      for order in allPermutations(shape.count) {
        let view = tensor.permuted(order)
        let expected = NaiveArray(order.map { shape[$0] }) { index in
          var source = index
          for (axis, from) in order.enumerated() { source[from] = index[axis] }
          return all[broadcast: source]
        }
        #expect(view.shape == expected.shape && view.elements == expected.elements)
        #expect(view.storage === tensor.storage)
        #expect(view.contiguous() == view)
      }
    }
    let tensor = Self.places([2, 3, 4])
    #expect(tensor.transposed() == tensor.permuted([0, 2, 1]))
    #expect(tensor.transposed(0, -1) == tensor.permuted([2, 1, 0]))
    #expect(tensor.transposed(1, 1) == tensor)
  }

  @Test func reshapesEveryView() {
    let shapes = allShapes(ranks: 1...3, extents: 1...3).filter { $0.reduce(1, *) > 2 }
    for shape in shapes {
      let tensor = Self.places(shape)
      var views = allPermutations(shape.count).map { tensor.permuted($0) }
      views += shape.indices.map { tensor.flipped($0) }
      views += [tensor[.stride(by: 2)], tensor[.ellipsis, 0..<1], tensor[.ellipsis, 1...]]
      views.append(tensor[.ellipsis, .newAxis].broadcast(to: shape + [2]))
      for view in views {
        for target in shapes where target.reduce(1, *) == view.count {
          let result = view.reshaped(target)
          #expect(result.shape == target && result.elements == view.elements)
        }
      }
    }
  }

  @Test func copiesOnlyWhereItMust() {
    let tensor = Self.places([2, 3, 4])
    #expect(tensor.reshaped([6, -1]).storage === tensor.storage)
    #expect(tensor.reshaped([6, -1]).shape == [6, 4])
    #expect(tensor.reshaped([1, 24, 1]).storage === tensor.storage)
    #expect(tensor[1].reshaped([12]).storage === tensor.storage)
    #expect(tensor[.ellipsis, 1...2].reshaped([6, 2]).storage === tensor.storage)
    #expect(tensor[.ellipsis, 1...2].reshaped([2, 6]).storage !== tensor.storage)
    #expect(tensor.transposed().reshaped([2, 2, 2, 3]).storage === tensor.storage)
    #expect(tensor.transposed().reshaped([24]).storage !== tensor.storage)
    #expect(tensor.flipped(0).reshaped([2, 12]).storage === tensor.storage)
    let zeros = Tensor<Float>(scalar: 0).broadcast(to: [3, 4])
    #expect(zeros.reshaped([12]).storage === zeros.storage)
    #expect(Self.places([0, 3]).reshaped([5, -1]).shape == [5, 0])
    #expect(Self.places([]).reshaped([1, 1]).elements == [0])
  }

  @Test func broadcastsToEveryShape() {
    let shapes = allShapes(ranks: 0...3, extents: 0...3)
    for shape in shapes {
      let tensor = Self.places(shape)
      let all = NaiveArray(tensor)
      for target in shapes where target.count >= shape.count {
        let fits = zip(shape, target.suffix(shape.count)).allSatisfy { $0 == $1 || $0 == 1 }
        guard fits else { continue }
        let expected = NaiveArray(target) { all[broadcast: $0] }
        let view = tensor.broadcast(to: target)
        #expect(view.shape == target && view.elements == expected.elements)
      }
    }
  }

  @Test func knowsWhatIsContiguous() {
    let tensor = Self.places([2, 3, 4])
    #expect(tensor.isContiguous && tensor[1].isContiguous && tensor[1, 0..<2].isContiguous)
    #expect(tensor[.newAxis, 0, .newAxis].isContiguous)
    #expect(tensor[.all, 0..<1, .all].reshaped([2, 4]).isContiguous == false)
    #expect(!tensor.transposed().isContiguous && !tensor.flipped(2).isContiguous)
    #expect(tensor[0..<0].transposed().isContiguous)
    #expect(tensor[0, 0, .stride(from: 1, by: -3)].isContiguous)
  }
}
