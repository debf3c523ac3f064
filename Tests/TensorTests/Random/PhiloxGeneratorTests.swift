import Foundation
import Tensor
import Testing

@Suite struct PhiloxGeneratorTests {
  let fixtures: SafetensorsFile

  init() throws { fixtures = try SafetensorsFile(path: Fixtures.path("philox.safetensors")) }

  func words(_ name: String) throws -> [UInt32] {
    let tensor = try #require(try fixtures.tensor(named: name).tensor(of: Int64.self))
    return tensor.elements.map { UInt32($0) }
  }

  @Test func matchesPublishedAnswers() throws {
    let (counters, keys) = (try words("kat.counter"), try words("kat.key"))
    var outputs: [UInt32] = []
    for i in 0..<3 {
      let output = PhiloxGenerator.block(
        counter: SIMD4(counters[4 * i..<4 * i + 4]), key: SIMD2(keys[2 * i..<2 * i + 2]))
      outputs += (0..<4).map { output[$0] }
    }
    #expect(try outputs == words("kat.output"))
    #expect(outputs[8..<12] == [0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1])
  }

  @Test func matchesStreams() throws {
    func draw(_ generator: PhiloxGenerator, _ count: Int) -> [UInt32] {
      var generator = generator
      return (0..<count).map { _ in generator.next32() }
    }
    #expect(try draw(PhiloxGenerator(seed: 42), 64) == words("stream.42.0"))
    #expect(try draw(PhiloxGenerator(seed: 42, stream: 3), 64) == words("stream.42.3"))
    let generator = PhiloxGenerator(
      seed: 1 << 40 + 7, stream: 1 << 33 + 5, block: 1 << 32 - 2)
    #expect(try draw(generator, 16) == words("carry"))
    // Past the last block, a stream begins again.
    let first = draw(PhiloxGenerator(seed: 1), 4)
    #expect(draw(PhiloxGenerator(seed: 1, block: .max), 8)[4...] == first[...])
  }

  @Test func copiesDrawTheSame() {
    var generator = PhiloxGenerator(seed: 7)
    _ = generator.next32()
    var copy = generator
    #expect(generator.uniform([5]).elements == copy.uniform([5]).elements)
    #expect(generator.next() == copy.next())
    #expect(Int.random(in: 0..<1000, using: &generator) == Int.random(in: 0..<1000, using: &copy))
  }

  @Test func drawsOfSixtyFourBitsHaveTheUpperHalfFirst() throws {
    let words = try words("stream.42.0")
    var generator = PhiloxGenerator(seed: 42)
    #expect(generator.next() == UInt64(words[0]) << 32 | UInt64(words[1]))
  }

  @Test func normalsAreStandardNormal() {
    var generator = PhiloxGenerator(seed: 42)
    let values = generator.normal([64, 64]).elements.map(Double.init)
    // Moments of 4096 values, within four standard errors.
    let moments: [(power: Double, mean: Double, variance: Double)] = [
      (1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96),
    ]
    for moment in moments {
      let mean = values.reduce(0) { $0 + pow($1, moment.power) } / 4096
      #expect(abs(mean - moment.mean) < 4 * (moment.variance / 4096).squareRoot(), "\(moment)")
    }
  }

  @Test func normalsFollowTheirFormula() {
    var (generator, words) = (PhiloxGenerator(seed: 3), PhiloxGenerator(seed: 3))
    let values = generator.normal([3]).elements
    for i in [0, 2] {
      let radius = (-2 * log((Double(words.next32()) + 1) / 0x1p32)).squareRoot()
      let angle = 2 * Double.pi * Double(words.next32()) / 0x1p32
      #expect(abs(Double(values[i]) - radius * cos(angle)) < 1e-6)
      if i == 0 { #expect(abs(Double(values[1]) - radius * sin(angle)) < 1e-6) }
    }
    // Three numbers use up two pairs.
    #expect(generator.next32() == words.next32())
  }

  @Test func drawsNothingForEmptyTensors() {
    var (generator, other) = (PhiloxGenerator(seed: 3), PhiloxGenerator(seed: 3))
    #expect(generator.normal([0, 4]).shape == [0, 4])
    #expect(generator.uniform([4, 0]).shape == [4, 0])
    #expect(generator.next32() == other.next32())
  }
}
