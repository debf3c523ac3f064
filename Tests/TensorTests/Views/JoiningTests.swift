import Tensor
import Testing
import _TestSupport

@Suite struct JoiningTests {
  static func places(_ shape: [Int]) -> Tensor<Int32> { SubscriptTests.places(shape).tensor }

  @Test func concatenatesAndSplits() {
    for shape in allShapes(ranks: 1...3, extents: 0...2) {
      for axis in shape.indices {
        for counts in [[0], [2], [1, 2], [2, 0, 1], [1, 1, 1, 3]] {
          var whole = shape
          whole[axis] = counts.reduce(0, +)
          let tensor = Self.places(whole)
          let parts = tensor.split(counts, axis: axis)
          #expect(parts.map { $0.shape[axis] } == counts)
          #expect(parts.allSatisfy { $0.storage === tensor.storage })
          #expect(Tensor(concatenating: parts, axis: axis - shape.count) == tensor)
        }
      }
    }
    let a = Self.places([2, 2])
    let b = a.transposed()
    #expect(Tensor(concatenating: [a, b]).elements == [0, 1, 2, 3, 0, 2, 1, 3])
    #expect(Tensor(concatenating: [a, b], axis: 1).elements == [0, 1, 0, 2, 2, 3, 1, 3])
  }

  @Test func stacks() {
    for shape in allShapes(ranks: 0...2, extents: 0...2) {
      let (a, b) = (Self.places(shape), Self.places(shape) + 100)
      for axis in -shape.count - 1...shape.count {
        let place = axis < 0 ? axis + shape.count + 1 : axis
        let stack = Tensor(stacking: [a, b, a], axis: axis)
        #expect(stack.shape[place] == 3)
        let parts = stack.split([1, 1, 1], axis: place).map { $0.squeezed(place) }
        #expect(parts == [a, b, a])
      }
    }
  }

  @Test func expandsAndSqueezes() {
    let tensor = Self.places([2, 3])
    #expect(tensor.expanded(at: 0).shape == [1, 2, 3])
    #expect(tensor.expanded(at: 1).shape == [2, 1, 3])
    #expect(tensor.expanded(at: -1).shape == [2, 3, 1])
    #expect(tensor.expanded(at: -3).shape == [1, 2, 3])
    for place in 0...2 {
      #expect(tensor.expanded(at: place).squeezed(place) == tensor)
      #expect(tensor.expanded(at: place).storage === tensor.storage)
    }
    #expect(tensor[.all, 1..<2].squeezed(-1).elements == [1, 4])
  }

  @Test func flips() {
    for shape in allShapes(ranks: 1...3, extents: 0...3) {
      let tensor = Self.places(shape)
      for axis in shape.indices {
        var places = shape.map { Array(0..<$0) }
        places[axis].reverse()
        #expect(tensor.flipped(axis).elements == NaiveArray(tensor).selecting(places).elements)
        #expect(tensor.flipped(axis).flipped(axis - shape.count) == tensor)
        #expect(tensor.flipped(axis).storage === tensor.storage)
      }
    }
  }

  @Test func gathers() {
    for shape in allShapes(ranks: 1...3, extents: 1...3) {
      let tensor = Self.places(shape).flipped(0)
      for axis in shape.indices {
        for indices in [[], [0], [shape[axis] - 1, 0], [0, 0, shape[axis] - 1, 0]] {
          var places = shape.map { Array(0..<$0) }
          places[axis] = indices
          let result = tensor.gathered(Tensor(indices.map(Int64.init)), axis: axis)
          let expected = NaiveArray(tensor).selecting(places)
          #expect(result.shape == expected.shape && result.elements == expected.elements)
        }
      }
    }
  }

  @Test func pads() {
    for shape in allShapes(ranks: 0...3, extents: 0...2) {
      let tensor = Self.places(shape)
      let all = NaiveArray(tensor)
      let widths = shape.indices.map { (before: $0, after: 2 - $0) }
      let expected = NaiveArray(shape.map { $0 + 2 }) { index -> Int32 in
        let source = zip(index, widths).map { $0 - $1.before }
        let isInside = zip(source, shape).allSatisfy { (0..<$1).contains($0) }
        return isInside ? all[broadcast: source] : -7
      }
      let result = tensor.padded(widths, with: -7)
      #expect(result.shape == expected.shape && result.elements == expected.elements)
    }
  }
}
