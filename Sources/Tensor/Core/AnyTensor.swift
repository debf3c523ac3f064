/// A tensor whose element type is known only at run time, such as one from a file.
///
/// Its elements stand in row-major order without gaps.
///
///     let x = AnyTensor(Tensor([1, 2]))
///     x.scalarType == .float   // true
///     x.shape                  // [2]
public struct AnyTensor: Sendable {
  /// The element type.
  public let scalarType: ScalarType
  /// The number of elements in each dimension.
  public let shape: [Int]
  package let storage: Storage
  /// The position of the first element in the storage, in elements.
  package let offset: Int

  package init(scalarType: ScalarType, shape: [Int], storage: Storage, offset: Int = 0) {
    self.scalarType = scalarType
    self.shape = shape
    self.storage = storage
    self.offset = offset
  }

  /// The same tensor, sharing its elements if they stand in row-major order without gaps.
  ///
  ///     AnyTensor(Tensor([[1, 2]])).shape   // [1, 2]
  public init<Scalar>(_ tensor: Tensor<Scalar>) {
    let dense = tensor.contiguous()
    self.init(
      scalarType: Scalar.scalarType, shape: dense.shape, storage: dense.storage,
      offset: dense.offset)
  }

  /// The same tensor, sharing its elements; nil if they are of another type.
  ///
  ///     let x = AnyTensor(Tensor([1, 2]))
  ///     x.tensor(of: Float.self)!          // [1, 2]
  ///     x.tensor(of: Double.self) == nil   // true
  public func tensor<Scalar>(of scalar: Scalar.Type = Scalar.self) -> Tensor<Scalar>? {
    guard Scalar.scalarType == scalarType else { return nil }
    return Tensor(
      storage: storage, offset: offset, shape: shape, strides: shape.rowMajorStrides)
  }

  /// The number of elements.
  public var count: Int { shape.product }

  /// The bytes of the storage that the elements fill.
  package var byteRange: Range<Int> {
    let width = scalarType.byteCount
    return offset * width..<(offset + count) * width
  }

  /// Calls `body` with the bytes of the elements, in row-major order.
  public func withUnsafeBytes<Result, Failure>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let bytes = UnsafeRawBufferPointer(
      start: storage.base + byteRange.lowerBound, count: byteRange.count)
    defer { extendLifetime(storage) }
    return try body(bytes)
  }
}
