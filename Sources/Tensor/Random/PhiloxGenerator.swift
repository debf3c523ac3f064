internal import _KernelsActive
internal import _KernelsMicro

/// A generator that computes every block of its numbers from a counter alone.
///
/// A seed gives 2⁶⁴ independent streams. Where image *i* draws from stream *i*, it is the same
/// however the work is split into batches and over machines. Philox 4×32-10: John Salmon et al.,
/// "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
///
///     var generator = PhiloxGenerator(seed: 1, stream: 7)
///     generator.normal([3])   // [-1.042, 2.374, 0.423]
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
  public mutating func normal(_ shape: [Int]) -> Tensor<Float> {
    let kernel = KernelTable.active.random.normal
    let count = shape.product
    guard count.isMultiple(of: 2) else {
      return normal([count + 1])[0..<count].reshaped(shape)
    }
    return drawn(shape) { kernel($0, $1 / 2) }
  }

  /// Draws 32 bits for each place.
  ///
  /// Blocks do not depend on each other, so large draws are shared out over the threads.
  public mutating func next32(into words: UnsafeMutableBufferPointer<UInt32>) {
    var i = 0
    func drawSome(_ generator: inout PhiloxGenerator, upTo end: Int) {
      while i < end {
        words[i] = generator.next32()
        i += 1
      }
    }
    let left = 4 - used
    drawSome(&self, upTo: min(left, words.count))
    let blocks = (words.count - i) / 4
    if blocks > 0, let base = words.baseAddress {
      nonisolated(unsafe) let output = base + i
      let (first, upper, key, kernel) = (block, stream, seed, KernelTable.active.random.philox)
      inParallel(blocks, grain: 1024, cost: 32) { range in
        kernel(
          first &+ UInt64(range.lowerBound), upper, key, output + 4 * range.lowerBound, range.count)
      }
      block &+= UInt64(blocks)
      i += 4 * blocks
    }
    drawSome(&self, upTo: words.count)
  }

  /// The four numbers of a counter and a key.
  package static func block(counter c: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    let block = philoxBlock(c.x, c.y, c.z, c.w, key.x, key.y)
    return SIMD4(block.0, block.1, block.2, block.3)
  }
}

/// The lower half of a number, then the upper one.
private func halves(_ value: UInt64) -> SIMD2<UInt32> {
  SIMD2(UInt32(truncatingIfNeeded: value), UInt32(truncatingIfNeeded: value >> 32))
}
