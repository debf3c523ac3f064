internal import _KernelsActive
internal import _KernelsMicro

/// Where the elements of a tensor are in a file's bytes, and of what type.
///
/// Whoever makes one has checked that they are.
struct TensorLayout {
  let elementType: SafetensorsFile.ElementType
  /// The number of elements in each dimension.
  let shape: [Int]
  /// The distance between neighbours in each dimension, in elements; not negative.
  let strides: [Int]
  /// The position of the first element, in bytes.
  let start: Int

  /// Elements without gaps, in row-major order.
  init(_ elementType: SafetensorsFile.ElementType, _ shape: [Int], start: Int) {
    self.init(elementType, shape, strides: shape.rowMajorStrides, start: start)
  }

  init(
    _ elementType: SafetensorsFile.ElementType, _ shape: [Int], strides: [Int], start: Int
  ) {
    (self.elementType, self.shape, self.strides, self.start) = (elementType, shape, strides, start)
  }
}

/// Why a tensor that is in a file cannot be had.
enum LayoutError: Error {
  /// No element type of tensors holds the numbers of its.
  case unsupported
  /// It has truth values of which a byte is neither 0 nor 1.
  case invalidTruthValue
}

extension AnyTensor {
  /// A tensor in a file's bytes: it shares them, or has a copy where they are not aligned, not in
  /// row-major order, or of a type that tensors cannot have.
  init(_ layout: TensorLayout, of file: Storage) throws(LayoutError) {
    guard let scalarType = layout.elementType.carrier else { throw .unsupported }
    let result: AnyTensor?
    if layout.shape.contains(0) || layout.strides == layout.shape.rowMajorStrides {
      let start = layout.shape.contains(0) ? 0 : layout.start
      result = AnyTensor(scalarType: scalarType, shape: layout.shape, region: start, of: file)
    } else {
      // All bytes from the first element to the last, which are aligned then.
      let extent = zip(layout.shape, layout.strides).reduce(1) { $0 + ($1.0 - 1) * $1.1 }
      let region = AnyTensor(
        scalarType: scalarType, shape: [extent], region: layout.start, of: file)
      result = region?.rearranged(layout.shape, strides: layout.strides)
    }
    guard let result else { throw .invalidTruthValue }
    self = layout.elementType.widened(result)
  }

  /// A copy of these elements in another order.
  private func rearranged(_ shape: [Int], strides: [Int]) -> AnyTensor {
    let result = Storage(byteCount: shape.product * scalarType.byteCount)
    let plan = LoopPlan(copying: shape, strides, shape.rowMajorStrides)
    withUnsafeBytes { bytes in
      guard let input = bytes.baseAddress else { return }
      plan { KernelTable.conversion.copy($0, scalarType.byteCount, input, result.base) }
    }
    return AnyTensor(scalarType: scalarType, shape: shape, storage: result)
  }
}
