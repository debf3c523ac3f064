internal import _KernelsActive
internal import _KernelsMicro

extension Tensor {
  /// The same tensor with its elements in row-major order without gaps; itself if they are.
  public func contiguous() -> Tensor { isContiguous ? self : copied() }

  /// A copy with memory of its own, in row-major order.
  package func copied() -> Tensor {
    var result = Tensor(uninitialized: shape)
    result.update(from: self)
    return result
  }

  /// Writes the elements of `source` into this tensor's memory, which is its own.
  ///
  /// - Precondition: Both have the same shape and do not overlap.
  package mutating func update(from source: Tensor) {
    check(shape == source.shape, "update: \(source.shape) does not fill \(shape)")
    withExtendedLifetime((storage, source.storage)) {
      let plan = LoopPlan(copying: shape, source.strides, strides)
      plan {
        KernelTable.conversion.copy(
          $0, MemoryLayout<Scalar>.stride, source.pointer, mutablePointer)
      }
    }
  }
}
