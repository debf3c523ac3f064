internal import _LibC

/// PyTorch's generator of the CPU, `torch.Generator().manual_seed(seed)`.
///
/// The same calls give the same numbers as there: integers and uniform ones bit for bit, normal
/// ones within 4e-6, by which PyTorch differs from itself between processors.
///
/// | here | PyTorch |
/// | --- | --- |
/// | `normal(shape)` | `torch.randn(shape)` |
/// | `uniform(shape)` | `torch.rand(shape)` |
/// | `normal(shape, of: Double.self)` | `torch.randn(shape, dtype=torch.float64)` |
/// | `uniform(shape, of: Double.self)` | `torch.rand(shape, dtype=torch.float64)` |
/// | `integers(shape, below: n)` | `torch.randint(n, shape)` |
///
///     var generator = TorchGenerator(seed: 0)
///     generator.normal([3])   // [1.541, -0.293, -2.179]
public struct TorchGenerator: RandomSource {
  /// The seed, of which the numbers depend on the lower 32 bits.
  public let seed: UInt64
  private var engine: MersenneTwister
  /// The second of a pair of normal numbers of which only the first was asked for.
  private var spare: Double?

  /// A generator as `manual_seed` leaves it.
  public init(seed: UInt64) {
    self.seed = seed
    engine = MersenneTwister(seed: UInt32(truncatingIfNeeded: seed))
  }

  /// Draws 32 bits.
  public mutating func next32() -> UInt32 { engine.next() }

  /// Draws 32 bits for each place.
  public mutating func next32(into words: UnsafeMutableBufferPointer<UInt32>) {
    for i in words.indices { words[i] = engine.next() }
  }

  /// Draws independent numbers of the standard normal distribution, in row-major order.
  public mutating func normal(_ shape: [Int]) -> Tensor<Float> {
    let normals = normals(shape) { Double($0.nextFloat()) }
    return Tensor(normals.elements.map(Float.init), shape: shape)
  }

  /// Draws independent numbers of the standard normal distribution, in row-major order.
  public mutating func normal(_ shape: [Int], of _: Double.Type) -> Tensor<Double> {
    normals(shape) { $0.nextDouble() }
  }

  /// Draws normal numbers, of uniform ones that `uniform` draws if they are 16 or more.
  private mutating func normals(
    _ shape: [Int], uniform: (inout TorchGenerator) -> Double
  ) -> Tensor<Double> {
    var tensor = Tensor<Double>(uninitialized: shape)
    tensor.withUnsafeMutableElements { values in
      guard values.count >= 16 else {
        for i in values.indices { values[i] = nextNormal() }
        return
      }
      for i in values.indices { values[i] = uniform(&self) }
      for start in stride(from: 0, through: values.count - 16, by: 16) {
        Self.transform(values, start)
      }
      if !values.count.isMultiple(of: 16) {
        // PyTorch draws the last 16 again, whatever they are, instead of a part of a block.
        let start = values.count - 16
        for i in start..<values.count { values[i] = uniform(&self) }
        Self.transform(values, start)
      }
    }
    return tensor
  }

  /// Makes 16 normal numbers of as many uniform ones (Box–Muller).
  private static func transform(_ values: UnsafeMutableBufferPointer<Double>, _ start: Int) {
    for i in start..<start + 8 {
      let radius = (-2 * log(1 - values[i])).squareRoot()
      let angle = 2 * Double.pi * values[i + 8]
      values[i] = radius * cos(angle)
      values[i + 8] = radius * sin(angle)
    }
  }

  /// One normal number; they come in pairs, and the second is kept, over other draws too.
  private mutating func nextNormal() -> Double {
    if let value = spare {
      spare = nil
      return value
    }
    let angle = 2 * Double.pi * nextDouble()
    let radius = (-2 * log1p(-nextDouble())).squareRoot()
    spare = radius * sin(angle)
    return radius * cos(angle)
  }

  /// The bytes that `torch.Generator.get_state()` gives.
  public var state: [UInt8] {
    var bytes: [UInt8] = []
    func append(_ value: some FixedWidthInteger) {
      withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
    append(seed)
    append(Int32(engine.left))
    append(Int32(1))  // it is seeded
    append(UInt64(engine.position))
    for word in engine.words { append(UInt64(word)) }
    // Three numbers that older versions kept, of which the second is in use.
    for value in [0, spare ?? 0, 0] { append(value.bitPattern) }
    append(Int32(spare == nil ? 0 : 1))
    // Padding, and a number in 32 bits that is never kept.
    return bytes + [UInt8](repeating: 0, count: 12)
  }
}
