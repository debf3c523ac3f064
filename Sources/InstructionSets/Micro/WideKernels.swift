/// A function of 32-bit numbers that is computed in 64 bits and rounded once.
public enum WideFunction: Sendable, Hashable {
  /// The sine, of angles up to `largestAngle`.
  case sine
  /// The cosine, likewise.
  case cosine
  /// The tangent, likewise.
  case tangent

  /// The largest angle that these functions are right for.
  public static var largestAngle: Float { 0x1p20 }
}

/// A function of two 32-bit numbers that is computed in 64 bits and rounded once.
public enum WideBinaryFunction: Sendable, Hashable {
  /// The angle of the point (second, first).
  case arctangent
  /// What the whole quotient towards zero leaves.
  case truncatingRemainder
  /// What the whole quotient towards minus infinity leaves.
  case flooredRemainder
  /// The whole quotient towards minus infinity.
  case flooredQuotient
}

/// Functions of 32-bit numbers in 64 bits; all instruction sets give the same bits.
public struct WideKernels: Sendable {
  /// Applies a function to elements: function, input, output, count.
  public let map:
    @Sendable (WideFunction, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  /// Applies a function to two inputs, which are not the output; whether all of the results are
  /// right.
  ///
  /// Those of a division are not where a quotient is 2²⁸ or more, or not a number, or the divisor
  /// infinite.
  public let zip:
    @Sendable (
      WideBinaryFunction, UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>,
      Int
    ) -> Bool
  /// The sum of e to the power of each element less a shift, which is not below them unless it is
  /// zero: elements, count, shift.
  public let sumOfExponentials: @Sendable (UnsafePointer<Float>, Int, Double) -> Double
  /// The same of 64-bit numbers.
  public let sumOfWideExponentials: @Sendable (UnsafePointer<Double>, Int, Double) -> Double

  /// Instantiates the functions for `isa`.
  @inlinable @inline(__always)
  public init<I: InstructionSet>(_ isa: I.Type) {
    map = { I.map($0, $1, $2, count: $3) }
    zip = { I.zip($0, $1, $2, $3, count: $4) }
    sumOfExponentials = { I.sumOfExponentials($0, count: $1, shift: $2) }
    sumOfWideExponentials = { I.sumOfExponentials($0, count: $1, shift: $2) }
  }
}

extension InstructionSet {
  @inlinable @inline(__always)
  static func map(
    _ function: WideFunction, _ x: UnsafePointer<Float>, _ z: UnsafeMutablePointer<Float>,
    count: Int
  ) {
    switch function {
    case .sine: for i in 0..<count { z[i] = Float(sineAndCosine(Double(x[i])).sine) }
    case .cosine: for i in 0..<count { z[i] = Float(sineAndCosine(Double(x[i])).cosine) }
    case .tangent:
      for i in 0..<count {
        let (sine, cosine) = sineAndCosine(Double(x[i]))
        z[i] = Float(sine / cosine)
      }
    }
  }

  @inlinable @inline(__always)
  static func zip(
    _ function: WideBinaryFunction, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>,
    _ z: UnsafeMutablePointer<Float>, count: Int
  ) -> Bool {
    switch function {
    case .arctangent:
      for i in 0..<count { z[i] = Float(arctangent(Double(x[i]), Double(y[i]))) }
      return true
    case .truncatingRemainder:
      return divide(x, y, z, count) { a, b, quotient, remainder in
        remainder == 0 ? zero(signOf: a) : remainder
      }
    case .flooredRemainder:
      return divide(x, y, z, count) { a, b, quotient, remainder in
        let isOpposite = (b < 0) != (remainder < 0)
        return remainder == 0 ? zero(signOf: b) : (isOpposite ? remainder + b : remainder)
      }
    case .flooredQuotient:
      return divide(x, y, z, count) { a, b, quotient, remainder in
        let isOpposite = remainder != 0 && (b < 0) != (remainder < 0)
        let floor = isOpposite ? quotient - 1 : quotient
        return floor == 0 ? zero(signOf: a / b) : floor
      }
    }
  }

  /// Zero with a sign.
  @inlinable @inline(__always)
  static func zero(signOf x: Double) -> Double {
    Double(bitPattern: x.bitPattern & 1 &<< 63)
  }

  /// Writes `finish` of two numbers, their quotient rounded towards zero, and the remainder.
  ///
  /// For two numbers of 24 bits and a quotient below 2²⁸, arithmetic in 64 bits is exact: the
  /// quotient is not rounded up to the next integer, and its product with the divisor and the
  /// remainder are not rounded.
  ///
  /// - Returns: Whether all quotients are in that range.
  @inlinable @inline(__always)
  static func divide(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ z: UnsafeMutablePointer<Float>,
    _ count: Int, _ finish: (Double, Double, Double, Double) -> Double
  ) -> Bool {
    var areInRange: UInt8 = 1
    for i in 0..<count {
      let (a, b) = (Double(x[i]), Double(y[i]))
      let ratio = a / b
      let isInRange = ratio.magnitude < 0x1p28 && b.magnitude < .infinity
      let quotient = Double(Int32(isInRange ? ratio : 0))
      z[i] = Float(finish(a, b, quotient, a - quotient * b))
      areInRange &= isInRange ? 1 : 0
    }
    return areInRange == 1
  }

  /// The sum in sixteen lanes, which are then added in a fixed order.
  @inlinable @inline(__always)
  static func sumOfExponentials<Element: Arithmetic>(
    _ x: UnsafePointer<Element>, count: Int, shift: Double
  ) -> Double where Element.Sum == Double {
    var powers = InlineArray<256, Double>(repeating: 0)
    var lanes = InlineArray<16, Double>(repeating: 0)
    for start in stride(from: 0, to: count, by: 256) {
      let (row, length) = (x + start, min(256, count - start))
      for i in 0..<length { powers[unchecked: i] = exp(Element.add(row[i], to: 0) - shift) }
      let whole = length / 16 * 16
      for i in stride(from: 0, to: whole, by: 16) {
        for lane in 0..<16 { lanes[unchecked: lane] += powers[unchecked: i + lane] }
      }
      for i in whole..<length { lanes[unchecked: i - whole] += powers[unchecked: i] }
    }
    var total = 0.0
    for lane in 0..<16 { total += lanes[unchecked: lane] }
    return total
  }
}
