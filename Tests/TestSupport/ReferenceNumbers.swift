/// Numbers for kernels that give the same bits on every machine, and what their results come to.
extension Reference {
  /// Numbers of both signs whose magnitudes are spread evenly over powers of two.
  package static func floats(_ count: Int, powers: ClosedRange<Int>, seed: UInt64) -> [Float] {
    var numbers = SampleNumbers(seed: seed)
    return (0..<count).map { _ in
      let power = numbers.next(in: powers)
      let significand = 1 + numbers.next().magnitude
      return Float(
        sign: numbers.next() < 0 ? .minus : .plus, exponent: power, significand: significand)
    }
  }

  /// A number that depends on every bit of some numbers and on their order: FNV-1a of 64 bits.
  package static func fingerprint(_ words: some Sequence<UInt64>) -> UInt64 {
    words.reduce(0xCBF2_9CE4_8422_2325) { hash, word in
      stride(from: 0, to: 64, by: 8).reduce(hash) { hash, shift in
        (hash ^ word &>> UInt64(shift) & 0xFF) &* 0x100_0000_01B3
      }
    }
  }

  /// That of the results of the kernels on every machine.
  package enum Fingerprints {
    package static let sine: UInt64 = 0xC196_7F43_C355_20A6
    package static let cosine: UInt64 = 0xD5E6_D28D_0E30_E4A1
    package static let tangent: UInt64 = 0x2C12_9C83_9F95_A50C
    package static let arctangent: UInt64 = 0xC408_01ED_0F67_1DAA
    package static let sumsOfExponentials: UInt64 = 0xB7E7_B9D1_A789_6C5B
    package static let uniform: UInt64 = 0x2307_EB70_F9F5_6E25
    package static let normal: UInt64 = 0xAE7B_5653_F6E5_D549
  }
}
