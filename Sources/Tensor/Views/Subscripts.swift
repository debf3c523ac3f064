extension Tensor {
  /// A part of the tensor.
  ///
  /// Reading gives a view that shares the elements. Writing puts a tensor, broadcast to the part's
  /// shape, in its place; other holders of the elements do not see it.
  ///
  ///     var x: Tensor<Float> = [[1, 2, 3], [4, 5, 6]]
  ///     x[.all, 1..<3] = 0
  ///     x[1] = x[0] * 2
  ///     x   // [[1, 0, 0], [2, 0, 0]]
  ///
  /// - Parameters:
  ///   - indices: An index, a range or the like for each of the leading dimensions.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Precondition: Single indices exist. Ranges are cut to what there is, as in NumPy.
  public subscript(
    _ indices: any TensorIndex..., file file: StaticString = #fileID, line line: UInt = #line
  ) -> Tensor {
    get { view(indices.map(\.selection), file, line) }
    set { put(consume newValue, indices.map(\.selection), file, line) }
  }

  /// A part of the tensor, by an array of selections that is worked out at run time.
  ///
  ///     let firstColumns: [any TensorIndex] = [.all, ..<2]
  ///     Tensor([[1, 2, 3], [4, 5, 6]])[firstColumns]   // [[1, 2], [4, 5]]
  public subscript(
    _ indices: [any TensorIndex], file file: StaticString = #fileID, line line: UInt = #line
  ) -> Tensor {
    get { view(indices.map(\.selection), file, line) }
    set { put(consume newValue, indices.map(\.selection), file, line) }
  }

  /// An element by as many indices as there are dimensions, where a number is wanted.
  ///
  /// Between operators two indices give a number too: where `a` has three dimensions,
  /// `let row: Tensor = a[0, 1] * 2` says that it is a row. Of a vector, `a[3].item` is the element.
  ///
  ///     var x: Tensor<Float> = [[1, 2], [3, 4]]
  ///     x[0, 1] = 7
  ///     let element: Float = x[0, 1]   // 7
  ///
  /// - Precondition: There are as many indices as dimensions, and they exist; negative ones count from
  ///   the end.
  @_disfavoredOverload
  public subscript(
    _ first: Int, _ second: Int, _ others: Int..., file file: StaticString = #fileID,
    line line: UInt = #line
  ) -> Scalar {
    get {
      let position = position([first, second] + others, file, line)
      return withExtendedLifetime(storage) { pointer[position] }
    }
    set {
      makeUniqueAndContiguous()
      mutablePointer[position([first, second] + others, file, line)] = newValue
    }
  }

  /// The only element of a tensor that has just one.
  ///
  ///     Tensor([1, 2]).sum().item   // 3
  ///
  /// - Precondition: There is one element.
  public var item: Scalar {
    check(count == 1, "item: a tensor of shape \(shape) has not just one element")
    return withExtendedLifetime(storage) { pointer[0] }
  }

  /// Where an element stands, behind the first.
  private func position(_ indices: [Int], _ file: StaticString, _ line: UInt) -> Int {
    check(
      indices.count == rank,
      "subscript: \(indices.count) indices are no element of \(shape), which has \(rank) dimensions",
      file: file, line: line)
    var position = 0
    for axis in indices.indices {
      let index = indices[axis] < 0 ? indices[axis] + shape[axis] : indices[axis]
      check(
        index >= 0 && index < shape[axis],
        "subscript: index \(indices[axis]) is out of range in axis \(axis) of \(shape)",
        file: file, line: line)
      position += index * strides[axis]
    }
    return position
  }

  /// Writes a tensor to a part of this one.
  private mutating func put(
    _ value: consuming Tensor, _ selections: [TensorSelection], _ file: StaticString, _ line: UInt
  ) {
    // A part of this tensor is copied and let go, so that it does not make all of it be copied.
    var source = consume value
    if source.storage === storage { source = source.copied() }
    makeUniqueAndContiguous()
    var part = view(selections, file, line)
    part.update(from: source.broadcast(to: part.shape, file: file, line: line))
  }

  func view(
    _ selections: [TensorSelection], _ file: StaticString, _ line: UInt
  ) -> Tensor {
    let used = selections.count { $0 != .insertion && $0 != .rest }
    check(
      used <= rank && selections.count(where: { $0 == .rest }) <= 1,
      "subscript: \(selections.count) indices do not fit \(shape)", file: file, line: line)
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
          "subscript: index \(index) is out of range in axis \(axis) of \(shape)", file: file,
          line: line)
        offset += position * strides[axis]
        axis += 1
      case .slice(let start, let end, let step):
        let (first, count) = Self.bounds(start, end, step, extent: shape[axis], file, line)
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
    _ start: Int?, _ end: Int?, _ step: Int, extent: Int, _ file: StaticString, _ line: UInt
  ) -> (first: Int, count: Int) {
    check(step != 0, "subscript: the step of a slice must not be zero", file: file, line: line)
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
