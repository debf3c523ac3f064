import Tensor
import Testing
import _TestSupport

@Suite struct SubscriptTests {
  /// A subscript for one axis, and what it selects of how many elements there are.
  struct Part {
    var index: any TensorIndex
    /// Whether the axis goes.
    var isIndex = false
    var places: (_ extent: Int) -> [Int]

    static func slice(_ index: any TensorIndex, _ start: Int?, _ end: Int?, _ step: Int = 1) -> Part
    {
      Part(index: index) { slicedIndices(start, end, step, extent: $0) }
    }
  }

  /// One of each kind, for all combinations.
  static func parts(extent: Int) -> [Part] {
    var parts: [Part] = [
      .slice(TensorSelection.all, nil, nil),
      .slice(1..<3, 1, 3),
      .slice(-2 ... -1, -2, nil),
      .slice(.stride(by: -1), nil, nil, -1),
      .slice(.stride(from: 1, by: 2), 1, nil, 2),
      .slice(.stride(from: -1, to: 0, by: -2), -1, 0, -2),
    ]
    if extent > 0 {
      parts.append(Part(index: 0, isIndex: true) { _ in [0] })
      parts.append(Part(index: -1, isIndex: true) { [$0 - 1] })
    }
    return parts
  }

  /// All sequences of one part for each axis.
  static func combinations(_ shape: [Int]) -> [[Part]] {
    shape.reduce([[]]) { all, extent in
      all.flatMap { sequence in parts(extent: extent).map { sequence + [$0] } }
    }
  }

  /// Numbers that are their place in row-major order.
  static func places(_ shape: [Int]) -> NaiveArray<Int32> {
    let count = shape.reduce(1, *)
    var array = NaiveArray(shape) { _ in Int32(0) }
    array.elements = (0..<count).map(Int32.init)
    return array
  }

  static func view(_ tensor: Tensor<Int32>, _ indices: [any TensorIndex]) -> Tensor<Int32> {
    switch indices.count {
    case 0: tensor[]
    case 1: tensor[indices[0]]
    case 2: tensor[indices[0], indices[1]]
    case 3: tensor[indices[0], indices[1], indices[2]]
    default: tensor[indices[0], indices[1], indices[2], indices[3]]
    }
  }

  static func write(
    _ value: Tensor<Int32>, into tensor: inout Tensor<Int32>, _ indices: [any TensorIndex]
  ) {
    switch indices.count {
    case 0: tensor[] = value
    case 1: tensor[indices[0]] = value
    case 2: tensor[indices[0], indices[1]] = value
    case 3: tensor[indices[0], indices[1], indices[2]] = value
    default: tensor[indices[0], indices[1], indices[2], indices[3]] = value
    }
  }

  @Test(arguments: 0...3) func readsAndWritesEveryCombination(rank: Int) {
    for shape in allShapes(ranks: rank...rank, extents: 0...3) {
      let all = Self.places(shape)
      let tensor = all.tensor
      for parts in Self.combinations(shape) {
        let selected = all.selecting(zip(parts, shape).map { $0.places($1) })
        let kept = zip(selected.shape, parts).filter { !$1.isIndex }.map(\.0)
        let indices = parts.map(\.index)
        let view = Self.view(tensor, indices)
        guard view.shape == kept, view.elements == selected.elements, view.storage === tensor.storage
        else {
          Issue.record("\(shape) \(parts): \(view.shape) \(view.elements)")
          return
        }
        var written = tensor
        Self.write(Tensor(scalar: -1), into: &written, indices)
        var expected = all.elements
        for place in selected.elements { expected[Int(place)] = -1 }
        guard written.elements == expected, tensor.elements == all.elements else {
          Issue.record("\(shape) \(parts): wrote \(written.elements)")
          return
        }
      }
    }
  }

  /// Trailing axes may go unnamed; new axes and an ellipsis may stand everywhere.
  @Test func keepsWhatIsNotNamed() {
    let tensor = Self.places([2, 3, 4]).tensor
    #expect(tensor[1] == tensor[1, .all, .all])
    #expect(tensor[.ellipsis, 1] == tensor[.all, .all, 1])
    #expect(tensor[1, .ellipsis, 2] == tensor[1, .all, 2])
    #expect(tensor[1, 2, 3, .ellipsis].shape == [])
    #expect(tensor[1, 2, 3].item == 23)
    #expect(tensor[.newAxis, .ellipsis, .newAxis].shape == [1, 2, 3, 4, 1])
    #expect(tensor[0, .newAxis, 1..<3].shape == [1, 2, 4])
    #expect(tensor[.ellipsis, .newAxis, 1].elements == tensor[.ellipsis, 1].elements)
    #expect(tensor[.ellipsis, .newAxis, 1].shape == [2, 3, 1])
    #expect(tensor[...1, 1...].elements == tensor[0..<2, 1..<3].elements)
    #expect(tensor[..<(-1), ...(-1)].shape == [1, 3, 4])
    #expect(tensor[(-1)...].elements == tensor[1].elements)
    #expect(tensor[.newAxis][.newAxis][0][0] == tensor)
  }

  @Test func slicesAsPythonDoes() {
    let bounds: [Int?] = [nil] + (-6...6).map(Optional.init)
    for extent in 0...4 {
      let tensor = Self.places([extent]).tensor
      for start in bounds {
        for end in bounds {
          for step in [-5, -3, -2, -1, 1, 2, 3, 5] {
            let expected = slicedIndices(start, end, step, extent: extent).map(Int32.init)
            #expect(tensor[.stride(from: start, to: end, by: step)].elements == expected)
          }
        }
      }
    }
    // Printed by Python: list(range(5))[-9:4:3], [9:-9:-2], [-2:0:-1], [3:1], [:-1:2].
    let five = Self.places([5]).tensor
    #expect(five[.stride(from: -9, to: 4, by: 3)].elements == [0, 3])
    #expect(five[.stride(from: 9, to: -9, by: -2)].elements == [4, 2, 0])
    #expect(five[.stride(from: -2, to: 0, by: -1)].elements == [3, 2, 1])
    #expect(five[.stride(from: 3, to: 1, by: 1)].elements == [])
    #expect(five[.stride(to: -1, by: 2)].elements == [0, 2])
    #expect(five[.stride(by: .max)].elements == [0])
    #expect(five[.stride(by: .min)].elements == [4])
  }

  @Test func slicesOfSlices() {
    let all = Self.places([3, 3])
    for first in Self.combinations([3, 3]) where !first.contains(where: \.isIndex) {
      let once = all.selecting(zip(first, all.shape).map { $0.places($1) })
      let view = Self.view(all.tensor, first.map(\.index))
      for second in Self.combinations(once.shape) {
        let twice = once.selecting(zip(second, once.shape).map { $0.places($1) })
        #expect(Self.view(view, second.map(\.index)).elements == twice.elements)
      }
    }
  }

  /// What is written is broadcast.
  @Test func writesTensors() {
    var tensor = Tensor<Int32>(repeating: 0, shape: [2, 3])
    tensor[.all, .stride(by: -2)] = Tensor([1, 2])
    #expect(tensor.elements == [2, 0, 1, 2, 0, 1])
    tensor[1] = Tensor([7], shape: [1])
    #expect(tensor.elements == [2, 0, 1, 7, 7, 7])
    tensor[.newAxis, 0, .newAxis] = Tensor([4, 5, 6], shape: [1, 1, 3])
    #expect(tensor.elements == [4, 5, 6, 7, 7, 7])
    tensor[.all, 1..<1] = Tensor([], shape: [2, 0])
    #expect(tensor.elements == [4, 5, 6, 7, 7, 7])
  }

  @Test func writesViewsOfItselfIntoItself() {
    var tensor = Self.places([3, 3]).tensor
    tensor[0] = tensor[1]
    #expect(tensor.elements == [3, 4, 5, 3, 4, 5, 6, 7, 8])
    tensor = Self.places([3, 3]).tensor
    tensor[.ellipsis] = tensor.flipped(0)
    #expect(tensor.elements == [6, 7, 8, 3, 4, 5, 0, 1, 2])
    tensor = Self.places([3, 3]).tensor
    tensor[.all] = tensor.transposed()
    #expect(tensor.elements == [0, 3, 6, 1, 4, 7, 2, 5, 8])
    var vector = Self.places([5]).tensor
    vector[1...] = vector[..<(-1)]
    #expect(vector.elements == [0, 0, 1, 2, 3])
    vector = Self.places([5]).tensor
    vector[.stride(by: -1)] = vector
    #expect(vector.elements == [4, 3, 2, 1, 0])
    vector[1...2] += 10
    #expect(vector.elements == [4, 13, 12, 1, 0])
  }
}
