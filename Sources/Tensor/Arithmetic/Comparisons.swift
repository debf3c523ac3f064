internal import _KernelsActive
internal import _KernelsMicro
internal import Synchronization

// Elementwise comparisons, with broadcasting. Every comparison with NaN but `.!=` is false.
extension Tensor where Scalar: TensorNumeric {
  /// Where both are equal.
  ///
  /// As all comparisons, it broadcasts the shapes of both against each other.
  ///
  ///     let x: Tensor<Float> = [1, 2, .nan]
  ///     x .== 2   // [false, true, false]
  ///     x .!= 2   // [true, false, true]
  ///     1 .< x    // [false, true, false]
  public static func .== (a: Tensor, b: Tensor) -> Tensor<Bool> { compare(.equal, a, b, ".==") }
  /// Where both differ.
  public static func .!= (a: Tensor, b: Tensor) -> Tensor<Bool> { compare(.notEqual, a, b, ".!=") }
  /// Where the first is less.
  ///
  ///     let row: Tensor<Float> = [1, 2, 3], column: Tensor<Float> = [[2], [3]]
  ///     row .< column   // [[true, false, false], [true, true, false]]
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
  @_disfavoredOverload
  public static func .== (a: Tensor, b: Scalar) -> Tensor<Bool> { a .== Tensor(scalar: b) }
  /// Where an element differs from a number.
  @_disfavoredOverload
  public static func .!= (a: Tensor, b: Scalar) -> Tensor<Bool> { a .!= Tensor(scalar: b) }
  /// Where an element is less than a number.
  @_disfavoredOverload
  public static func .< (a: Tensor, b: Scalar) -> Tensor<Bool> { a .< Tensor(scalar: b) }
  /// Where an element is at most a number.
  @_disfavoredOverload
  public static func .<= (a: Tensor, b: Scalar) -> Tensor<Bool> { a .<= Tensor(scalar: b) }
  /// Where an element is greater than a number.
  @_disfavoredOverload
  public static func .> (a: Tensor, b: Scalar) -> Tensor<Bool> { a .> Tensor(scalar: b) }
  /// Where an element is at least a number.
  @_disfavoredOverload
  public static func .>= (a: Tensor, b: Scalar) -> Tensor<Bool> { a .>= Tensor(scalar: b) }

  /// Where a number equals an element.
  @_disfavoredOverload
  public static func .== (a: Scalar, b: Tensor) -> Tensor<Bool> { Tensor(scalar: a) .== b }
  /// Where a number differs from an element.
  @_disfavoredOverload
  public static func .!= (a: Scalar, b: Tensor) -> Tensor<Bool> { Tensor(scalar: a) .!= b }
  /// Where a number is less than an element.
  @_disfavoredOverload
  public static func .< (a: Scalar, b: Tensor) -> Tensor<Bool> { Tensor(scalar: a) .< b }
  /// Where a number is at most an element.
  @_disfavoredOverload
  public static func .<= (a: Scalar, b: Tensor) -> Tensor<Bool> { Tensor(scalar: a) .<= b }
  /// Where a number is greater than an element.
  @_disfavoredOverload
  public static func .> (a: Scalar, b: Tensor) -> Tensor<Bool> { Tensor(scalar: a) .> b }
  /// Where a number is at least an element.
  @_disfavoredOverload
  public static func .>= (a: Scalar, b: Tensor) -> Tensor<Bool> { Tensor(scalar: a) .>= b }

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
  /// The elements where a condition holds, those of another tensor elsewhere; all are broadcast.
  ///
  ///     let x: Tensor<Float> = [-1, 2, -3]
  ///     x.where(x .> 0, else: 0)   // [0, 2, 0]
  public func `where`(_ condition: Tensor<Bool>, else other: Tensor) -> Tensor {
    Self.select(condition, self, other)
  }

  /// The elements where a condition holds, a number elsewhere.
  @_disfavoredOverload
  public func `where`(_ condition: Tensor<Bool>, else other: Scalar) -> Tensor {
    Self.select(condition, self, Tensor(scalar: other))
  }

  /// The elements of `a` where a condition holds, of `b` elsewhere; all are broadcast.
  ///
  ///     Tensor<Float>.select([true, false], [1, 2], [10, 20])   // [1, 20]
  public static func select(_ condition: Tensor<Bool>, _ a: Tensor, _ b: Tensor) -> Tensor {
    let shape = commonShape(condition.shape, commonShape(a.shape, b.shape, "select"), "select")
    var result = b.broadcast(to: shape).copied()
    result.replace(where: condition, with: a)
    return result
  }

  /// Writes the elements of `other` into this tensor's memory, which is its own, where a condition
  /// holds; both are broadcast to this tensor's shape.
  mutating func replace(where condition: Tensor<Bool>, with other: Tensor) {
    let (condition, other) = (condition.broadcast(to: shape), other.broadcast(to: shape))
    let plan = LoopPlan(shape, condition.strides, other.strides, strides)
    let size = MemoryLayout<Scalar>.stride
    nonisolated(unsafe) let (mask, input) = (condition.pointer, other.pointer)
    nonisolated(unsafe) let output = mutablePointer
    withExtendedLifetime((condition.storage, other.storage, storage)) {
      plan.inParallel(elementSize: size) {
        KernelTable.conversion.replace($0, size, mask + $1, input + $2, output + $3)
      }
    }
  }
}

extension Tensor where Scalar: TensorFloatingPoint {
  /// Where elements differ by at most `absolute + relative · |other|`, broadcast; infinities are close
  /// to themselves, NaN to nothing unless `nanIsEqual`.
  ///
  ///     Tensor([1, 2]).isClose(to: [1.001, 2.1], relative: 0.01)   // [true, false]
  public func isClose(
    to other: Tensor, relative: Double = 1e-5, absolute: Double = 1e-8, nanIsEqual: Bool = false
  ) -> Tensor<Bool> {
    let (a, b) = (converted(to: Double.self), other.converted(to: Double.self))
    let isNear = (a - b).absolute() .<= absolute + relative * b.absolute()
    let result = (isNear .& b.isFinite()) .| (a .== b)
    return nanIsEqual ? result .| (a.isNaN() .& b.isNaN()) : result
  }

  /// Whether all elements are close to those of another tensor, by the rules of `isClose`.
  ///
  ///     Tensor([1, 2]).allClose(to: [1.001, 2.001], relative: 0.01)   // true
  public func allClose(
    to other: Tensor, relative: Double = 1e-5, absolute: Double = 1e-8, nanIsEqual: Bool = false
  ) -> Bool {
    isClose(to: other, relative: relative, absolute: absolute, nanIsEqual: nanIsEqual).all()
  }
}

extension Tensor: Equatable {
  /// Whether both have the same shape and equal elements: zeros are equal, a NaN is not.
  ///
  ///     let x: Tensor<Float> = [1, 2], y: Tensor<Float> = [1, .nan]
  ///     x == [1, 2]   // true
  ///     y == y        // false
  public static func == (a: Tensor, b: Tensor) -> Bool {
    guard a.shape == b.shape else { return false }
    let isEqual = Atomic(true)
    let plan = LoopPlan(a.shape, a.strides, b.strides, a.shape.map { _ in 0 })
    nonisolated(unsafe) let (first, second) = (a.pointer, b.pointer)
    withExtendedLifetime((a.storage, b.storage)) {
      plan.inParallel(elementSize: MemoryLayout<Scalar>.stride) { loop, atFirst, atSecond, _ in
        // Once a part differs, the others need not be looked at.
        guard isEqual.load(ordering: .relaxed) else { return }
        let isSame = KernelTable.conversion.equal(
          loop, Scalar.scalarType, first + atFirst, second + atSecond)
        if !isSame { isEqual.store(false, ordering: .relaxed) }
      }
    }
    return isEqual.load(ordering: .relaxed)
  }
}
