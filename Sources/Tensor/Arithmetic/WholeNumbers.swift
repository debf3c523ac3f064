internal import _KernelsSequential

// What only whole numbers have: bits, remainders and common divisors. Shapes are broadcast; results
// that do not fit wrap around, and what would be divided by zero is zero.
extension Tensor where Scalar: TensorInteger {
  /// The bits that both have.
  ///
  ///     let flags: Tensor<UInt8> = [0b0101, 0b0011]
  ///     flags & 0b0001   // [1, 1]
  ///     flags << 2       // [20, 12]
  ///     ~flags           // [250, 252]
  public static func & (a: Tensor, b: Tensor) -> Tensor { whole(.and, a, b, "&") }
  /// The bits that one has or both.
  public static func | (a: Tensor, b: Tensor) -> Tensor { whole(.or, a, b, "|") }
  /// The bits that just one has.
  public static func ^ (a: Tensor, b: Tensor) -> Tensor { whole(.exclusiveOr, a, b, "^") }
  /// The bits moved up by some places; zero where that is negative.
  public static func << (a: Tensor, b: Tensor) -> Tensor { whole(.shiftLeft, a, b, "<<") }
  /// The bits moved down by some places, the sign kept.
  public static func >> (a: Tensor, b: Tensor) -> Tensor { whole(.shiftRight, a, b, ">>") }
  /// The bits that are not set.
  public static prefix func ~ (a: Tensor) -> Tensor {
    let loops = Scalar._wholeNumbers
    return a.mapped(cost: MemoryLayout<Scalar>.stride) { loops.map(.complement, $0, $1, $2) }
  }
  /// What the quotient towards zero leaves, with the sign of the dividend, as Swift's `%`; Python's is
  /// `flooredRemainder(dividingBy:)`.
  ///
  ///     Tensor<Int32>([7, -7]) % 3   // [1, -1]
  public static func % (a: Tensor, b: Tensor) -> Tensor { whole(.truncatingRemainder, a, b, "%") }

  /// The number of bits of the magnitude of each element that are set.
  ///
  ///     Tensor<UInt8>([0b0101, 0b0111]).bitCount()   // [2, 3]
  public func bitCount() -> Tensor {
    let loops = Scalar._wholeNumbers
    return mapped(cost: MemoryLayout<Scalar>.stride) { loops.map(.bitCount, $0, $1, $2) }
  }

  /// The quotients towards minus infinity, as Python's `//`.
  ///
  ///     Tensor<Int32>([7, -7]).flooredQuotient(dividingBy: 2)   // [3, -4]
  public func flooredQuotient(dividingBy divisor: Tensor) -> Tensor {
    Self.whole(.flooredQuotient, self, divisor, "flooredQuotient")
  }

  /// What the quotient towards minus infinity leaves, with the sign of the divisor, as Python's `%`.
  ///
  ///     Tensor<Int32>([7, -7]).flooredRemainder(dividingBy: 3)   // [1, 2]
  public func flooredRemainder(dividingBy divisor: Tensor) -> Tensor {
    Self.whole(.flooredRemainder, self, divisor, "flooredRemainder")
  }

  /// What the quotient towards zero leaves, with the sign of the dividend, as C's `%`.
  ///
  ///     Tensor<Int32>([7, -7]).truncatingRemainder(dividingBy: 3)   // [1, -1]
  public func truncatingRemainder(dividingBy divisor: Tensor) -> Tensor { self % divisor }

  static func whole(
    _ function: BinaryWholeFunction, _ a: Tensor, _ b: Tensor, _ name: String
  ) -> Tensor {
    let shape = commonShape(a.shape, b.shape, name)
    let loops = Scalar._wholeNumbers
    return a.broadcast(to: shape).contiguous().zipped(
      b.broadcast(to: shape), cost: 3 * MemoryLayout<Scalar>.stride
    ) { loops.zip(function, $0, $1, $2, $3) }
  }
}

/// The first to the power of the second, broadcast; of negative exponents the whole part.
///
///     pow(Tensor<Int64>([2, 3]), 3)   // [8, 27]
public func pow<Scalar: TensorInteger>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor.whole(.power, a, b, "pow")
}

/// The greatest common divisors, broadcast.
///
///     gcd(Tensor<Int64>([12, 18]), 8)   // [4, 2]
public func gcd<Scalar: TensorInteger>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor.whole(.greatestCommonDivisor, a, b, "gcd")
}

/// The least common multiples, broadcast.
///
///     lcm(Tensor<Int64>([4, 6]), 10)   // [20, 30]
public func lcm<Scalar: TensorInteger>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>
) -> Tensor<Scalar> {
  Tensor.whole(.leastCommonMultiple, a, b, "lcm")
}
