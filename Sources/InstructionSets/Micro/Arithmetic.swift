/// A scalar with the arithmetic of tensors.
///
/// Whole numbers wrap around, and dividing one by zero gives zero. Of two numbers of which one is
/// NaN the smaller and the larger are NaN.
public protocol Arithmetic: BitwiseCopyable, Sendable {
  /// What sums are kept in.
  associatedtype Sum
  static var zero: Self { get }
  static var one: Self { get }
  static var zeroSum: Sum { get }
  static func sum(_ a: Self, _ b: Self) -> Self
  static func difference(_ a: Self, _ b: Self) -> Self
  static func product(_ a: Self, _ b: Self) -> Self
  static func quotient(_ a: Self, _ b: Self) -> Self
  static func isLess(_ a: Self, _ b: Self) -> Bool
  static func isEqual(_ a: Self, _ b: Self) -> Bool
  /// Whether it is not a number.
  static func isNaN(_ a: Self) -> Bool
  static func add(_ a: Self, to sum: Sum) -> Sum
  static func rounded(_ sum: Sum) -> Self
  static func add(_ a: Sum, _ b: Sum) -> Sum
}

extension Arithmetic where Self: BinaryFloatingPoint {
  @inlinable @inline(__always)
  public static var one: Self { 1 }
  @inlinable @inline(__always)
  public static func sum(_ a: Self, _ b: Self) -> Self { a + b }
  @inlinable @inline(__always)
  public static func difference(_ a: Self, _ b: Self) -> Self { a - b }
  @inlinable @inline(__always)
  public static func product(_ a: Self, _ b: Self) -> Self { a * b }
  @inlinable @inline(__always)
  public static func quotient(_ a: Self, _ b: Self) -> Self { a / b }
  @inlinable @inline(__always)
  public static func isLess(_ a: Self, _ b: Self) -> Bool { a < b }
  @inlinable @inline(__always)
  public static func isEqual(_ a: Self, _ b: Self) -> Bool { a == b }
  @inlinable @inline(__always)
  public static func isNaN(_ a: Self) -> Bool { a != a }
}

extension Float: Arithmetic {
  @inlinable @inline(__always)
  public static var zeroSum: Double { 0 }
  @inlinable @inline(__always)
  public static func add(_ a: Float, to sum: Double) -> Double { sum + Double(a) }
  @inlinable @inline(__always)
  public static func add(_ a: Double, _ b: Double) -> Double { a + b }
  @inlinable @inline(__always)
  public static func rounded(_ sum: Double) -> Float { Float(sum) }
}

extension Double: Arithmetic {
  @inlinable @inline(__always)
  public static var zeroSum: Double { 0 }
  @inlinable @inline(__always)
  public static func add(_ a: Double, to sum: Double) -> Double { sum + a }
  @inlinable @inline(__always)
  public static func add(_ a: Double, _ b: Double) -> Double { a + b }
  @inlinable @inline(__always)
  public static func rounded(_ sum: Double) -> Double { sum }
}

extension Arithmetic where Self: FixedWidthInteger {
  @inlinable @inline(__always)
  public static var one: Self { 1 }
  @inlinable @inline(__always)
  public static var zeroSum: Self { 0 }
  @inlinable @inline(__always)
  public static func sum(_ a: Self, _ b: Self) -> Self { a &+ b }
  @inlinable @inline(__always)
  public static func difference(_ a: Self, _ b: Self) -> Self { a &- b }
  @inlinable @inline(__always)
  public static func product(_ a: Self, _ b: Self) -> Self { a &* b }
  @inlinable @inline(__always)
  public static func quotient(_ a: Self, _ b: Self) -> Self {
    b == 0 ? 0 : (Self.isSigned && b == 0 &- 1 ? 0 &- a : a / b)
  }
  @inlinable @inline(__always)
  public static func isLess(_ a: Self, _ b: Self) -> Bool { a < b }
  @inlinable @inline(__always)
  public static func isEqual(_ a: Self, _ b: Self) -> Bool { a == b }
  @inlinable @inline(__always)
  public static func isNaN(_ a: Self) -> Bool { false }
  @inlinable @inline(__always)
  public static func add(_ a: Self, to sum: Self) -> Self { sum &+ a }
  @inlinable @inline(__always)
  public static func rounded(_ sum: Self) -> Self { sum }
}

extension Int8: Arithmetic {
  @inlinable @inline(__always)
  public static func add(_ a: Int8, _ b: Int8) -> Int8 { a &+ b }
}

extension UInt8: Arithmetic {
  @inlinable @inline(__always)
  public static func add(_ a: UInt8, _ b: UInt8) -> UInt8 { a &+ b }
}

extension Int32: Arithmetic {
  @inlinable @inline(__always)
  public static func add(_ a: Int32, _ b: Int32) -> Int32 { a &+ b }
}

extension Int64: Arithmetic {
  @inlinable @inline(__always)
  public static func add(_ a: Int64, _ b: Int64) -> Int64 { a &+ b }
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
