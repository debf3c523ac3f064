internal import _KernelsActive
internal import _KernelsMicro

// Elementwise comparisons, with broadcasting. Every comparison with NaN but `.!=` is false.
extension Tensor where Scalar: TensorNumeric {
  /// Where both are equal.
  public static func .== (a: Tensor, b: Tensor) -> Tensor<Bool> { compare(.equal, a, b, ".==") }
  /// Where both differ.
  public static func .!= (a: Tensor, b: Tensor) -> Tensor<Bool> { compare(.notEqual, a, b, ".!=") }
  /// Where the first is less.
  public static func .< (a: Tensor, b: Tensor) -> Tensor<Bool> { compare(.less, a, b, ".<") }
  /// Where the first is less or both are equal.
  public static func .<= (a: Tensor, b: Tensor) -> Tensor<Bool> {
    compare(.lessOrEqual, a, b, ".<=")
  }
  /// Where the first is greater.
  public static func .> (a: Tensor, b: Tensor) -> Tensor<Bool> { compare(.less, b, a, ".>") }
  /// Where the first is greater or both are equal.
  public static func .>= (a: Tensor, b: Tensor) -> Tensor<Bool> {
    compare(.lessOrEqual, b, a, ".>=")
  }

  /// Where an element equals a number.
  public static func .== (a: Tensor, b: Scalar) -> Tensor<Bool> { a .== Tensor(scalar: b) }
  /// Where an element differs from a number.
  public static func .!= (a: Tensor, b: Scalar) -> Tensor<Bool> { a .!= Tensor(scalar: b) }
  /// Where an element is less than a number.
  public static func .< (a: Tensor, b: Scalar) -> Tensor<Bool> { a .< Tensor(scalar: b) }
  /// Where an element is at most a number.
  public static func .<= (a: Tensor, b: Scalar) -> Tensor<Bool> { a .<= Tensor(scalar: b) }
  /// Where an element is greater than a number.
  public static func .> (a: Tensor, b: Scalar) -> Tensor<Bool> { a .> Tensor(scalar: b) }
  /// Where an element is at least a number.
  public static func .>= (a: Tensor, b: Scalar) -> Tensor<Bool> { a .>= Tensor(scalar: b) }

  private static func compare(
    _ comparison: Comparison, _ a: Tensor, _ b: Tensor, _ name: String
  ) -> Tensor<Bool> {
    let result = Tensor<Bool>(uninitialized: commonShape(a.shape, b.shape, name))
    let (a, b) = (a.broadcast(to: result.shape), b.broadcast(to: result.shape))
    let plan = LoopPlan(result.shape, a.strides, b.strides, result.strides)
    withExtendedLifetime((a.storage, b.storage)) {
      plan { Scalar._kernels.compare(comparison, $0, a.pointer, b.pointer, result.mutablePointer) }
    }
    return result
  }
}

extension Tensor {
  /// The elements of `a` where a condition holds, of `b` elsewhere; all are broadcast.
  public static func select(_ condition: Tensor<Bool>, _ a: Tensor, _ b: Tensor) -> Tensor {
    let shape = commonShape(condition.shape, commonShape(a.shape, b.shape, "select"), "select")
    let result = b.broadcast(to: shape).copied()
    let (condition, a) = (condition.broadcast(to: shape), a.broadcast(to: shape))
    let plan = LoopPlan(shape, condition.strides, a.strides, result.strides)
    withExtendedLifetime((condition.storage, a.storage, result.storage)) {
      plan {
        KernelTable.conversion.replace(
          $0, MemoryLayout<Scalar>.stride, condition.pointer, a.pointer, result.mutablePointer)
      }
    }
    return result
  }
}

extension Tensor: Equatable {
  /// Whether both have the same shape and equal elements: zeros are equal, a NaN is not.
  public static func == (a: Tensor, b: Tensor) -> Bool {
    guard a.shape == b.shape else { return false }
    var isEqual = true
    let plan = LoopPlan(a.shape, a.strides, b.strides, a.shape.map { _ in 0 })
    withExtendedLifetime((a.storage, b.storage)) {
      plan { isEqual = KernelTable.conversion.equal($0, Scalar.scalarType, a.pointer, b.pointer) }
    }
    return isEqual
  }
}
