/// A function of two integers.
public enum BinaryWholeFunction: String, Sendable, Hashable, CaseIterable {
  case and, or, exclusiveOr, shiftLeft, shiftRight
  case flooredQuotient, flooredRemainder, truncatingRemainder
  case power, greatestCommonDivisor, leastCommonMultiple
}

/// A function of an integer.
public enum WholeFunction: String, Sendable, Hashable, CaseIterable {
  case complement, bitCount
}

/// Loops over integers of one type, without gaps.
public struct WholeNumberKernels<Element: FixedWidthInteger & Sendable>: Sendable {
  /// Applies a function to two inputs: function, inputs, output (which may be an input), count.
  public let zip:
    @Sendable (
      BinaryWholeFunction, UnsafePointer<Element>, UnsafePointer<Element>,
      UnsafeMutablePointer<Element>, Int
    ) -> Void
  /// Applies a function: function, input, output (which may be the input), count.
  public let map:
    @Sendable (WholeFunction, UnsafePointer<Element>, UnsafeMutablePointer<Element>, Int) -> Void

  /// Instantiates the loops.
  @inline(__always)
  init(_ element: Element.Type) {
    zip = { function, a, b, output, count in
      @inline(__always) func each(_ function: (Element, Element) -> Element) {
        for i in 0..<count { output[i] = function(a[i], b[i]) }
      }
      switch function {
      case .and: each { $0 & $1 }
      case .or: each { $0 | $1 }
      case .exclusiveOr: each { $0 ^ $1 }
      // By as many places as there are or more, nothing but the sign is left.
      case .shiftLeft: each { $1 >= 0 ? $0 << $1 : 0 }
      case .shiftRight: each { $0 >> ($1 >= 0 ? $1 : Element.max) }
      case .flooredQuotient: each { flooredDivision($0, $1).quotient }
      case .flooredRemainder: each { flooredDivision($0, $1).remainder }
      case .truncatingRemainder:
        each { $1 == 0 || (Element.isSigned && $1 == 0 &- 1) ? 0 : $0 % $1 }
      case .power: each { power($0, $1) }
      case .greatestCommonDivisor: each { greatestCommonDivisor($0, $1) }
      case .leastCommonMultiple:
        each { a, b in
          let divisor = greatestCommonDivisor(a, b)
          let multiple = divisor == 0 ? 0 : a / divisor &* b
          return multiple < 0 ? 0 &- multiple : multiple
        }
      }
    }
    map = { function, input, output, count in
      switch function {
      case .complement: for i in 0..<count { output[i] = ~input[i] }
      case .bitCount:
        // Of the magnitude, as NumPy counts.
        for i in 0..<count {
          output[i] = Element(truncatingIfNeeded: input[i].magnitude.nonzeroBitCount)
        }
      }
    }
  }
}

/// The quotient towards minus infinity and what is left, with the divisor's sign; zeros where the
/// divisor is zero.
@inline(__always)
private func flooredDivision<Element: FixedWidthInteger>(
  _ a: Element, _ b: Element
) -> (quotient: Element, remainder: Element) {
  if b == 0 { return (0, 0) }
  if Element.isSigned && b == 0 &- 1 { return (0 &- a, 0) }
  let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
  return remainder != 0 && (remainder < 0) != (b < 0)
    ? (quotient &- 1, remainder &+ b) : (quotient, remainder)
}

/// A power that wraps around; of a negative exponent, the whole part of it.
@inline(__always)
private func power<Element: FixedWidthInteger>(_ base: Element, _ exponent: Element) -> Element {
  if exponent < 0 {
    if base == 1 { return 1 }
    return Element.isSigned && base == 0 &- 1 ? (exponent & 1 == 0 ? 1 : base) : 0
  }
  var (result, factor, rest): (Element, Element, Element) = (1, base, exponent)
  while rest > 0 {
    if rest & 1 == 1 { result = result &* factor }
    factor = factor &* factor
    rest >>= 1
  }
  return result
}

@inline(__always)
private func greatestCommonDivisor<Element: FixedWidthInteger>(
  _ a: Element, _ b: Element
) -> Element {
  var (a, b) = (a.magnitude, b.magnitude)
  while b != 0 { (a, b) = (b, a % b) }
  return Element(truncatingIfNeeded: a)
}

// One for each type of integers.

/// Those of `Int8`.
public let int8WholeNumbers = WholeNumberKernels(Int8.self)
/// Those of `Int16`.
public let int16WholeNumbers = WholeNumberKernels(Int16.self)
/// Those of `Int32`.
public let int32WholeNumbers = WholeNumberKernels(Int32.self)
/// Those of `Int64`.
public let int64WholeNumbers = WholeNumberKernels(Int64.self)
/// Those of `UInt8`.
public let uint8WholeNumbers = WholeNumberKernels(UInt8.self)
/// Those of `UInt16`.
public let uint16WholeNumbers = WholeNumberKernels(UInt16.self)
/// Those of `UInt32`.
public let uint32WholeNumbers = WholeNumberKernels(UInt32.self)
/// Those of `UInt64`.
public let uint64WholeNumbers = WholeNumberKernels(UInt64.self)
