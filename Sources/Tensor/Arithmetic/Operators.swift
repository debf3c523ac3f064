internal import _KernelsMicro

// Elementwise arithmetic. Shapes are broadcast against each other as in NumPy; shapes that do not
// meet stop the program. Whole numbers wrap around, and dividing one by zero gives zero.
extension Tensor where Scalar: TensorNumeric {
  /// The sums.
  public static func + (a: Tensor, b: Tensor) -> Tensor { binary(.add, a, b, "+") }
  /// The sums with a number.
  public static func + (a: Tensor, b: Scalar) -> Tensor { a + Tensor(scalar: b) }
  /// The sums with a number.
  public static func + (a: Scalar, b: Tensor) -> Tensor { Tensor(scalar: a) + b }

  /// The differences.
  public static func - (a: Tensor, b: Tensor) -> Tensor { binary(.subtract, a, b, "-") }
  /// The differences from a number.
  public static func - (a: Tensor, b: Scalar) -> Tensor { a - Tensor(scalar: b) }
  /// The differences of a number.
  public static func - (a: Scalar, b: Tensor) -> Tensor { Tensor(scalar: a) - b }

  /// The products.
  public static func * (a: Tensor, b: Tensor) -> Tensor { binary(.multiply, a, b, "*") }
  /// The products with a number.
  public static func * (a: Tensor, b: Scalar) -> Tensor { a * Tensor(scalar: b) }
  /// The products with a number.
  public static func * (a: Scalar, b: Tensor) -> Tensor { Tensor(scalar: a) * b }

  /// The quotients.
  public static func / (a: Tensor, b: Tensor) -> Tensor { binary(.divide, a, b, "/") }
  /// The quotients by a number.
  public static func / (a: Tensor, b: Scalar) -> Tensor { a / Tensor(scalar: b) }
  /// The quotients of a number.
  public static func / (a: Scalar, b: Tensor) -> Tensor { Tensor(scalar: a) / b }

  /// Adds, in place where nobody else holds the elements.
  public static func += (a: inout Tensor, b: Tensor) { a.update(.add, b, "+=") }
  /// Adds a number.
  public static func += (a: inout Tensor, b: Scalar) { a += Tensor(scalar: b) }
  /// Subtracts, in place where nobody else holds the elements.
  public static func -= (a: inout Tensor, b: Tensor) { a.update(.subtract, b, "-=") }
  /// Subtracts a number.
  public static func -= (a: inout Tensor, b: Scalar) { a -= Tensor(scalar: b) }
  /// Multiplies, in place where nobody else holds the elements.
  public static func *= (a: inout Tensor, b: Tensor) { a.update(.multiply, b, "*=") }
  /// Multiplies with a number.
  public static func *= (a: inout Tensor, b: Scalar) { a *= Tensor(scalar: b) }
  /// Divides, in place where nobody else holds the elements.
  public static func /= (a: inout Tensor, b: Tensor) { a.update(.divide, b, "/=") }
  /// Divides by a number.
  public static func /= (a: inout Tensor, b: Scalar) { a /= Tensor(scalar: b) }

  /// The elements with the opposite sign.
  public static prefix func - (a: Tensor) -> Tensor { a.mapped(.negate) }

  /// The absolute values; that of the least whole number wraps around to itself.
  public func absolute() -> Tensor { mapped(.magnitude) }

  /// The elements, those out of range replaced by the nearest end of it; NaN stays.
  public func clamped(to range: ClosedRange<Scalar>) -> Tensor where Scalar: Comparable {
    minimum(maximum(self, range.lowerBound), range.upperBound)
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
    let result = Tensor(uninitialized: commonShape(a.shape, b.shape, name))
    result.fill(operation, a, b)
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
    let (a, b) = (a.broadcast(to: shape), b.broadcast(to: shape))
    let plan = LoopPlan(shape, a.strides, b.strides, strides)
    withExtendedLifetime((a.storage, b.storage, storage)) {
      plan { Scalar._kernels.binary(operation, $0, a.pointer, b.pointer, mutablePointer) }
    }
  }
}

/// The larger of each two elements, broadcast; NaN where one is.
public func maximum<Scalar: TensorNumeric>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor.binary(.maximum, a, b, "maximum")
}

/// The larger of each element and a number; NaN where one is.
public func maximum<Scalar: TensorNumeric>(_ a: Tensor<Scalar>, _ b: Scalar) -> Tensor<Scalar> {
  maximum(a, Tensor(scalar: b))
}

/// The smaller of each two elements, broadcast; NaN where one is.
public func minimum<Scalar: TensorNumeric>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor.binary(.minimum, a, b, "minimum")
}

/// The smaller of each element and a number; NaN where one is.
public func minimum<Scalar: TensorNumeric>(_ a: Tensor<Scalar>, _ b: Scalar) -> Tensor<Scalar> {
  minimum(a, Tensor(scalar: b))
}
