internal import _KernelsActive
public import _KernelsMicro
public import _KernelsSequential

// How each type computes functions.

extension Float {
  /// A function of each element; in vectors where there is code for that.
  public static func _map(_ function: RealFunction, _ x: Tensor<Float>) -> Tensor<Float> {
    let vectorFunction: ElementFunction? =
      switch function {
      case .exp: .exp
      case .log: .log
      case .tanh: .tanh
      case .erf: .erf
      case .squareRoot: .squareRoot
      case .roundedToEven: .rounded
      default: nil
      }
    let table = KernelTable.active
    if let vectorFunction { return x.mapped(cost: 8) { table.map(vectorFunction, $0, $1, $2) } }
    let wideFunction: WideFunction? =
      switch function {
      case .sin: .sine
      case .cos: .cosine
      case .tan: .tangent
      default: nil
      }
    guard let wideFunction else { return x.mapped(cost: 64) { map(function, $0, $1, $2) } }
    return x.mapped(cost: 16) { input, output, count in
      // The few large angles are left to the C library, while a piece is in a cache.
      for start in stride(from: 0, to: count, by: pieceLength) {
        let (x, z, count) = (input + start, output + start, Swift.min(pieceLength, count - start))
        table.wide.map(wideFunction, x, z, count)
        map(function, x, z, count, beyond: WideFunction.largestAngle)
      }
    }
  }

  /// A function of each two elements of one shape.
  public static func _zip(
    _ function: BinaryRealFunction, _ a: Tensor<Float>, _ b: Tensor<Float>
  ) -> Tensor<Float> {
    let wideFunction: WideBinaryFunction? =
      switch function {
      case .arctangent: .arctangent
      case .truncatingRemainder: .truncatingRemainder
      case .flooredRemainder: .flooredRemainder
      case .flooredQuotient: .flooredQuotient
      default: nil
      }
    guard let wideFunction else { return a.zipped(b, cost: 64) { zip(function, $0, $1, $2, $3) } }
    let kernel = KernelTable.active.wide.zip
    return a.zipped(b, cost: 16) { a, b, output, count in
      if !kernel(wideFunction, a, b, output, count) { zip(function, a, b, output, count) }
    }
  }
}

extension Double {
  /// A function of each element.
  public static func _map(_ function: RealFunction, _ x: Tensor<Double>) -> Tensor<Double> {
    x.mapped(cost: 64) { map(function, $0, $1, $2) }
  }

  /// A function of each two elements of one shape.
  public static func _zip(
    _ function: BinaryRealFunction, _ a: Tensor<Double>, _ b: Tensor<Double>
  ) -> Tensor<Double> {
    a.zipped(b, cost: 64) { zip(function, $0, $1, $2, $3) }
  }
}

extension BFloat16 {
  /// A function of each element, computed in `Float`.
  public static func _map(_ function: RealFunction, _ x: Tensor<BFloat16>) -> Tensor<BFloat16> {
    Float._map(function, x.converted(to: Float.self)).converted(to: BFloat16.self)
  }

  /// A function of each two elements of one shape, computed in `Float`.
  public static func _zip(
    _ function: BinaryRealFunction, _ a: Tensor<BFloat16>, _ b: Tensor<BFloat16>
  ) -> Tensor<BFloat16> {
    if function == .nextAfter { return nextAfter16(a, b) { BFloat16(bitPattern: $0) } }
    let (a, b) = (a.converted(to: Float.self), b.converted(to: Float.self))
    return Float._zip(function, a, b).converted(to: BFloat16.self)
  }
}

#if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
extension Float16 {
  /// A function of each element, computed in `Float`.
  public static func _map(_ function: RealFunction, _ x: Tensor<Float16>) -> Tensor<Float16> {
    Float._map(function, x.converted(to: Float.self)).converted(to: Float16.self)
  }

  /// A function of each two elements of one shape, computed in `Float`.
  public static func _zip(
    _ function: BinaryRealFunction, _ a: Tensor<Float16>, _ b: Tensor<Float16>
  ) -> Tensor<Float16> {
    if function == .nextAfter { return nextAfter16(a, b) { Float16(bitPattern: $0) } }
    let (a, b) = (a.converted(to: Float.self), b.converted(to: Float.self))
    return Float._zip(function, a, b).converted(to: Float16.self)
  }
}
#endif

/// The next numbers of 16 bits, whose neighbours are not those of `Float`.
private func nextAfter16<Scalar: TensorFloatingPoint>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, _ number: (UInt16) -> Scalar
) -> Tensor<Scalar> {
  let elements = Swift.zip(a.elements, b.elements).map { a, b -> Scalar in
    guard a != b else { return b }
    guard a == a, b == b else { return Scalar(.nan) }
    let bits = unsafeBitCast(a, to: UInt16.self)
    // From zero to the smallest number of either sign; else one up or down in magnitude.
    if bits & 0x7FFF == 0 { return number(b > a ? 1 : 0x8001) }
    return number((b > a) == (bits & 0x8000 == 0) ? bits + 1 : bits - 1)
  }
  return Tensor(elements, shape: a.shape)
}

extension Tensor where Scalar: TensorNumeric {
  /// A tensor that a loop over elements without gaps writes, on several threads where that pays.
  ///
  /// - Parameters:
  ///   - cost: The bytes of an element, or as many as take its time.
  ///   - loop: The loop.
  /// - Returns: The result.
  func mapped<Output: TensorScalar>(
    cost: Int,
    _ loop: @Sendable (UnsafePointer<Scalar>, UnsafeMutablePointer<Output>, Int) -> Void
  ) -> Tensor<Output> {
    let result = Tensor<Output>(uninitialized: shape)
    withUnsafeElements { elements in
      guard let base = elements.baseAddress else { return }
      nonisolated(unsafe) let (input, output) = (base, result.mutablePointer)
      inParallel(count, grain: 4096, cost: cost) { range in
        loop(input + range.lowerBound, output + range.lowerBound, range.count)
      }
    }
    return result
  }

  /// A tensor that a loop over the elements of two of one shape writes, a piece at a time.
  ///
  /// One number for all is repeated for a piece only.
  func zipped(
    _ other: Tensor, cost: Int,
    _ loop:
      @Sendable (
        UnsafePointer<Scalar>, UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>, Int
      ) -> Void
  ) -> Tensor {
    let result = Tensor(uninitialized: shape)
    let (first, second) = (asPieces, other.asPieces)
    nonisolated(unsafe) let (a, b) = (first.elements.pointer, second.elements.pointer)
    nonisolated(unsafe) let output = result.mutablePointer
    withExtendedLifetime((first.elements, second.elements)) {
      inParallel(count, grain: pieceLength, cost: cost) { range in
        for start in stride(from: range.lowerBound, to: range.upperBound, by: pieceLength) {
          loop(
            a + (first.areRepeated ? 0 : start), b + (second.areRepeated ? 0 : start),
            output + start, Swift.min(pieceLength, range.upperBound - start))
        }
      }
    }
    return result
  }

  /// The elements without gaps, or a piece of them where all are one number.
  private var asPieces: (elements: Tensor, areRepeated: Bool) {
    let isOneNumber = zip(shape, strides).allSatisfy { $0 == 1 || $1 == 0 }
    guard isOneNumber && count > pieceLength else { return (contiguous(), false) }
    return (Tensor(scalar: pointer.pointee).broadcast(to: [pieceLength]).copied(), true)
  }
}

/// How many elements a loop takes at once where something else follows: they stay in L1.
private let pieceLength = 2048
