extension Tensor {
  /// The same tensor with its elements in row-major order without gaps; itself if they are.
  public func contiguous() -> Tensor { isContiguous ? self : copied() }

  /// A copy with memory of its own, in row-major order.
  package func copied() -> Tensor {
    var result = Tensor(uninitialized: shape)
    result.update(from: self)
    return result
  }

  /// Writes the elements of `source` into this tensor's memory, which is dense and its own.
  package mutating func update(from source: Tensor) {
    check(shape == source.shape, "update: \(source.shape) does not fill \(shape)")
    guard count > 0 else { return }
    source.copy(to: mutablePointer)
  }

  /// Writes the elements to `target` on, in row-major order.
  private func copy(to target: UnsafeMutablePointer<Scalar>) {
    if isContiguous { return target.update(from: pointer, count: count) }
    // An odometer over all but the last dimension.
    let (rowLength, rowStride) = (shape[rank - 1], strides[rank - 1])
    var index = [Int](repeating: 0, count: rank - 1)
    var (source, target) = (pointer, target)
    while true {
      for i in 0..<rowLength { target[i] = source[i * rowStride] }
      target += rowLength
      var axis = rank - 2
      while axis >= 0 {
        index[axis] += 1
        source += strides[axis]
        if index[axis] < shape[axis] { break }
        source -= strides[axis] * shape[axis]
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}
