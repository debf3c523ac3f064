internal import _KernelsSequential

extension Tensor {
  /// The elements where a mask is true, as a vector in row-major order.
  ///
  /// Writing puts elements there: as many as are true, in row-major order, or one for all.
  ///
  ///     var x: Tensor<Float> = [1, .nan, 3]
  ///     x[x.isNaN()] = 0
  ///     x[x .> 0]   // [1, 3]
  ///
  /// - Parameters:
  ///   - mask: Its extents are the first ones of this tensor. Where there are fewer, whole
  ///     slices are chosen, and stand along a first axis.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  public subscript(
    _ mask: Tensor<Bool>, file file: StaticString = #fileID, line line: UInt = #line
  ) -> Tensor {
    get { maskedSlices(mask, file, line).gathered(mask.truePlaces()) }
    set {
      // One for all needs no places; it is broadcast as to any number of them.
      if newValue.count == 1 && newValue.rank <= Swift.max(rank - mask.rank + 1, 1) {
        checkMask(mask, file, line)
        makeUniqueAndContiguous()
        let condition = mask.reshaped(mask.shape + shape[mask.rank...].map { _ in 1 })
        return replace(where: condition, with: newValue.reshaped([]))
      }
      var slices = maskedSlices(mask, file, line)
      let (shape, rest) = (shape, Array(slices.shape[1...]))
      let places = mask.truePlaces()
      let parts = newValue.broadcast(to: [places.count] + rest, file: file, line: line)
      // What is written to lets go of this tensor's elements, so that they need not be copied.
      self = Tensor(uninitialized: [0])
      slices.put(
        parts, along: 0, at: places.reshaped([places.count] + rest.map { _ in 1 }), file: file,
        line: line)
      self = slices.reshaped(shape)
    }
  }

  /// The slices that a mask chooses from, along one axis.
  private func maskedSlices(
    _ mask: Tensor<Bool>, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    checkMask(mask, file, line)
    return reshaped([mask.count] + shape[mask.rank...])
  }

  private func checkMask(_ mask: Tensor<Bool>, _ file: StaticString, _ line: UInt) {
    check(
      mask.rank <= rank && mask.shape == Array(shape[..<Swift.min(mask.rank, rank)]),
      "subscript: a mask of shape \(mask.shape) does not fit \(shape)", file: file, line: line)
  }
}

extension Tensor<Bool> {
  /// The places in row-major order of the true elements: NumPy's `flatnonzero`.
  ///
  ///     Tensor<Bool>([[true, false], [false, true]]).truePlaces()   // [0, 3]
  public func truePlaces() -> Tensor<Int64> {
    withUnsafeElements { elements in
      guard let condition = elements.baseAddress else { return Tensor<Int64>([]) }
      let result = Tensor<Int64>(uninitialized: [trueCount(condition, count: elements.count)])
      _KernelsSequential.places(condition, result.mutablePointer, count: elements.count)
      return result
    }
  }

  /// The indices of the true elements, one a row: NumPy's `argwhere`.
  ///
  ///     Tensor<Bool>([[true, false], [false, true]]).trueIndices()   // [[0, 0], [1, 1]]
  ///
  /// - Returns: As many rows as elements are true, as many columns as there are dimensions.
  public func trueIndices() -> Tensor<Int64> { truePlaces().indices(in: shape) }
}

extension Tensor where Scalar: TensorNumeric {
  /// The indices of the elements that are not zero, one a row: NumPy's `argwhere`, PyTorch's
  /// `nonzero`.
  ///
  /// NaN is not zero.
  ///
  ///     Tensor([[0, 5], [7, 0]]).nonzeroIndices()   // [[0, 1], [1, 0]]
  ///
  /// - Returns: As many rows as such elements, as many columns as there are dimensions.
  public func nonzeroIndices() -> Tensor<Int64> {
    (self .!= Tensor(scalar: .zero)).trueIndices()
  }
}

extension Tensor<Int64> {
  /// Places in row-major order as indices along a new last axis: NumPy's `unravel_index`.
  ///
  ///     Tensor<Int64>([5]).indices(in: [2, 3])   // [[1, 2]]
  ///
  /// - Parameters:
  ///   - shape: The shape that the places are in.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The result.
  public func indices(
    in shape: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int64> {
    checkIndices(below: shape.product, "indices", file, line)
    let columns = zip(shape, shape.rowMajorStrides).map { extent, stride in
      (self / Tensor(scalar: Int64(Swift.max(stride, 1))))
        % Tensor(scalar: Int64(Swift.max(extent, 1)))
    }
    return columns.isEmpty
      ? Tensor(zeros: self.shape + [0]) : Tensor(stacking: columns, axis: -1)
  }

  /// Indices along the last axis as places in row-major order: NumPy's `ravel_multi_index`.
  ///
  ///     Tensor<Int64>([1, 2]).places(in: [2, 3])   // 5
  public func places(
    in shape: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int64> {
    check(
      rank > 0 && self.shape[rank - 1] == shape.count,
      "places: indices of shape \(self.shape) are none of \(shape)", file: file, line: line)
    var result = Tensor(zeros: Array(self.shape.dropLast()))
    for (axis, stride) in shape.rowMajorStrides.enumerated() {
      let column = self[.ellipsis, axis].resolvedIndices(shape[axis], "places", file, line)
      result += column * Tensor(scalar: Int64(stride))
    }
    return result
  }
}
