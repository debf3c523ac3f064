extension Tensor {
  /// A part of the tensor.
  ///
  /// Reading gives a view that shares the elements. Writing puts a tensor, broadcast to the part's
  /// shape, in its place; other holders of the elements do not see it.
  ///
  /// - Parameter indices: An index, a range or the like for each of the leading dimensions.
  /// - Precondition: Single indices exist. Ranges are cut to what there is, as in NumPy.
  public subscript(_ indices: any TensorIndex...) -> Tensor {
    get { view(indices.map(\.selection)) }
    set {
      makeUniqueAndContiguous()
      // Where `newValue` is a view of this tensor, it keeps the elements as they were.
      var part = view(indices.map(\.selection))
      part.update(from: newValue.broadcast(to: part.shape))
    }
  }

  /// The only element of a tensor that has just one.
  ///
  /// - Precondition: There is one element.
  public var item: Scalar {
    check(count == 1, "item: a tensor of shape \(shape) has not just one element")
    return withExtendedLifetime(storage) { pointer[0] }
  }

  private func view(_ selections: [TensorSelection]) -> Tensor {
    let used = selections.count { $0 != .insertion && $0 != .rest }
    check(
      used <= rank && selections.count(where: { $0 == .rest }) <= 1,
      "subscript: \(selections.count) indices do not fit \(shape)")
    var (offset, newShape, newStrides, axis) = (offset, [Int](), [Int](), 0)
    func keep(_ count: Int) {
      newShape += shape[axis..<axis + count]
      newStrides += strides[axis..<axis + count]
      axis += count
    }
    for selection in selections {
      switch selection {
      case .insertion:
        newShape.append(1)
        newStrides.append(0)
      case .rest: keep(rank - used)
      case .index(let index):
        let position = index < 0 ? index + shape[axis] : index
        check(
          (0..<shape[axis]).contains(position),
          "subscript: index \(index) is out of range in axis \(axis) of \(shape)")
        offset += position * strides[axis]
        axis += 1
      case .slice(let start, let end, let step):
        let (first, count) = Self.bounds(start, end, step, extent: shape[axis])
        offset += count > 0 ? first * strides[axis] : 0
        newShape.append(count)
        newStrides.append(count > 1 ? step * strides[axis] : strides[axis])
        axis += 1
      }
    }
    keep(rank - axis)
    return Tensor(storage: storage, offset: offset, shape: newShape, strides: newStrides)
  }

  /// The first element of a slice and the number of elements, by the rules of Python.
  private static func bounds(
    _ start: Int?, _ end: Int?, _ step: Int, extent: Int
  ) -> (first: Int, count: Int) {
    check(step != 0, "subscript: the step of a slice must not be zero")
    func place(_ position: Int, _ limits: ClosedRange<Int>) -> Int {
      Swift.min(
        Swift.max(position < 0 ? position + extent : position, limits.lowerBound), limits.upperBound
      )
    }
    if step > 0 {
      let (first, last) = (place(start ?? 0, 0...extent), place(end ?? extent, 0...extent))
      return (first, first < last ? 1 + (last - first - 1) / step : 0)
    }
    let first = start.map { place($0, -1...extent - 1) } ?? extent - 1
    let last = end.map { place($0, -1...extent - 1) } ?? -1
    return (first, first > last ? 1 + (first - last - 1) / -Swift.max(step, -.max) : 0)
  }
}
