internal import _KernelsMicro

/// Where the elements of a tensor are in a file's bytes, of what type, and how they are meant.
///
/// Whoever makes one has checked that all of them are in the file.
struct TensorLayout {
  let elementType: StoredType
  /// The number of elements in each dimension.
  let shape: [Int]
  /// The distance between neighbours in each dimension, in elements; not negative.
  let strides: [Int]
  /// The position of the first element, in bytes.
  let start: Int
  /// Whether numbers have their highest byte first.
  var isByteSwapped = false
  /// Whether the numbers have the opposite sign of what the bytes say.
  var isNegated = false
  /// Whether the imaginary parts have.
  var isConjugated = false

  /// Elements without gaps, in row-major order.
  init(_ elementType: StoredType, _ shape: [Int], start: Int) {
    self.init(elementType, shape, strides: shape.rowMajorStrides, start: start)
  }

  init(_ elementType: StoredType, _ shape: [Int], strides: [Int], start: Int) {
    (self.elementType, self.shape, self.strides, self.start) = (elementType, shape, strides, start)
  }

  /// Whether the file's bytes are the elements as they are meant, in row-major order.
  var isPlain: Bool { isDense && !isByteSwapped && !isNegated && !isConjugated }

  /// Whether the elements stand in row-major order without gaps.
  var isDense: Bool { shape.contains(0) || strides == shape.rowMajorStrides }

  /// Whether the elements can be put in order: a copy walks through so many dimensions only.
  var isCopyable: Bool {
    // A complex number of 16 bytes is copied as one more dimension.
    isDense || shape.count + (elementType.bitCount == 128 ? 1 : 0) <= ElementLoop.maximumRank
  }
}
