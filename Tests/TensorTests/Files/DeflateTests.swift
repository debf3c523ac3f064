import Tensor
import Testing

@Suite struct DeflateTests {
  func roundTrip(
    _ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> (size: Int, kinds: [Int]) {
    let compressed = Deflate.zlib(bytes)
    let result = try ReferenceInflate.zlib(compressed)
    #expect(result.bytes == bytes, sourceLocation: sourceLocation)
    return (compressed.count, result.kinds)
  }

  @Test func storesWhatCannotBeCompressed() throws {
    #expect(try roundTrip([]).size == 11)
    #expect(try roundTrip([7]).kinds == [0])
    var generator = PhiloxGenerator(seed: 1)
    let noise = (0..<70_000).map { _ in UInt8(truncatingIfNeeded: generator.next32()) }
    let result = try roundTrip(noise)
    #expect(result.kinds == [0, 0] && result.size == 70_000 + 16)
    #expect(try roundTrip(Array(noise[..<65535])).kinds == [0])
  }

  @Test func compressesRepetitions() throws {
    let zeros = try roundTrip([UInt8](repeating: 0, count: 100_000))
    #expect(zeros.kinds == [2, 2] && zeros.size < 500)
    let text = String(repeating: "a text that comes again, ", count: 400)
    #expect(try roundTrip(Array(text.utf8)).size < 300)
    // Again at the farthest distance that the window has, and one byte beyond.
    var generator = PhiloxGenerator(seed: 2)
    for gap in [1 << 15, 1 << 15 + 1] {
      let noise = (0..<gap).map { _ in UInt8(truncatingIfNeeded: generator.next32()) }
      let size = try roundTrip(noise + noise[..<1000]).size
      #expect(gap > 1 << 15 ? size > gap + 1000 : size < gap + 900)
    }
  }

  @Test func compressesUnevenFrequencies() throws {
    var generator = PhiloxGenerator(seed: 3)
    let bytes = generator.normal([30_000]).elements.map { UInt8(max(0, min(255, $0 * 8 + 128))) }
    let result = try roundTrip(bytes)
    #expect(result.kinds == [2] && result.size < 19_500)  // the entropy is 18 900 bytes
  }

  @Test func everyLengthAndManyDistances() throws {
    var bytes: [UInt8] = []
    for length in 3...260 {
      bytes += [UInt8](repeating: UInt8(length & 255), count: length)
      bytes.append(UInt8(length >> 1 & 255))
    }
    _ = try roundTrip(bytes + bytes.reversed())
  }

  @Test func shortInputs() throws {
    for count in 0..<40 {
      for period in 1..<5 { _ = try roundTrip((0..<count).map { UInt8($0 % period) }) }
    }
  }

  @Test func isDeterministic() {
    let bytes = (0..<5000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 3) }
    #expect(Deflate.zlib(bytes) == Deflate.zlib(bytes))
  }

  @Test func codesAreCompleteAndLimited() {
    var fibonacci = [1, 1]
    while fibonacci.count < 30 { fibonacci.append(fibonacci.suffix(2).reduce(0, +)) }
    let cases = [
      fibonacci, [0, 0, 0, 5], [5], [1, 1], [Int](repeating: 1, count: 286), [3, 0, 1, 0, 2],
      [0, 0], Array(fibonacci.prefix(19)),
    ]
    for frequencies in cases {
      for limit in frequencies.count > 64 ? [15] : [7, 15] where frequencies.count > 1 {
        let code = HuffmanCode(frequencies: frequencies, limit: limit)
        let used = code.lengths.filter { $0 > 0 }
        #expect(used.allSatisfy { $0 <= limit })
        #expect(used.reduce(0) { $0 + 1 << (15 - $1) } == 1 << 15)
        #expect(zip(frequencies, code.lengths).allSatisfy { $0 == 0 || $1 > 0 })
      }
    }
    // Without a limit in the way, the more frequent of two has no longer code.
    #expect(HuffmanCode(frequencies: [1, 1, 2, 4, 8], limit: 15).lengths == [4, 4, 3, 2, 1])
  }
}
