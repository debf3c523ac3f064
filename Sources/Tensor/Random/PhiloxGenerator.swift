internal import _LibC

/// A generator that computes every block of its numbers from a counter alone.
///
/// A seed gives 2⁶⁴ independent streams. Where image *i* draws from stream *i*, it is the same
/// however the work is split into batches and over machines. Philox 4×32-10: John Salmon et al.,
/// "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
public struct PhiloxGenerator: RandomSource {
  /// The seed, which is the key of the blocks, its lower half first.
  public let seed: UInt64
  /// The stream, which is the upper half of the counter.
  public let stream: UInt64
  /// The number of the block to be computed next, which is the lower half of the counter.
  public private(set) var block: UInt64
  private var output: SIMD4<UInt32> = .zero
  /// How many numbers of `output` are drawn.
  private var used = 4

  /// A generator at the start of a stream, or of a later block of it.
  public init(seed: UInt64, stream: UInt64 = 0, block: UInt64 = 0) {
    self.seed = seed
    self.stream = stream
    self.block = block
  }

  /// Draws 32 bits, the next of the four of a block.
  public mutating func next32() -> UInt32 {
    if used == 4 {
      output = Self.block(
        counter: SIMD4(lowHalf: halves(block), highHalf: halves(stream)), key: halves(seed))
      block &+= 1
      used = 0
    }
    defer { used += 1 }
    return output[used]
  }

  /// Draws independent numbers of the standard normal distribution, in row-major order.
  ///
  /// The draws u and v of 32 bits give two neighbours (Box–Muller): r cos θ and r sin θ, where
  /// r² = −2 log((u + 1) · 2⁻³²) and θ = 2π v · 2⁻³², worked out in `Double`. The last of an odd
  /// number drops its neighbour.
  ///
  /// Blocks do not depend on each other, so large draws are shared out over the threads.
  public mutating func normal(_ shape: [Int]) -> Tensor<Float> {
    var tensor = Tensor<Float>(uninitialized: shape)
    tensor.withUnsafeMutableElements { elements in
      var i = 0
      func drawPair(_ generator: inout PhiloxGenerator) {
        let (first, second) = Self.pair(generator.next32(), generator.next32())
        elements[i] = first
        if i + 1 < elements.count { elements[i + 1] = second }
        i += 2
      }
      // What is left of a block; where that is an odd number, pairs are never those of a block.
      while i < elements.count && used == 2 { drawPair(&self) }
      if used == 4, let base = elements.baseAddress, i < elements.count {
        let blocks = (elements.count - i) / 4
        nonisolated(unsafe) let output = base + i
        let (first, upper, key) = (block, halves(stream), halves(seed))
        inParallel(blocks, grain: 1024, cost: 512) { range in
          for place in range {
            let counter = halves(first &+ UInt64(place))
            let draws = Self.block(counter: SIMD4(lowHalf: counter, highHalf: upper), key: key)
            let target = output + 4 * place
            (target[0], target[1]) = Self.pair(draws.x, draws.y)
            (target[2], target[3]) = Self.pair(draws.z, draws.w)
          }
        }
        block &+= UInt64(blocks)
        i += 4 * blocks
      }
      while i < elements.count { drawPair(&self) }
    }
    return tensor
  }

  /// Two normal numbers of two draws.
  private static func pair(_ u: UInt32, _ v: UInt32) -> (Float, Float) {
    let radius = (-2 * log((Double(u) + 1) * 0x1p-32)).squareRoot()
    let angle = 2 * Double.pi * Double(v) * 0x1p-32
    return (Float(radius * cos(angle)), Float(radius * sin(angle)))
  }

  /// The four numbers of a counter and a key.
  package static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var (c, k) = (counter, key)
    for _ in 0..<10 {
      let p = c.x.multipliedFullWidth(by: 0xD251_1F53)
      let q = c.z.multipliedFullWidth(by: 0xCD9E_8D57)
      c = SIMD4(q.high ^ c.y ^ k.x, q.low, p.high ^ c.w ^ k.y, p.low)
      k &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return c
  }
}

/// The lower half of a number, then the upper one.
private func halves(_ value: UInt64) -> SIMD2<UInt32> {
  SIMD2(UInt32(truncatingIfNeeded: value), UInt32(truncatingIfNeeded: value >> 32))
}
