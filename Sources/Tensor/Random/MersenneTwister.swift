/// The generator of 32-bit numbers that PyTorch draws from on the CPU: MT19937.
///
/// Makoto Matsumoto and Takuji Nishimura, "Mersenne Twister", ACM TOMACS 8, 1998.
struct MersenneTwister: Sendable {
  private(set) var words: [UInt32]
  /// How many numbers of `words`, plus one, are still to be drawn.
  private(set) var left = 1
  /// The position of the number to be drawn next.
  private(set) var position = 0

  static let wordCount = 624

  init(seed: UInt32) {
    words = [seed]
    words.reserveCapacity(Self.wordCount)
    var word = seed
    for i in 1..<UInt32(Self.wordCount) {
      word = 1_812_433_253 &* (word ^ word >> 30) &+ i
      words.append(word)
    }
  }

  mutating func next() -> UInt32 {
    left -= 1
    if left == 0 { twist() }
    var y = words[position]
    position += 1
    y ^= y >> 11
    y ^= y << 7 & 0x9D2C_5680
    y ^= y << 15 & 0xEFC6_0000
    return y ^ y >> 18
  }

  private mutating func twist() {
    let n = Self.wordCount
    words.withUnsafeMutableBufferPointer { words in
      for i in 0..<n {
        let bits = words[i] & 0x8000_0000 | words[i + 1 < n ? i + 1 : 0] & 0x7FFF_FFFF
        let mask: UInt32 = bits & 1 == 0 ? 0 : 0x9908_B0DF
        words[i] = words[i + 397 < n ? i + 397 : i + 397 - n] ^ bits >> 1 ^ mask
      }
    }
    (left, position) = (n, 0)
  }
}
