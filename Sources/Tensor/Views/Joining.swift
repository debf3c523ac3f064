extension Tensor {
  /// Tensors one after the other along an axis.
  ///
  /// - Parameters:
  ///   - tensors: At least one; all extents but that of the axis are equal.
  ///   - axis: The axis; a negative one counts from the end.
  public init(concatenating tensors: [Tensor], axis: Int = 0) {
    check(!tensors.isEmpty, "concatenate: there are no tensors")
    let axis = tensors[0].axis(axis, "concatenate")
    var shape = tensors[0].shape
    shape[axis] = 0
    for tensor in tensors {
      var expected = tensor.shape
      if expected.indices.contains(axis) { expected[axis] = shape[axis] }
      check(
        expected == shape, "concatenate: \(tensor.shape) does not go with \(tensors[0].shape)")
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
  /// - Parameters:
  ///   - tensors: At least one.
  ///   - axis: The place of the new axis; a negative one counts from the end of the result.
  public init(stacking tensors: [Tensor], axis: Int = 0) {
    check(!tensors.isEmpty, "stack: there are no tensors")
    let rank = tensors[0].rank + 1
    let place = axis < 0 ? axis + rank : axis
    check((0..<rank).contains(place), "stack: \(tensors[0].shape) has no place \(axis)")
    self.init(concatenating: tensors.map { $0.expanded(at: place) }, axis: place)
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
  /// - Parameter axis: The place of the new axis; a negative one counts from the end of the result.
  /// - Returns: A view of one rank more.
  public func expanded(at axis: Int) -> Tensor {
    let place = axis < 0 ? axis + rank + 1 : axis
    check((0...rank).contains(place), "expand: \(shape) has no place \(axis)")
    var (shape, strides) = (shape, strides)
    shape.insert(1, at: place)
    strides.insert(0, at: place)
    return Tensor(storage: storage, offset: offset, shape: shape, strides: strides)
  }

  /// A view without a dimension of extent one.
  ///
  /// - Precondition: The axis has that extent; a negative one counts from the end.
  public func squeezed(_ axis: Int) -> Tensor {
    let axis = self.axis(axis, "squeeze")
    check(shape[axis] == 1, "squeeze: axis \(axis) of \(shape) has not extent one")
    var (shape, strides) = (shape, strides)
    shape.remove(at: axis)
    strides.remove(at: axis)
    return Tensor(storage: storage, offset: offset, shape: shape, strides: strides)
  }

  /// Views of consecutive parts of an axis.
  ///
  /// - Parameters:
  ///   - counts: The extents of the parts, together that of the axis.
  ///   - axis: The axis; a negative one counts from the end.
  /// - Returns: As many views as there are counts.
  public func split(_ counts: [Int], axis: Int = 0) -> [Tensor] {
    let axis = self.axis(axis, "split")
    check(
      counts.allSatisfy { $0 >= 0 } && counts.reduce(0, +) == shape[axis],
      "split: parts of \(counts) do not make up axis \(axis) of \(shape)")
    var start = 0
    return counts.map { count in
      defer { start += count }
      return narrowed(axis, start..<start + count)
    }
  }

  /// A view with an axis in the opposite direction.
  public func flipped(_ axis: Int) -> Tensor {
    let axis = self.axis(axis, "flip")
    var strides = strides
    strides[axis] = -strides[axis]
    return Tensor(
      storage: storage, offset: offset + Swift.max(0, shape[axis] - 1) * self.strides[axis],
      shape: shape, strides: strides)
  }

  /// The slices of an axis at some indices.
  ///
  /// - Parameters:
  ///   - indices: A vector of indices, each at least zero and below the extent of the axis.
  ///   - axis: The axis; a negative one counts from the end.
  /// - Returns: A copy, in which the axis has the extent of `indices`.
  public func gathered(_ indices: Tensor<Int64>, axis: Int = 0) -> Tensor {
    check(indices.rank == 1, "gather: indices of shape \(indices.shape) are no vector")
    let axis = self.axis(axis, "gather")
    var newShape = shape
    newShape[axis] = indices.count
    let result = Tensor(uninitialized: newShape)
    for (place, index) in indices.elements.enumerated() {
      check(
        (0..<Int64(shape[axis])).contains(index),
        "gather: index \(index) is out of range in axis \(axis) of \(shape)")
      var part = result.narrowed(axis, place..<place + 1)
      part.update(from: narrowed(axis, Int(index)..<Int(index) + 1))
    }
    return result
  }

  /// A copy with an element repeated around it.
  ///
  /// - Parameters:
  ///   - widths: For each axis, how many are added before and after.
  ///   - element: What is added.
  /// - Returns: A larger tensor.
  public func padded(_ widths: [(before: Int, after: Int)], with element: Scalar) -> Tensor {
    check(
      widths.count == rank && widths.allSatisfy { $0.before >= 0 && $0.after >= 0 },
      "pad: \(widths) does not fit \(shape)")
    let result = Tensor(
      repeating: element, shape: zip(shape, widths).map { $0 + $1.before + $1.after })
    var part = result
    for axis in shape.indices {
      part = part.narrowed(axis, widths[axis].before..<widths[axis].before + shape[axis])
    }
    part.update(from: self)
    return result
  }
}
