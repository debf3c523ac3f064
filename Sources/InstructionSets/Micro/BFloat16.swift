/// The upper half of a `Float`: its sign and exponent, and seven bits of its significand.
///
/// Arithmetic is that of `Float`, rounded after each operation.
public struct BFloat16: Sendable, BitwiseCopyable {
  /// The sixteen bits.
  public var bitPattern: UInt16

  /// The number with these bits.
  @inlinable @inline(__always)
  public init(bitPattern: UInt16) { self.bitPattern = bitPattern }

  /// The nearest number to `value`, ties to even; a NaN becomes the one that PyTorch writes.
  @inlinable @inline(__always)
  public init(_ value: Float) { bitPattern = BFloat16Bits(value).bits }

  /// The nearest number to `value`, ties to even.
  @_disfavoredOverload @inlinable @inline(__always)
  public init(_ value: Double) { bitPattern = BFloat16Bits(double: value).bits }
}

extension Float {
  /// The same number.
  @inlinable @inline(__always)
  public init(_ value: BFloat16) { self.init(bitPattern: UInt32(value.bitPattern) << 16) }
}

extension BFloat16: Arithmetic {
  /// The number zero.
  @inlinable @inline(__always)
  public static var zero: BFloat16 { BFloat16(bitPattern: 0) }
  /// The number one.
  @inlinable @inline(__always)
  public static var one: BFloat16 { BFloat16(bitPattern: 0x3F80) }
  /// The sum of two numbers.
  @inlinable @inline(__always)
  public static func sum(_ a: Self, _ b: Self) -> Self { Self(Float(a) + Float(b)) }
  /// The first less the second.
  @inlinable @inline(__always)
  public static func difference(_ a: Self, _ b: Self) -> Self { Self(Float(a) - Float(b)) }
  /// The product of two numbers.
  @inlinable @inline(__always)
  public static func product(_ a: Self, _ b: Self) -> Self { Self(Float(a) * Float(b)) }
  /// The first divided by the second.
  @inlinable @inline(__always)
  public static func quotient(_ a: Self, _ b: Self) -> Self { Self(Float(a) / Float(b)) }
  /// The number with the opposite sign.
  @inlinable @inline(__always)
  public static func negated(_ a: Self) -> Self { Self(bitPattern: a.bitPattern ^ 0x8000) }
  /// The number without its sign.
  @inlinable @inline(__always)
  public static func magnitude(_ a: Self) -> Self { Self(bitPattern: a.bitPattern & 0x7FFF) }
  /// Whether the first is less.
  @inlinable @inline(__always)
  public static func isLess(_ a: Self, _ b: Self) -> Bool { Float(a) < Float(b) }
  /// Whether both are the same number.
  @inlinable @inline(__always)
  public static func isEqual(_ a: Self, _ b: Self) -> Bool { Float(a) == Float(b) }
  /// Whether it is not a number.
  @inlinable @inline(__always)
  public static func isNaN(_ a: Self) -> Bool { a.bitPattern & 0x7FFF > 0x7F80 }
  /// The sum of nothing.
  @inlinable @inline(__always)
  public static var zeroSum: Double { 0 }
  /// A sum and one number more.
  @inlinable @inline(__always)
  public static func add(_ a: Self, to sum: Double) -> Double { sum + Double(Float(a)) }
  /// The sum of two sums.
  @inlinable @inline(__always)
  public static func add(_ a: Double, _ b: Double) -> Double { a + b }
  /// The number nearest to a sum.
  @inlinable @inline(__always)
  public static func rounded(_ sum: Double) -> Self { Self(sum) }
  /// A sum divided by a number of elements.
  @inlinable @inline(__always)
  public static func quotient(_ sum: Double, _ count: Int) -> Double { sum / Double(count) }
  /// Adds the squared difference of a number from `center` to a sum.
  @inlinable @inline(__always)
  public static func addSquare(_ a: Self, from center: Double, to sum: Double) -> Double {
    let difference = Double(Float(a)) - center
    return sum + difference * difference
  }
  /// The square root of a sum.
  @inlinable @inline(__always)
  public static func squareRoot(_ sum: Double) -> Double { rootOrNaN(sum) }
}
