/// An array of any number of dimensions.
///
/// A tensor is a value: a copy of it shares the elements until one of both is written to. Slices,
/// transposes and the like are views that share them too. An element stands at the sum of its
/// indices times the strides, from the offset on.
///
/// The type shadows the module of the same name; where a module must be named, write
/// `Tensor::Tensor`.
///
///     let x: Tensor<Float> = [[1, 2, 3], [4, 5, 6]]
///     x.shape      // [2, 3]
///     x.rank       // 2
///     x.count      // 6
///     x.elements   // [1, 2, 3, 4, 5, 6]
public struct Tensor<Scalar: TensorScalar>: @unchecked Sendable {
  package var storage: Storage
  /// The position of the first element in the storage, in elements.
  package var offset: Int
  /// The number of elements in each dimension.
  public internal(set) var shape: [Int]
  /// The distance between neighbours in each dimension, in elements; zero where broadcast.
  public internal(set) var strides: [Int]

  package init(storage: Storage, offset: Int = 0, shape: [Int], strides: [Int]) {
    self.storage = storage
    self.offset = offset
    self.shape = shape
    self.strides = strides
  }

  /// A row-major tensor in `storage`, from its start on.
  package init(storage: Storage, shape: [Int]) {
    check(
      storage.byteCount >= shape.product * MemoryLayout<Scalar>.stride,
      "tensor of shape \(shape) needs more than \(storage.byteCount) bytes")
    self.init(storage: storage, shape: shape, strides: shape.rowMajorStrides)
  }

  /// A row-major tensor whose elements are not initialised; for those who fill it at once.
  package init(uninitialized shape: [Int]) {
    check(shape.allSatisfy { $0 >= 0 }, "negative extent in shape \(shape)")
    self.init(
      storage: Storage(byteCount: shape.product * MemoryLayout<Scalar>.stride), shape: shape)
  }

  /// A tensor of equal elements.
  ///
  ///     Tensor<Float>(repeating: 0.5, shape: [2, 3])   // [[0.5, 0.5, 0.5], [0.5, 0.5, 0.5]]
  public init(repeating element: Scalar, shape: [Int]) {
    self.init(uninitialized: shape)
    update(from: Tensor(scalar: element).broadcast(to: shape))
  }

  /// A tensor of no dimension: one element.
  ///
  ///     Tensor<Float>(scalar: 3).shape   // []
  public init(scalar: Scalar) {
    self.init(uninitialized: [])
    mutablePointer.initialize(to: scalar)
  }

  /// The number of dimensions.
  public var rank: Int { shape.count }

  /// The number of elements.
  public var count: Int { shape.product }

  /// Whether the elements stand in row-major order without gaps.
  public var isContiguous: Bool {
    var expected = 1
    for (extent, stride) in zip(shape, strides).reversed() where extent != 1 {
      if stride != expected && count > 0 { return false }
      expected *= extent
    }
    return true
  }

  /// The first element, valid as long as the tensor is; use `withExtendedLifetime`.
  package var pointer: UnsafePointer<Scalar> {
    UnsafePointer(storage.base.assumingMemoryBound(to: Scalar.self) + offset)
  }

  /// Calls `body` with the elements, in row-major order.
  ///
  ///     Tensor([1, 2, 3]).withUnsafeElements { $0.reduce(0, +) }   // 6
  public func withUnsafeElements<Result>(
    _ body: (UnsafeBufferPointer<Scalar>) throws -> Result
  ) rethrows -> Result {
    let dense = contiguous()
    return try withExtendedLifetime(dense.storage) {
      try body(UnsafeBufferPointer(start: dense.pointer, count: count))
    }
  }

  /// Calls `body` with the elements, in row-major order, to be written to.
  ///
  ///     var x: Tensor<Float> = [1, 2]
  ///     x.withUnsafeMutableElements { $0[1] = 9 }
  ///     x   // [1, 9]
  public mutating func withUnsafeMutableElements<Result>(
    _ body: (UnsafeMutableBufferPointer<Scalar>) throws -> Result
  ) rethrows -> Result {
    makeUniqueAndContiguous()
    return try withExtendedLifetime(storage) {
      try body(UnsafeMutableBufferPointer(start: mutablePointer, count: count))
    }
  }

  /// The first element, to be written to by whoever made sure that nobody else sees it.
  package var mutablePointer: UnsafeMutablePointer<Scalar> {
    storage.base.assumingMemoryBound(to: Scalar.self) + offset
  }

  /// Whether this tensor alone holds its elements and may write to them.
  package mutating func isUniquelyWritable() -> Bool {
    storage.isWritable && isKnownUniquelyReferenced(&storage)
  }

  /// Makes the elements this tensor's own, in row-major order.
  package mutating func makeUniqueAndContiguous() {
    if !(isUniquelyWritable() && isContiguous) {
      self = copied()
    }
  }

  /// The elements, in row-major order.
  public var elements: [Scalar] {
    withUnsafeElements { Array($0) }
  }
}

extension [Int] {
  /// The number of elements of a tensor of this shape.
  package var product: Int { reduce(1, multiplied) }

  /// The strides of a tensor of this shape without gaps.
  package var rowMajorStrides: [Int] {
    var strides = [Int](repeating: 1, count: count)
    for axis in indices.reversed().dropFirst() {
      strides[axis] = multiplied(strides[axis + 1], by: self[axis + 1])
    }
    return strides
  }

  /// Some elements times an extent of this shape.
  private func multiplied(_ count: Int, by extent: Int) -> Int {
    let (product, isTooLarge) = count.multipliedReportingOverflow(by: extent)
    check(!isTooLarge, "a tensor of shape \(self) is too large")
    return product
  }
}
