public import _KernelsMicro

/// The upper half of a `Float`: its sign and exponent, and seven bits of its significand.
///
/// A number to store and to transfer; arithmetic goes through `Float`.
public struct BFloat16: Hashable, Sendable, BitwiseCopyable {
  /// The sixteen bits.
  public var bitPattern: UInt16

  /// The number with these bits.
  public init(bitPattern: UInt16) { self.bitPattern = bitPattern }

  /// The nearest number to `value`, ties to even; a NaN becomes the one that PyTorch writes.
  public init(_ value: Float) {
    let bits = value.bitPattern
    let rounded = (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16
    bitPattern = UInt16(truncatingIfNeeded: value.isNaN ? 0x7FC0 : rounded)
  }

  /// Whether both are the same number: zeros are equal, a NaN is not.
  public static func == (a: BFloat16, b: BFloat16) -> Bool { Float(a) == Float(b) }

  /// Hashes the number, so that both zeros give the same.
  public func hash(into hasher: inout Hasher) { hasher.combine(Float(self)) }
}

extension Float {
  /// The same number.
  public init(_ value: BFloat16) { self.init(bitPattern: UInt32(value.bitPattern) << 16) }
}

extension BFloat16: ExpressibleByFloatLiteral, CustomStringConvertible {
  /// The nearest number to a literal.
  public init(floatLiteral value: Float) { self.init(value) }

  /// The number as a `Float` prints.
  public var description: String { Float(self).description }
}

extension BFloat16: TensorScalar {
  /// `ScalarType.bfloat16`.
  public static var scalarType: ScalarType { .bfloat16 }
}

#if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
extension Float16: TensorScalar {
  /// `ScalarType.float16`.
  public static var scalarType: ScalarType { .float16 }
}
#endif
