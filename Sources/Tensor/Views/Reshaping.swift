extension Tensor {
  /// The same elements in another shape; a view where the strides allow, else a copy.
  ///
  ///     Tensor<Float>(range: 0..<6).reshaped([2, -1])   // [[0, 1, 2], [3, 4, 5]]
  ///
  /// - Parameters:
  ///   - shape: The new shape; one extent may be -1 and is then worked out.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: A tensor of the new shape.
  /// - Precondition: The shapes hold equally many elements.
  public func reshaped(
    _ shape: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    var newShape = shape
    let unknown = shape.firstIndex(of: -1)
    // The number of elements of the other extents; none where that is too large a number.
    var known: Int? = 1
    for (axis, extent) in shape.enumerated() where axis != unknown {
      let (product, overflows) = (known ?? 0).multipliedReportingOverflow(by: extent)
      known = extent < 0 || overflows || known == nil ? nil : product
    }
    if let unknown, let rest = known, rest > 0, count % rest == 0 {
      newShape[unknown] = count / rest
      known = count
    }
    check(
      known == count && newShape.allSatisfy { $0 >= 0 },
      "reshape: \(self.shape) does not fit into \(shape)", file: file, line: line)
    return reshapedUnchecked(newShape)
  }

  /// The elements as a vector in row-major order; a view where the strides allow, else a copy.
  ///
  ///     Tensor([[1, 2], [3, 4]]).flattened()   // [1, 2, 3, 4]
  public func flattened() -> Tensor { reshapedUnchecked([count]) }

  private func reshapedUnchecked(_ shape: [Int]) -> Tensor {
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
  ///     let image = Tensor<Float>(zeros: [4, 6, 3])
  ///     image.permuted([2, 0, 1]).shape   // [3, 4, 6]
  ///
  /// - Precondition: `axes` is a permutation of `0..<rank`; negative ones count from the end.
  public func permuted(
    _ axes: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let order = axes.map { $0 < 0 ? $0 + rank : $0 }
    check(
      order.sorted() == Array(0..<rank), "permute: \(axes) is no order of the axes of \(shape)",
      file: file, line: line)
    let axes = order
    return Tensor(
      storage: storage, offset: offset, shape: axes.map { shape[$0] },
      strides: axes.map { strides[$0] })
  }

  /// Two dimensions exchanged, the last two unless said otherwise; a view.
  ///
  ///     Tensor([[1, 2, 3], [4, 5, 6]]).transposed()   // [[1, 4], [2, 5], [3, 6]]
  ///
  /// - Precondition: Both axes exist; a negative one counts from the end.
  public func transposed(
    _ first: Int = -2, _ second: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    var axes = Array(0..<rank)
    axes.swapAt(axis(first, "transpose", file, line), axis(second, "transpose", file, line))
    return permuted(axes)
  }

  /// An axis at another place, the others in their order; a view.
  ///
  ///     let image = Tensor<Float>(zeros: [4, 6, 3])
  ///     image.movingAxis(-1, to: 0).shape   // [3, 4, 6]
  public func movingAxis(
    _ axis: Int, to place: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    let (from, to) = (self.axis(axis, "move", file, line), self.axis(place, "move", file, line))
    var axes = Array(0..<rank)
    axes.insert(axes.remove(at: from), at: to)
    return permuted(axes)
  }

  /// The axis that `axis` means, which counts from the end if it is negative.
  package func axis(
    _ axis: Int, _ operation: String, _ file: StaticString = #fileID, _ line: UInt = #line
  ) -> Int {
    let resolved = axis < 0 ? axis + rank : axis
    check(
      (0..<rank).contains(resolved), "\(operation): \(shape) has no axis \(axis)", file: file,
      line: line)
    return resolved
  }
}
