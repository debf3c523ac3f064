internal import _KernelsActive
internal import _KernelsMicro

/// A tensor as a file has it, with elements of any type, also one that tensors cannot have.
///
/// The elements stand in row-major order without gaps, the lowest byte of each number first.
public struct StoredTensor: Sendable {
  /// The element type.
  public let elementType: StoredType
  /// The number of elements in each dimension.
  public let shape: [Int]
  private let storage: Storage
  /// The bytes of the elements in the storage.
  private let byteRange: Range<Int>

  /// The elements of a tensor, which it shares.
  public init(_ tensor: AnyTensor) {
    (elementType, shape) = (StoredType(tensor.scalarType), tensor.shape)
    (storage, byteRange) = (tensor.storage, tensor.byteRange)
  }

  /// A tensor in a file's bytes: it shares them where they are what it means, else it has a copy.
  init(_ layout: TensorLayout, of file: Storage) {
    (elementType, shape) = (layout.elementType, layout.shape)
    let byteCount = layout.shape.product * layout.elementType.bitCount / 8
    guard byteCount > 0 else {
      (storage, byteRange) = (file, 0..<0)
      return
    }
    guard !layout.isPlain else {
      (storage, byteRange) = (file, layout.start..<layout.start + byteCount)
      return
    }
    (storage, byteRange) = (Storage(byteCount: byteCount), 0..<byteCount)
    layout.copy(from: file, to: storage.base)
    let bytes = UnsafeMutableRawBufferPointer(start: storage.base, count: byteCount)
    if layout.isByteSwapped { bytes.swapBytes(of: elementType) }
    if layout.isNegated { bytes.negate(elementType) }
    if layout.isConjugated { bytes.conjugate(elementType) }
  }

  /// Calls `body` with the bytes of the elements.
  public func withUnsafeBytes<Result, Failure>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let bytes = UnsafeRawBufferPointer(
      start: storage.base + byteRange.lowerBound, count: byteRange.count)
    defer { extendLifetime(storage) }
    return try body(bytes)
  }

  /// The tensor to compute with.
  ///
  /// It shares the elements where they are aligned and of a type that tensors have
  /// (`StoredType.scalarType`).
  ///
  /// - Throws: `UnreadableTensor.Reason.elementType` where tensors cannot have such elements,
  ///   `.invalidTruthValue` where a byte of truth values is neither 0 nor 1, which no `Bool` may be.
  public func tensor() throws(UnreadableTensor.Reason) -> AnyTensor {
    guard let scalarType = elementType.scalarType else {
      throw .elementType(elementType.rawValue)
    }
    if elementType == .bool {
      guard withUnsafeBytes({ $0.allSatisfy { $0 <= 1 } }) else { throw .invalidTruthValue }
    }
    if let numbers = elementType.numbers {
      let elements = withUnsafeBytes { bytes in bytes.map { numbers[Int($0)] } }
      return AnyTensor(Tensor(elements, shape: shape))
    }
    let (start, width) = (byteRange.lowerBound, scalarType.byteCount)
    if start.isMultiple(of: width) {
      return AnyTensor(
        scalarType: scalarType, shape: shape, storage: storage, offset: start / width)
    }
    let aligned = Storage(byteCount: byteRange.count)
    aligned.base.copyMemory(from: storage.base + start, byteCount: byteRange.count)
    return AnyTensor(scalarType: scalarType, shape: shape, storage: aligned)
  }
}

extension TensorLayout {
  /// Copies the elements to memory of their own, in row-major order.
  fileprivate func copy(from file: Storage, to output: UnsafeMutableRawPointer) {
    defer { extendLifetime(file) }
    // Elements are copied as whole numbers of up to 8 bytes.
    var (width, shape, strides) = (elementType.bitCount / 8, shape, strides)
    if width == 16 {
      (width, shape, strides) = (8, shape + [2], strides.map { 2 * $0 } + [1])
    }
    if isDense {
      output.copyMemory(from: file.base + start, byteCount: shape.product * width)
      return
    }
    var input = file
    var first = start
    if !start.isMultiple(of: width) {
      // All bytes from the first element to the last, which are aligned then.
      let count = width * zip(shape, strides).reduce(1) { $0 + ($1.0 - 1) * $1.1 }
      (input, first) = (Storage(byteCount: count), 0)
      input.base.copyMemory(from: file.base + start, byteCount: count)
    }
    defer { extendLifetime(input) }
    LoopPlan(copying: shape, strides, shape.rowMajorStrides) {
      KernelTable.conversion.copy($0, width, input.base + first, output)
    }
  }
}

extension UnsafeMutableRawBufferPointer {
  /// Reverses the bytes of each number.
  fileprivate func swapBytes(of type: StoredType) {
    switch type.numberByteCount {
    case 2: update(UInt16.self) { $0.byteSwapped }
    case 4: update(UInt32.self) { $0.byteSwapped }
    case 8: update(UInt64.self) { $0.byteSwapped }
    default: break
    }
  }

  /// Gives numbers the opposite sign; that of the least integer wraps around to itself.
  fileprivate func negate(_ type: StoredType) {
    switch type {
    case .float16, .bfloat16, .complex32: update(UInt16.self) { $0 ^ 1 << 15 }
    case .float32, .complex64: update(UInt32.self) { $0 ^ 1 << 31 }
    case .float64, .complex128: update(UInt64.self) { $0 ^ 1 << 63 }
    case .int8, .uint8: update(UInt8.self) { 0 &- $0 }
    case .int16, .uint16: update(UInt16.self) { 0 &- $0 }
    case .int32, .uint32: update(UInt32.self) { 0 &- $0 }
    case .int64, .uint64: update(UInt64.self) { 0 &- $0 }
    default: break
    }
  }

  /// Gives imaginary parts the opposite sign.
  fileprivate func conjugate(_ type: StoredType) {
    switch type {
    case .complex32: update(UInt32.self) { $0 ^ 1 << 31 }
    case .complex64: update(UInt64.self) { $0 ^ 1 << 63 }
    case .complex128:
      withMemoryRebound(to: UInt64.self) { parts in
        for place in stride(from: 1, to: parts.count, by: 2) { parts[place] ^= 1 << 63 }
      }
    default: break
    }
  }

  private func update<Number>(_ number: Number.Type, _ transform: (Number) -> Number) {
    withMemoryRebound(to: number) { numbers in
      for place in numbers.indices { numbers[place] = transform(numbers[place]) }
    }
  }
}

extension StoredType {
  /// Whether numbers of this type have an opposite.
  var canBeNegated: Bool {
    switch self {
    case .bool, .float8E5M2, .float8E4M3, .float8E8M0, .float8E5M2FNUZ, .float8E4M3FNUZ,
      .float6E2M3, .float6E3M2, .float4:
      false
    default: true
    }
  }
}
