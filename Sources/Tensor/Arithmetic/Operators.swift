internal import _KernelsMicro

// Elementwise arithmetic. Shapes are broadcast against each other as in NumPy; shapes that do not
// meet stop the program. Whole numbers wrap around, and dividing one by zero gives zero.
//
// Numbers in variables have operators in NumberOperators.swift.
extension Tensor where Scalar: TensorNumeric {
  /// The sums.
  ///
  /// The shapes of both are broadcast against each other.
  ///
  ///     let x: Tensor<Float> = [[1, 2, 3], [4, 5, 6]]
  ///     x + [10, 20, 30]   // [[11, 22, 33], [14, 25, 36]]
  ///     2 * x - 1          // [[1, 3, 5], [7, 9, 11]]
  public static func + (a: Tensor, b: Tensor) -> Tensor { binary(.add, a, b, "+") }
  /// The differences.
  public static func - (a: Tensor, b: Tensor) -> Tensor { binary(.subtract, a, b, "-") }
  /// The products, element by element; those of matrices are `matmul`.
  public static func * (a: Tensor, b: Tensor) -> Tensor { binary(.multiply, a, b, "*") }
  /// The quotients.
  ///
  ///     let x: Tensor<Float> = [[1, 2], [3, 4]]
  ///     x / x.max(axis: 1, keepingAxes: true)   // [[0.5, 1], [0.75, 1]]
  public static func / (a: Tensor, b: Tensor) -> Tensor { binary(.divide, a, b, "/") }

  /// Adds, in place where nobody else holds the elements.
  ///
  ///     var x: Tensor<Float> = [[1, 2], [3, 4]]
  ///     x += [10, 20]
  ///     x   // [[11, 22], [13, 24]]
  public static func += (a: inout Tensor, b: Tensor) { a.update(.add, b, "+=") }
  /// Subtracts, in place where nobody else holds the elements.
  public static func -= (a: inout Tensor, b: Tensor) { a.update(.subtract, b, "-=") }
  /// Multiplies, in place where nobody else holds the elements.
  public static func *= (a: inout Tensor, b: Tensor) { a.update(.multiply, b, "*=") }
  /// Divides, in place where nobody else holds the elements.
  public static func /= (a: inout Tensor, b: Tensor) { a.update(.divide, b, "/=") }

  /// Adds a number.
  @_disfavoredOverload
  public static func += (a: inout Tensor, b: Scalar) { a += Tensor(scalar: b) }
  /// Subtracts a number.
  @_disfavoredOverload
  public static func -= (a: inout Tensor, b: Scalar) { a -= Tensor(scalar: b) }
  /// Multiplies with a number.
  @_disfavoredOverload
  public static func *= (a: inout Tensor, b: Scalar) { a *= Tensor(scalar: b) }
  /// Divides by a number.
  @_disfavoredOverload
  public static func /= (a: inout Tensor, b: Scalar) { a /= Tensor(scalar: b) }

  /// The elements with the opposite sign.
  ///
  ///     -Tensor([1, -2])   // [-1, 2]
  public static prefix func - (a: Tensor) -> Tensor { a.mapped(.negate) }

  /// The absolute values; that of the least integer wraps around to itself.
  ///
  ///     Tensor([-3, 2]).absolute()   // [3, 2]
  public func absolute() -> Tensor { mapped(.magnitude) }

  /// The elements, those out of range replaced by the nearest end of it; NaN stays.
  ///
  ///     Tensor([-3, 0.5, 2]).clamped(to: -1...1)   // [-1, 0.5, 1]
  public func clamped(to range: ClosedRange<Scalar>) -> Tensor {
    minimum(
      maximum(self, Tensor(scalar: range.lowerBound)), Tensor(scalar: range.upperBound))
  }

  private func mapped(_ operation: UnaryOperation) -> Tensor {
    let result = Tensor(uninitialized: shape)
    let plan = LoopPlan(shape, strides, strides, result.strides)
    withExtendedLifetime((storage, result.storage)) {
      plan { Scalar._kernels.unary(operation, $0, pointer, result.mutablePointer) }
    }
    return result
  }

  static func binary(
    _ operation: BinaryOperation, _ a: Tensor, _ b: Tensor, _ name: String
  ) -> Tensor {
    if let result = flat(operation, a, b) { return result }
    let result = Tensor(uninitialized: commonShape(a.shape, b.shape, name))
    result.fill(operation, a, b)
    return result
  }

  /// The result where the operands are one run of elements each, or a number: of a few elements, the
  /// shape, the strides and the plan of a loop would take longer than the loop.
  private static func flat(_ operation: BinaryOperation, _ a: Tensor, _ b: Tensor) -> Tensor? {
    let aIsNumber = a.shape.isEmpty && !b.shape.isEmpty
    let bIsNumber = b.shape.isEmpty
    guard aIsNumber || bIsNumber || a.shape == b.shape, aIsNumber || a.isContiguous,
      bIsNumber || b.isContiguous
    else { return nil }
    let (like, count) = aIsNumber ? (b, b.count) : (a, a.count)
    let result = Tensor(
      storage: Storage(byteCount: count * MemoryLayout<Scalar>.stride), shape: like.shape,
      strides: like.strides)
    let loop = (count, aIsNumber ? 0 : 1, bIsNumber ? 0 : 1, 1)
    withExtendedLifetime((a.storage, b.storage, result.storage)) {
      withUnsafeBytes(of: loop) { bytes in
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: Int.self) else { return }
        Scalar._kernels.binary(
          operation,
          ElementLoop(rank: 1, extents: base, first: base + 1, second: base + 2, output: base + 3),
          a.pointer, b.pointer, result.mutablePointer)
      }
    }
    return result
  }

  private mutating func update(_ operation: BinaryOperation, _ other: Tensor, _ name: String) {
    check(
      Self.commonShape(shape, other.shape, name) == shape,
      "\(name): \(other.shape) does not stretch to \(shape)")
    // Where `other` is a view of this tensor, it keeps the elements as they were.
    makeUniqueAndContiguous()
    fill(operation, self, other)
  }

  /// Writes the results of an operation into this tensor's memory, which is its own.
  private func fill(_ operation: BinaryOperation, _ a: Tensor, _ b: Tensor) {
    let (a, b) = (a.inWalkingOrder().broadcast(to: shape), b.inWalkingOrder().broadcast(to: shape))
    let plan = LoopPlan(shape, a.strides, b.strides, strides)
    withExtendedLifetime((a.storage, b.storage, storage)) {
      plan { Scalar._kernels.binary(operation, $0, a.pointer, b.pointer, mutablePointer) }
    }
  }

  /// This tensor, or a copy where a walk in row-major order would go to memory for every element: a
  /// copy that turns squares takes less time.
  private func inWalkingOrder() -> Tensor {
    guard let last = strides.last, abs(last) > 1, strides.contains(1), count >= 1 << 16 else {
      return self
    }
    return contiguous()
  }
}

/// The larger of each two elements, broadcast; NaN where one is.
///
///     maximum(0, Tensor([-1, 2]))   // [0, 2]
public func maximum<Scalar: TensorNumeric>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor.binary(.maximum, a, b, "maximum")
}

/// The larger of each element and a number; NaN where one is.
@_disfavoredOverload
public func maximum<Scalar: TensorNumeric>(_ a: Tensor<Scalar>, _ b: Scalar) -> Tensor<Scalar> {
  maximum(a, Tensor(scalar: b))
}

/// The larger of a number and each element; NaN where one is.
@_disfavoredOverload
public func maximum<Scalar: TensorNumeric>(_ a: Scalar, _ b: Tensor<Scalar>) -> Tensor<Scalar> {
  maximum(Tensor(scalar: a), b)
}

/// The smaller of each two elements, broadcast; NaN where one is.
///
///     minimum(Tensor([-1, 2]), 1)   // [-1, 1]
public func minimum<Scalar: TensorNumeric>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor.binary(.minimum, a, b, "minimum")
}

/// The smaller of each element and a number; NaN where one is.
@_disfavoredOverload
public func minimum<Scalar: TensorNumeric>(_ a: Tensor<Scalar>, _ b: Scalar) -> Tensor<Scalar> {
  minimum(a, Tensor(scalar: b))
}

/// The smaller of a number and each element; NaN where one is.
@_disfavoredOverload
public func minimum<Scalar: TensorNumeric>(_ a: Scalar, _ b: Tensor<Scalar>) -> Tensor<Scalar> {
  minimum(Tensor(scalar: a), b)
}
