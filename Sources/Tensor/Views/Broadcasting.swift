extension Tensor {
  /// A view of another shape in which dimensions of extent one, and missing leading ones, are
  /// repeated.
  ///
  ///     Tensor([1, 2, 3]).broadcast(to: [2, 3])   // [[1, 2, 3], [1, 2, 3]]
  ///
  /// - Precondition: Every other extent is that of `shape`, counted from the end.
  public func broadcast(
    to shape: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    if shape == self.shape { return self }
    let missing = shape.count - rank
    check(
      missing >= 0 && shape.allSatisfy { $0 >= 0 }
        && zip(self.shape, shape.dropFirst(missing)).allSatisfy { $0 == $1 || $0 == 1 },
      "broadcast: \(self.shape) does not stretch to \(shape)", file: file, line: line)
    let strides = shape.indices.map { axis in
      axis < missing || self.shape[axis - missing] != shape[axis]
        ? 0 : self.strides[axis - missing]
    }
    return Tensor(storage: storage, offset: offset, shape: shape, strides: strides)
  }

  /// Views of tensors in the shape that all of them stretch to: NumPy's `broadcast_arrays`.
  ///
  ///     let column: Tensor<Float> = [[1], [2]], row: Tensor<Float> = [3, 4, 5]
  ///     Tensor.broadcast([column, row]).map(\.shape)   // [[2, 3], [2, 3]]
  ///
  /// - Precondition: The shapes meet.
  public static func broadcast(
    _ tensors: [Tensor], file: StaticString = #fileID, line: UInt = #line
  ) -> [Tensor] {
    let shape = tensors.reduce([]) { commonShape($0, $1.shape, "broadcast", file, line) }
    return tensors.map { $0.broadcast(to: shape) }
  }

  /// The shape that two tensors have in common after broadcasting.
  static func commonShape(
    _ a: [Int], _ b: [Int], _ operation: String, _ file: StaticString = #fileID,
    _ line: UInt = #line
  ) -> [Int] {
    if a == b { return a }
    let rank = Swift.max(a.count, b.count)
    let (x, y) = (
      Array(repeating: 1, count: rank - a.count) + a, Array(repeating: 1, count: rank - b.count) + b
    )
    return zip(x, y).map { m, n in
      check(
        m == n || m == 1 || n == 1, "\(operation): shapes \(a) and \(b) do not meet", file: file,
        line: line)
      return m == 1 ? n : m
    }
  }
}
