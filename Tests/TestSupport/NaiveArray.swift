package import Tensor

/// An array of any number of dimensions as plainly as it can be, to test tensors against.
package struct NaiveArray<Element> {
  /// The extents.
  package var shape: [Int]
  /// The elements, in row-major order.
  package var elements: [Element]

  /// An array whose elements follow from their indices.
  package init(_ shape: [Int], _ element: ([Int]) -> Element) {
    self.shape = shape
    elements = allIndices(of: shape).map(element)
  }

  /// The element at `index`, of whose numbers the leading ones are dropped where there are too
  /// many, and zero stands for those of axes of extent one.
  package subscript(broadcast index: [Int]) -> Element {
    var place = 0
    for (extent, i) in zip(shape, index.suffix(shape.count)) {
      place = place * extent + (extent == 1 ? 0 : i)
    }
    return elements[place]
  }

  /// The array with these elements of each axis.
  package func selecting(_ places: [[Int]]) -> NaiveArray {
    NaiveArray(places.map(\.count)) { index in
      self[broadcast: zip(places, index).map { $0[$1] }]
    }
  }
}

extension NaiveArray where Element: TensorScalar {
  /// The elements of a tensor.
  package init(_ tensor: Tensor<Element>) {
    (shape, elements) = (tensor.shape, tensor.elements)
  }

  /// A tensor of the elements.
  package var tensor: Tensor<Element> { Tensor(elements, shape: shape) }
}

/// The indices of all elements of an array, in row-major order.
package func allIndices(of shape: [Int]) -> [[Int]] {
  shape.reduce([[]]) { indices, extent in
    indices.flatMap { index in (0..<extent).map { index + [$0] } }
  }
}

/// All shapes of some ranks with some extents.
package func allShapes(ranks: ClosedRange<Int>, extents: ClosedRange<Int>) -> [[Int]] {
  ranks.flatMap { rank in
    allIndices(of: Array(repeating: extents.count, count: rank)).map { shape in
      shape.map { $0 + extents.lowerBound }
    }
  }
}

/// All orders of `0..<count`.
package func allPermutations(_ count: Int) -> [[Int]] {
  guard count > 0 else { return [[]] }
  return allPermutations(count - 1).flatMap { order in
    (0...order.count).map { place in
      var order = order
      order.insert(count - 1, at: place)
      return order
    }
  }
}

/// The indices that a slice of Python's selects.
package func slicedIndices(_ start: Int?, _ end: Int?, _ step: Int, extent: Int) -> [Int] {
  func fromStart(_ place: Int) -> Int { place < 0 ? place + extent : place }
  let first = start.map(fromStart) ?? (step > 0 ? 0 : extent - 1)
  let last = end.map(fromStart) ?? (step > 0 ? extent : -1)
  var (place, result) = (step > 0 ? max(first, 0) : min(first, extent - 1), [Int]())
  while step > 0 ? place < min(last, extent) : place > max(last, -1) {
    result.append(place)
    place += step
  }
  return result
}
