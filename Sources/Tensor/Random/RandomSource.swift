internal import _KernelsActive
internal import _KernelsMicro

/// A generator of random numbers that tensors are drawn from.
///
/// Generators are values: a copy draws the same numbers as the original from there on. The
/// 32-bit draws decide everything else, in the way that PyTorch's generator does it.
///
///     var generator = PhiloxGenerator(seed: 1)
///     var copy = generator
///     generator.normal([4]) == copy.normal([4])   // true
public protocol RandomSource: RandomNumberGenerator, Sendable {
  /// Draws 32 bits.
  mutating func next32() -> UInt32

  /// Draws 32 bits for each place, as `next32` does one after the other.
  mutating func next32(into words: UnsafeMutableBufferPointer<UInt32>)

  /// Draws independent numbers of the standard normal distribution, in row-major order.
  mutating func normal(_ shape: [Int]) -> Tensor<Float>
}

/// How many numbers are made of draws at once, in their memory: as many as stay in a cache.
let numbersDrawnAtOnce = 1 << 18

extension RandomSource {
  /// Draws 32 bits for each place.
  public mutating func next32(into words: UnsafeMutableBufferPointer<UInt32>) {
    for i in words.indices { words[i] = next32() }
  }

  /// Draws 64 bits: two draws of 32 bits, the upper half first.
  public mutating func next() -> UInt64 {
    let upper = UInt64(next32())
    return upper << 32 | UInt64(next32())
  }

  /// Draws independent numbers, evenly distributed over 0 ..< 1, in row-major order.
  ///
  /// Each is the lower 24 bits of one draw, times 2⁻²⁴.
  ///
  ///     var generator = TorchGenerator(seed: 0)
  ///     generator.uniform([3])   // [0.496, 0.768, 0.088]
  public mutating func uniform(_ shape: [Int]) -> Tensor<Float> {
    let kernel = KernelTable.active.random.uniform
    return drawn(shape) { kernel($0, $1) }
  }

  /// Draws independent numbers, evenly distributed over 0 ..< 1, in row-major order.
  ///
  /// Each is the lower 53 bits of one draw of 64 bits, times 2⁻⁵³.
  ///
  ///     var generator = TorchGenerator(seed: 0)
  ///     generator.uniform([2], of: Double.self)   // [0.970, 0.708]
  public mutating func uniform(_ shape: [Int], of _: Double.Type) -> Tensor<Double> {
    var tensor = Tensor<Double>(uninitialized: shape)
    tensor.withUnsafeMutableElements { elements in
      for i in elements.indices { elements[i] = nextDouble() }
    }
    return tensor
  }

  /// Draws independent integers of 0 ..< `bound`, in row-major order.
  ///
  /// Each is the remainder of a draw of 32 bits, or of 64 if `bound` is 2²⁸ or more, and so is
  /// not quite evenly distributed.
  ///
  ///     var generator = TorchGenerator(seed: 0)
  ///     generator.integers([5], below: 10)   // [4, 9, 3, 0, 3]
  ///
  /// - Precondition: `bound` is positive.
  public mutating func integers(_ shape: [Int], below bound: Int64) -> Tensor<Int64> {
    check(bound > 0, "integers: there is none below \(bound)")
    var tensor = Tensor<Int64>(uninitialized: shape)
    tensor.withUnsafeMutableElements { elements in
      for i in elements.indices {
        let bits = bound < 1 << 28 ? UInt64(next32()) : next()
        elements[i] = Int64(bits % UInt64(bound))
      }
    }
    return tensor
  }

  /// Numbers that a loop makes of a draw of 32 bits each, in their own memory.
  ///
  /// - Parameters:
  ///   - shape: The shape of the result, of an even number of elements if they are made of pairs.
  ///   - make: Is given the numbers and their count, of which all but the last are even.
  /// - Returns: The numbers.
  mutating func drawn(
    _ shape: [Int], _ make: @Sendable (UnsafeMutablePointer<Float>, Int) -> Void
  ) -> Tensor<Float> {
    var tensor = Tensor<Float>(uninitialized: shape)
    tensor.withUnsafeMutableElements { elements in
      for start in stride(from: 0, to: elements.count, by: numbersDrawnAtOnce) {
        let end = min(start + numbersDrawnAtOnce, elements.count)
        let piece = UnsafeMutableBufferPointer(rebasing: elements[start..<end])
        piece.withMemoryRebound(to: UInt32.self) { next32(into: $0) }
        guard let base = piece.baseAddress else { continue }
        nonisolated(unsafe) let numbers = base
        inParallel(piece.count, grain: 4096, cost: 8) { make(numbers + $0.lowerBound, $0.count) }
      }
    }
    return tensor
  }

  /// A number of 0 ..< 1 with 24 bits.
  mutating func nextFloat() -> Float { Float(next32() & 0xFF_FFFF) * 0x1p-24 }

  /// A number of 0 ..< 1 with 53 bits.
  mutating func nextDouble() -> Double { Double(next() & (1 << 53 - 1)) * 0x1p-53 }
}
