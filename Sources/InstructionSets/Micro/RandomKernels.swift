/// Random numbers, many at once; all instruction sets give the same bits.
public struct RandomKernels: Sendable {
  /// Writes blocks of Philox 4×32-10: number of the first, upper half of the counter, key, output,
  /// number of blocks.
  public let philox: @Sendable (UInt64, UInt64, UInt64, UnsafeMutablePointer<UInt32>, Int) -> Void
  /// Makes draws of 32 bits, at the place of each number, numbers of 0 ..< 1 with 24 bits: numbers,
  /// count.
  public let uniform: @Sendable (UnsafeMutablePointer<Float>, Int) -> Void
  /// Makes pairs of draws of 32 bits, at the places of the numbers, pairs of normal numbers: numbers,
  /// number of pairs.
  public let normal: @Sendable (UnsafeMutablePointer<Float>, Int) -> Void

  /// Instantiates the loops for `isa`.
  @inlinable @inline(__always)
  public init<I: InstructionSet>(_ isa: I.Type) {
    philox = { I.philox(first: $0, stream: $1, key: $2, $3, blocks: $4) }
    uniform = { I.uniform($0, count: $1) }
    normal = { I.normal($0, pairs: $1) }
  }
}

/// The four numbers of a block of Philox 4×32-10, of a counter and a key.
@inlinable @inline(__always)
public func philoxBlock(
  _ c0: UInt32, _ c1: UInt32, _ c2: UInt32, _ c3: UInt32, _ k0: UInt32, _ k1: UInt32
) -> (UInt32, UInt32, UInt32, UInt32) {
  var (c0, c1, c2, c3, k0, k1) = (c0, c1, c2, c3, k0, k1)
  for _ in 0..<10 {
    let (p, q) = (UInt64(c0) &* 0xD251_1F53, UInt64(c2) &* 0xCD9E_8D57)
    (c0, c2) = (
      UInt32(truncatingIfNeeded: q &>> 32) ^ c1 ^ k0,
      UInt32(truncatingIfNeeded: p &>> 32) ^ c3 ^ k1
    )
    (c1, c3) = (UInt32(truncatingIfNeeded: q), UInt32(truncatingIfNeeded: p))
    (k0, k1) = (k0 &+ 0x9E37_79B9, k1 &+ 0xBB67_AE85)
  }
  return (c0, c1, c2, c3)
}

extension InstructionSet {
  @inlinable @inline(__always)
  static func philox(
    first: UInt64, stream: UInt64, key: UInt64, _ output: UnsafeMutablePointer<UInt32>, blocks: Int
  ) {
    let (c2, c3) = (
      UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream &>> 32)
    )
    let (k0, k1) = (UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key &>> 32))
    for i in 0..<blocks {
      let counter = first &+ UInt64(i)
      let block = philoxBlock(
        UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter &>> 32), c2, c3, k0,
        k1)
      output[4 * i] = block.0
      output[4 * i + 1] = block.1
      output[4 * i + 2] = block.2
      output[4 * i + 3] = block.3
    }
  }

  @inlinable @inline(__always)
  static func uniform(_ numbers: UnsafeMutablePointer<Float>, count: Int) {
    for i in 0..<count {
      numbers[i] = Float(Int32(bitPattern: numbers[i].bitPattern & 0xFF_FFFF)) * 0x1p-24
    }
  }

  @inlinable @inline(__always)
  static func normal(_ numbers: UnsafeMutablePointer<Float>, pairs: Int) {
    for i in 0..<pairs {
      let (u, v) = (numbers[2 * i].bitPattern, numbers[2 * i + 1].bitPattern)
      let radius = rootOrNaN(-2 * log((Double(u) + 1) * 0x1p-32))
      // The turn is 2³²: to the nearest quarter of it, and what is left.
      let quarters = (v &+ 1 &<< 29) &>> 30
      let rest = Int32(bitPattern: v &- quarters &<< 30)
      let (sine, cosine) = sineAndCosine(
        Double(rest) * (2 * .pi * 0x1p-32), quarters: UInt64(quarters))
      numbers[2 * i] = Float(radius * cosine)
      numbers[2 * i + 1] = Float(radius * sine)
    }
  }
}
