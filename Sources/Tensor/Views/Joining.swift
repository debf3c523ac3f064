extension Tensor {
  /// Tensors one after the other along an axis.
  ///
  ///     Tensor(concatenating: [Tensor([1, 2]), Tensor([3])])   // [1, 2, 3]
  ///
  /// - Parameters:
  ///   - tensors: At least one; all extents but that of the axis are equal.
  ///   - axis: The axis; a negative one counts from the end.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  public init(
    concatenating tensors: [Tensor], axis: Int = 0, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    check(!tensors.isEmpty, "concatenate: there are no tensors", file: file, line: line)
    let axis = tensors[0].axis(axis, "concatenate", file, line)
    var shape = tensors[0].shape
    shape[axis] = 0
    for tensor in tensors {
      var expected = tensor.shape
      if expected.indices.contains(axis) { expected[axis] = shape[axis] }
      check(
        expected == shape, "concatenate: \(tensor.shape) does not go with \(tensors[0].shape)",
        file: file, line: line)
      shape[axis] += tensor.shape[axis]
    }
    self.init(uninitialized: shape)
    var start = 0
    for tensor in tensors {
      var part = narrowed(axis, start..<start + tensor.shape[axis])
      part.update(from: tensor)
      start += tensor.shape[axis]
    }
  }

  /// Tensors of one shape along a new axis.
  ///
  ///     Tensor(stacking: [Tensor([1, 2]), Tensor([3, 4])])            // [[1, 2], [3, 4]]
  ///     Tensor(stacking: [Tensor([1, 2]), Tensor([3, 4])], axis: 1)   // [[1, 3], [2, 4]]
  ///
  /// - Parameters:
  ///   - tensors: At least one.
  ///   - axis: The place of the new axis; a negative one counts from the end of the result.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  public init(
    stacking tensors: [Tensor], axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) {
    check(!tensors.isEmpty, "stack: there are no tensors", file: file, line: line)
    let rank = tensors[0].rank + 1
    let place = axis < 0 ? axis + rank : axis
    check(
      (0..<rank).contains(place), "stack: \(tensors[0].shape) has no place \(axis)", file: file,
      line: line)
    check(
      tensors.allSatisfy { $0.rank == rank - 1 },
      "stack: \(tensors.map(\.shape)) are not of one shape", file: file, line: line)
    self.init(
      concatenating: tensors.map { $0.expanded(at: place) }, axis: place, file: file, line: line)
  }

  /// A matrix of matrices: those of a row beside each other, the rows below each other; NumPy's `block`.
  ///
  ///     let a: Tensor<Float> = [[1]], b: Tensor<Float> = [[2]]
  ///     Tensor(blocks: [[a, b], [b, a]])   // [[1, 2], [2, 1]]
  ///
  /// - Parameters:
  ///   - rows: At least one row of at least one tensor, which are joined along their last two axes.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Precondition: Each has at least two dimensions; extents meet.
  public init(blocks rows: [[Tensor]], file: StaticString = #fileID, line: UInt = #line) {
    self.init(
      concatenating: rows.map {
        Tensor(concatenating: $0, axis: -1, file: file, line: line)
      }, axis: -2, file: file, line: line)
  }

  /// The part of one axis, a view.
  func narrowed(_ axis: Int, _ range: Range<Int>) -> Tensor {
    var shape = shape
    shape[axis] = range.count
    return Tensor(
      storage: storage, offset: offset + range.lowerBound * strides[axis], shape: shape,
      strides: strides)
  }

  /// A view with a dimension of extent one more.
  ///
  ///     Tensor([1, 2]).expanded(at: 1)   // [[1], [2]]
  ///
  /// - Parameters:
  ///   - axis: The place of the new axis; a negative one counts from the end of the result.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: A view of one rank more.
  public func expanded(
    at axis: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let place = axis < 0 ? axis + rank + 1 : axis
    check(
      (0...rank).contains(place), "expand: \(shape) has no place \(axis)", file: file, line: line)
    var (shape, strides) = (shape, strides)
    shape.insert(1, at: place)
    strides.insert(0, at: place)
    return Tensor(storage: storage, offset: offset, shape: shape, strides: strides)
  }

  /// A view without a dimension of extent one.
  ///
  ///     Tensor([[1, 2]]).squeezed(0)   // [1, 2]
  ///
  /// - Precondition: The axis has that extent; a negative one counts from the end.
  public func squeezed(
    _ axis: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let axis = self.axis(axis, "squeeze", file, line)
    check(
      shape[axis] == 1, "squeeze: axis \(axis) of \(shape) has not extent one", file: file,
      line: line)
    var (shape, strides) = (shape, strides)
    shape.remove(at: axis)
    strides.remove(at: axis)
    return Tensor(storage: storage, offset: offset, shape: shape, strides: strides)
  }

  /// A view without the dimensions of extent one.
  ///
  ///     Tensor([[[1], [2]]]).squeezed()   // [1, 2]
  public func squeezed() -> Tensor {
    shape.indices.reversed().reduce(self) { shape[$1] == 1 ? $0.squeezed($1) : $0 }
  }

  /// Views of consecutive parts of an axis.
  ///
  ///     Tensor([1, 2, 3]).split([1, 2])   // [[1], [2, 3]]
  ///
  /// - Parameters:
  ///   - counts: The extents of the parts, together that of the axis.
  ///   - axis: The axis; a negative one counts from the end.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: As many views as there are counts.
  public func split(
    _ counts: [Int], axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] {
    let axis = self.axis(axis, "split", file, line)
    // What is left of the axis after each part; negative where that is too long.
    let rest = counts.reduce(shape[axis]) { rest, count in
      count >= 0 && count <= rest ? rest - count : -1
    }
    check(
      rest == 0, "split: parts of \(counts) do not make up axis \(axis) of \(shape)", file: file,
      line: line)
    var start = 0
    return counts.map { count in
      defer { start += count }
      return narrowed(axis, start..<start + count)
    }
  }

  /// Views of equal parts of an axis; the first ones are one longer where the number of parts does
  /// not divide the extent.
  ///
  ///     Tensor([1, 2, 3]).split(into: 2)   // [[1, 2], [3]]
  ///
  /// - Precondition: There is at least one part.
  public func split(
    into parts: Int, axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] {
    check(parts > 0, "split: into \(parts) parts", file: file, line: line)
    let (length, longer) = shape[self.axis(axis, "split", file, line)]
      .quotientAndRemainder(dividingBy: parts)
    return split((0..<parts).map { $0 < longer ? length + 1 : length }, axis: axis)
  }

  /// A view with an axis in the opposite direction.
  ///
  ///     Tensor([[1, 2], [3, 4]]).flipped(1)   // [[2, 1], [4, 3]]
  public func flipped(
    _ axis: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let axis = self.axis(axis, "flip", file, line)
    var strides = strides
    strides[axis] = -strides[axis]
    return Tensor(
      storage: storage, offset: offset + Swift.max(0, shape[axis] - 1) * self.strides[axis],
      shape: shape, strides: strides)
  }

  /// A view with some axes in the opposite direction, all of them by default.
  ///
  ///     Tensor([[1, 2], [3, 4]]).flipped()   // [[4, 3], [2, 1]]
  public func flipped(
    axes: [Int]? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    resolved(axes, "flip", file, line).reduce(self) { $0.flipped($1) }
  }
}
