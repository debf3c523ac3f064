extension Tensor {
  /// The same elements in another shape; a view where the strides allow, else a copy.
  ///
  /// - Parameter shape: The new shape; one extent may be -1 and is then worked out.
  /// - Returns: A tensor of the new shape.
  /// - Precondition: The shapes hold equally many elements.
  public func reshaped(_ shape: [Int]) -> Tensor {
    var shape = shape
    if let unknown = shape.firstIndex(of: -1) {
      let rest = shape.enumerated().reduce(1) { $1.offset == unknown ? $0 : $0 * $1.element }
      check(
        rest > 0 && count % rest == 0, "reshape: \(self.shape) does not fit into \(shape)")
      shape[unknown] = count / rest
    }
    check(
      shape.allSatisfy { $0 >= 0 } && shape.product == count,
      "reshape: \(self.shape) does not fit into \(shape)")
    if let strides = viewStrides(shape) {
      return Tensor(storage: storage, offset: offset, shape: shape, strides: strides)
    }
    return Tensor(storage: copied().storage, shape: shape)
  }

  /// The strides that give this tensor another shape without a copy, if there are such.
  private func viewStrides(_ newShape: [Int]) -> [Int]? {
    if isContiguous { return newShape.rowMajorStrides }
    // Dimensions that follow each other without a gap form one run; each run must be cut whole.
    var runs: [(extent: Int, stride: Int)] = []
    for (extent, stride) in zip(shape, strides) where extent != 1 {
      if let last = runs.last, last.stride == stride * extent {
        runs[runs.count - 1] = (last.extent * extent, stride)
      } else {
        runs.append((extent, stride))
      }
    }
    var strides = [Int](repeating: 0, count: newShape.count)
    var axis = newShape.count - 1
    for (extent, stride) in runs.reversed() {
      var (remaining, step) = (extent, stride)
      while remaining > 1 {
        guard axis >= 0, remaining % newShape[axis] == 0 else { return nil }
        strides[axis] = step
        step *= newShape[axis]
        remaining /= newShape[axis]
        axis -= 1
      }
    }
    return strides
  }

  /// The dimensions in another order; a view.
  ///
  /// - Precondition: `axes` is a permutation of `0..<rank`.
  public func permuted(_ axes: [Int]) -> Tensor {
    check(
      axes.sorted() == Array(0..<rank), "permute: \(axes) is no order of the axes of \(shape)")
    return Tensor(
      storage: storage, offset: offset, shape: axes.map { shape[$0] },
      strides: axes.map { strides[$0] })
  }

  /// Two dimensions exchanged, the last two unless said otherwise; a view.
  ///
  /// - Precondition: Both axes exist; a negative one counts from the end.
  public func transposed(_ first: Int = -2, _ second: Int = -1) -> Tensor {
    var axes = Array(0..<rank)
    axes.swapAt(axis(first, "transpose"), axis(second, "transpose"))
    return permuted(axes)
  }

  /// The axis that `axis` means, which counts from the end if it is negative.
  package func axis(_ axis: Int, _ operation: String) -> Int {
    let resolved = axis < 0 ? axis + rank : axis
    check((0..<rank).contains(resolved), "\(operation): \(shape) has no axis \(axis)")
    return resolved
  }
}
