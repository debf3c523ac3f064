/// A scalar with the arithmetic of tensors.
///
/// Integers wrap around, and dividing one by zero gives zero. Of two numbers of which one is
/// NaN the smaller and the larger are NaN.
public protocol Arithmetic: BitwiseCopyable, Sendable {
  /// What sums are kept in.
  associatedtype Sum
  /// The number zero.
  static var zero: Self { get }
  /// The number one.
  static var one: Self { get }
  /// The sum of no numbers.
  static var zeroSum: Sum { get }
  /// The sum of two numbers.
  static func sum(_ a: Self, _ b: Self) -> Self
  /// The first less the second.
  static func difference(_ a: Self, _ b: Self) -> Self
  /// The product of two numbers.
  static func product(_ a: Self, _ b: Self) -> Self
  /// The first divided by the second.
  static func quotient(_ a: Self, _ b: Self) -> Self
  /// The number with the opposite sign.
  static func negated(_ a: Self) -> Self
  /// The number without its sign.
  static func magnitude(_ a: Self) -> Self
  /// Whether the first is less.
  static func isLess(_ a: Self, _ b: Self) -> Bool
  /// Whether both are the same number.
  static func isEqual(_ a: Self, _ b: Self) -> Bool
  /// Whether it is not a number.
  static func isNaN(_ a: Self) -> Bool
  /// A sum and one number more.
  static func add(_ a: Self, to sum: Sum) -> Sum
  /// The number nearest to a sum.
  static func rounded(_ sum: Sum) -> Self
  /// The sum of two sums.
  static func add(_ a: Sum, _ b: Sum) -> Sum
  /// A sum divided by a number of elements, at least one.
  static func quotient(_ sum: Sum, _ count: Int) -> Sum
  /// Adds the squared difference of a number from `center` to a sum.
  static func addSquare(_ a: Self, from center: Sum, to sum: Sum) -> Sum
  /// The square root of a sum, which is not negative.
  static func squareRoot(_ sum: Sum) -> Sum
}

extension Arithmetic where Self: BinaryFloatingPoint {
  /// The number one.
  @inlinable @inline(__always)
  public static var one: Self { 1 }
  /// The sum of two numbers.
  @inlinable @inline(__always)
  public static func sum(_ a: Self, _ b: Self) -> Self { a + b }
  /// The first less the second.
  @inlinable @inline(__always)
  public static func difference(_ a: Self, _ b: Self) -> Self { a - b }
  /// The product of two numbers.
  @inlinable @inline(__always)
  public static func product(_ a: Self, _ b: Self) -> Self { a * b }
  /// The first divided by the second.
  @inlinable @inline(__always)
  public static func quotient(_ a: Self, _ b: Self) -> Self { a / b }
  /// The number with the opposite sign.
  @inlinable @inline(__always)
  public static func negated(_ a: Self) -> Self { -a }
  /// The number without its sign.
  @inlinable @inline(__always)
  public static func magnitude(_ a: Self) -> Self { a.magnitude }
  /// Whether the first is less.
  @inlinable @inline(__always)
  public static func isLess(_ a: Self, _ b: Self) -> Bool { a < b }
  /// Whether both are the same number.
  @inlinable @inline(__always)
  public static func isEqual(_ a: Self, _ b: Self) -> Bool { a == b }
  /// Whether it is not a number.
  @inlinable @inline(__always)
  public static func isNaN(_ a: Self) -> Bool { a != a }
  /// The square root of a sum.
  @inlinable @inline(__always)
  public static func squareRoot(_ sum: Double) -> Double { rootOrNaN(sum) }
}

extension Float: Arithmetic {
  /// The sum of no numbers.
  @inlinable @inline(__always)
  public static var zeroSum: Double { 0 }
  /// A sum and one number more.
  @inlinable @inline(__always)
  public static func add(_ a: Float, to sum: Double) -> Double { sum + Double(a) }
  /// The sum of two sums.
  @inlinable @inline(__always)
  public static func add(_ a: Double, _ b: Double) -> Double { a + b }
  /// The number nearest to a sum.
  @inlinable @inline(__always)
  public static func rounded(_ sum: Double) -> Float { Float(sum) }
  /// A sum divided by a number of elements.
  @inlinable @inline(__always)
  public static func quotient(_ sum: Double, _ count: Int) -> Double { sum / Double(count) }
  /// Adds the squared difference of a number from `center` to a sum.
  @inlinable @inline(__always)
  public static func addSquare(_ a: Float, from center: Double, to sum: Double) -> Double {
    let difference = Double(a) - center
    return sum + difference * difference
  }
}

extension Double: Arithmetic {
  /// The sum of no numbers.
  @inlinable @inline(__always)
  public static var zeroSum: Double { 0 }
  /// A sum and one number more.
  @inlinable @inline(__always)
  public static func add(_ a: Double, to sum: Double) -> Double { sum + a }
  /// The sum of two sums.
  @inlinable @inline(__always)
  public static func add(_ a: Double, _ b: Double) -> Double { a + b }
  /// The number nearest to a sum.
  @inlinable @inline(__always)
  public static func rounded(_ sum: Double) -> Double { sum }
  /// A sum divided by a number of elements.
  @inlinable @inline(__always)
  public static func quotient(_ sum: Double, _ count: Int) -> Double { sum / Double(count) }
  /// Adds the squared difference of a number from `center` to a sum.
  @inlinable @inline(__always)
  public static func addSquare(_ a: Double, from center: Double, to sum: Double) -> Double {
    let difference = a - center
    return sum + difference * difference
  }
}

#if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
extension Float16: Arithmetic {
  /// The sum of no numbers.
  @inlinable @inline(__always)
  public static var zeroSum: Double { 0 }
  /// A sum and one number more.
  @inlinable @inline(__always)
  public static func add(_ a: Float16, to sum: Double) -> Double { sum + Double(a) }
  /// The sum of two sums.
  @inlinable @inline(__always)
  public static func add(_ a: Double, _ b: Double) -> Double { a + b }
  /// The number nearest to a sum.
  @inlinable @inline(__always)
  public static func rounded(_ sum: Double) -> Float16 { Float16(sum) }
  /// A sum divided by a number of elements.
  @inlinable @inline(__always)
  public static func quotient(_ sum: Double, _ count: Int) -> Double { sum / Double(count) }
  /// Adds the squared difference of a number from `center` to a sum.
  @inlinable @inline(__always)
  public static func addSquare(_ a: Float16, from center: Double, to sum: Double) -> Double {
    let difference = Double(a) - center
    return sum + difference * difference
  }
}
#endif

extension Arithmetic where Self: FixedWidthInteger {
  /// The number one.
  @inlinable @inline(__always)
  public static var one: Self { 1 }
  /// The sum of no numbers.
  @inlinable @inline(__always)
  public static var zeroSum: Self { 0 }
  /// The sum of two numbers.
  @inlinable @inline(__always)
  public static func sum(_ a: Self, _ b: Self) -> Self { a &+ b }
  /// The first less the second.
  @inlinable @inline(__always)
  public static func difference(_ a: Self, _ b: Self) -> Self { a &- b }
  /// The product of two numbers.
  @inlinable @inline(__always)
  public static func product(_ a: Self, _ b: Self) -> Self { a &* b }
  /// The first divided by the second.
  @inlinable @inline(__always)
  public static func quotient(_ a: Self, _ b: Self) -> Self {
    b == 0 ? 0 : (Self.isSigned && b == 0 &- 1 ? 0 &- a : a / b)
  }
  /// The number with the opposite sign.
  @inlinable @inline(__always)
  public static func negated(_ a: Self) -> Self { 0 &- a }
  /// The number without its sign.
  @inlinable @inline(__always)
  public static func magnitude(_ a: Self) -> Self { a < 0 ? 0 &- a : a }
  /// Whether the first is less.
  @inlinable @inline(__always)
  public static func isLess(_ a: Self, _ b: Self) -> Bool { a < b }
  /// Whether both are the same number.
  @inlinable @inline(__always)
  public static func isEqual(_ a: Self, _ b: Self) -> Bool { a == b }
  /// Whether it is not a number.
  @inlinable @inline(__always)
  public static func isNaN(_ a: Self) -> Bool { false }
  /// A sum and one number more.
  @inlinable @inline(__always)
  public static func add(_ a: Self, to sum: Self) -> Self { sum &+ a }
  /// The number nearest to a sum.
  @inlinable @inline(__always)
  public static func rounded(_ sum: Self) -> Self { sum }
  /// A sum divided by a number of elements, in 64 bits, which hold both.
  @inlinable @inline(__always)
  public static func quotient(_ sum: Self, _ count: Int) -> Self {
    isSigned
      ? Self(truncatingIfNeeded: Int64(truncatingIfNeeded: sum) / Int64(count))
      : Self(truncatingIfNeeded: UInt64(truncatingIfNeeded: sum) / UInt64(count))
  }
  /// Adds the squared difference of a number from `center` to a sum.
  @inlinable @inline(__always)
  public static func addSquare(_ a: Self, from center: Self, to sum: Self) -> Self {
    sum &+ (a &- center) &* (a &- center)
  }
  /// The square root of a sum, towards zero; zero where the sum has become negative.
  @inlinable @inline(__always)
  public static func squareRoot(_ sum: Self) -> Self {
    Self(truncatingIfNeeded: Int64(rootOrNaN(Double(Swift.max(sum, 0)))))
  }
}

extension Int8: Arithmetic {
  /// The sum of two sums.
  @inlinable @inline(__always)
  public static func add(_ a: Int8, _ b: Int8) -> Int8 { a &+ b }
}

extension UInt8: Arithmetic {
  /// The sum of two sums.
  @inlinable @inline(__always)
  public static func add(_ a: UInt8, _ b: UInt8) -> UInt8 { a &+ b }
}

extension Int32: Arithmetic {
  /// The sum of two sums.
  @inlinable @inline(__always)
  public static func add(_ a: Int32, _ b: Int32) -> Int32 { a &+ b }
}

extension Int64: Arithmetic {
  /// The sum of two sums.
  @inlinable @inline(__always)
  public static func add(_ a: Int64, _ b: Int64) -> Int64 { a &+ b }
}

extension Int16: Arithmetic {
  /// The sum of two sums.
  @inlinable @inline(__always)
  public static func add(_ a: Int16, _ b: Int16) -> Int16 { a &+ b }
}

extension UInt16: Arithmetic {
  /// The sum of two sums.
  @inlinable @inline(__always)
  public static func add(_ a: UInt16, _ b: UInt16) -> UInt16 { a &+ b }
}

extension UInt32: Arithmetic {
  /// The sum of two sums.
  @inlinable @inline(__always)
  public static func add(_ a: UInt32, _ b: UInt32) -> UInt32 { a &+ b }
}

extension UInt64: Arithmetic {
  /// The sum of two sums.
  @inlinable @inline(__always)
  public static func add(_ a: UInt64, _ b: UInt64) -> UInt64 { a &+ b }
}

extension Arithmetic {
  /// The smaller of two numbers, or NaN.
  @inlinable @inline(__always)
  public static func smaller(_ a: Self, _ b: Self) -> Self {
    isNaN(a) || isLess(a, b) ? a : b
  }

  /// The larger of two numbers, or NaN.
  @inlinable @inline(__always)
  public static func larger(_ a: Self, _ b: Self) -> Self {
    isNaN(a) || isLess(b, a) ? a : b
  }
}

/// The square root; NaN below zero.
///
/// Swift's own may call C's `sqrt` for what is below zero, in a branch.
@inlinable @inline(__always)
public func rootOrNaN(_ x: Double) -> Double {
  let isValid = x >= 0
  return (isValid ? x : 0).squareRoot() * (isValid ? 1 : .nan)
}
