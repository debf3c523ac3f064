internal import _KernelsActive
internal import _KernelsMicro

extension Tensor {
  /// The same tensor with its elements in row-major order without gaps; itself if they are.
  ///
  /// What C code, a file or `withUnsafeElements` wants. A view shares its elements with the tensor
  /// that it is of; a copy does not keep that one in memory.
  ///
  ///     let x = Tensor([[1, 2], [3, 4]]).transposed()
  ///     x.isContiguous                // false
  ///     x.contiguous().isContiguous   // true
  public func contiguous() -> Tensor { isContiguous ? self : copied() }

  /// A copy with memory of its own, in row-major order.
  ///
  ///     let table: Tensor<Float> = [[1, 2], [3, 4]]
  ///     let row = table[1].copied()   // [3, 4]
  public func copied() -> Tensor {
    var result = Tensor(uninitialized: shape)
    result.update(from: self)
    return result
  }

  /// Writes the elements of `source` into this tensor's memory, which is its own.
  ///
  /// - Precondition: Both have the same shape and do not overlap.
  package mutating func update(from source: Tensor) {
    check(shape == source.shape, "update: \(source.shape) does not fill \(shape)")
    let size = MemoryLayout<Scalar>.stride
    nonisolated(unsafe) let (input, output) = (source.pointer, mutablePointer)
    withExtendedLifetime((storage, source.storage)) {
      LoopPlan(copying: shape, source.strides, strides).inParallel(elementSize: size) {
        KernelTable.conversion.copy($0, size, input + $1, output + $3)
      }
    }
  }
}
