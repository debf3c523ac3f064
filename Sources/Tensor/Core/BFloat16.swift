public import _KernelsMicro

/// The upper half of a `Float`: its sign and exponent, and seven bits of its significand.
///
/// Arithmetic with tensors of it is that of `Float`, rounded after each operation.
///
///     let x: Tensor<BFloat16> = [1, 0.1]   // [1, 0.1001]
public typealias BFloat16 = _KernelsMicro.BFloat16

extension BFloat16: Hashable, Comparable {
  /// Whether both are the same number: zeros are equal, a NaN is not.
  public static func == (a: BFloat16, b: BFloat16) -> Bool { Float(a) == Float(b) }

  /// Whether the first is less; false where either is NaN.
  public static func < (a: BFloat16, b: BFloat16) -> Bool { Float(a) < Float(b) }

  /// Hashes the number, so that both zeros give the same.
  public func hash(into hasher: inout Hasher) { hasher.combine(Float(self)) }
}

// Of single numbers, in `Float` and rounded.
extension BFloat16 {
  /// The sum.
  public static func + (a: BFloat16, b: BFloat16) -> BFloat16 { BFloat16(Float(a) + Float(b)) }
  /// The difference.
  public static func - (a: BFloat16, b: BFloat16) -> BFloat16 { BFloat16(Float(a) - Float(b)) }
  /// The product.
  public static func * (a: BFloat16, b: BFloat16) -> BFloat16 { BFloat16(Float(a) * Float(b)) }
  /// The quotient.
  public static func / (a: BFloat16, b: BFloat16) -> BFloat16 { BFloat16(Float(a) / Float(b)) }
  /// The number with the opposite sign.
  public static prefix func - (a: BFloat16) -> BFloat16 { BFloat16(-Float(a)) }
}

extension BFloat16: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
  CustomStringConvertible, Codable
{
  /// The nearest number to a literal.
  public init(floatLiteral value: Float) { self.init(value) }

  /// The nearest number to a literal.
  public init(integerLiteral value: Int) { self.init(Double(value)) }

  /// The number as a `Float` prints.
  public var description: String { Float(self).description }

  /// The nearest number to one that is decoded.
  public init(from decoder: any Decoder) throws { self.init(try Float(from: decoder)) }

  /// Encodes the number as a `Float`.
  public func encode(to encoder: any Encoder) throws { try Float(self).encode(to: encoder) }
}
