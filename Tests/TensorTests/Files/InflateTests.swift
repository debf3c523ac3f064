import Tensor
import Testing

@Suite struct InflateTests {
  /// Bits in the order of a stream, from the lowest of each byte on.
  static func stream(_ bits: String) -> [UInt8] {
    let bits = bits.filter { $0 != " " }.map { $0 == "1" ? UInt8(1) : 0 }
    return stride(from: 0, to: bits.count, by: 8).map { start in
      bits[start..<min(start + 8, bits.count)].enumerated().reduce(0) { $0 | $1.1 << $1.0 }
    }
  }

  func inflate(_ stream: [UInt8], _ count: Int, isPrefix: Bool = false) throws -> [UInt8] {
    var output = [UInt8](repeating: 0, count: count)
    try stream.withUnsafeBytes { stream in
      try output.withUnsafeMutableBytes { output in
        _ = try Inflate.decompress(stream, into: output, isPrefix: isPrefix)
      }
    }
    return output
  }

  func inflateZlib(_ stream: [UInt8], _ count: Int) throws -> [UInt8] {
    var output = [UInt8](repeating: 0, count: count)
    try stream.withUnsafeBytes { stream in
      try output.withUnsafeMutableBytes { output in
        try Inflate.decompressZlib(stream, into: output)
      }
    }
    return output
  }

  static var samples: [[UInt8]] {
    var generator = PhiloxGenerator(seed: 4)
    let noise = (0..<70_000).map { _ in UInt8(truncatingIfNeeded: generator.next32()) }
    let uneven = generator.normal([30_000]).elements.map { UInt8(max(0, min(255, $0 * 8 + 128))) }
    return [
      [], [7], noise, uneven, [UInt8](repeating: 0, count: 100_000),
      Array(noise[..<500] + noise[..<500]),
      Array(String(repeating: "a text that comes again, ", count: 400).utf8),
    ]
  }

  @Test(arguments: samples.indices)
  func readsWhatDeflateWrites(_ index: Int) throws {
    let bytes = Self.samples[index]
    #expect(try inflateZlib(Deflate.zlib(bytes), bytes.count) == bytes)
    let bare = bytes.withUnsafeBytes { Deflate.bare($0) }
    #expect(try inflate(bare, bytes.count) == bytes)
    for count in [0, 1, bytes.count / 2, bytes.count] where count <= bytes.count {
      #expect(try inflate(bare, count, isPrefix: true) == Array(bytes[..<count]))
    }
    #expect(throws: InflateError.tooShort(expected: bytes.count + 1, found: bytes.count)) {
      try inflate(bare, bytes.count + 1)
    }
    if !bytes.isEmpty {
      #expect(throws: InflateError.tooLong(expected: bytes.count - 1)) {
        try inflate(bare, bytes.count - 1)
      }
    }
  }

  @Test func readsFixedCodes() throws {
    // zlib.compressobj(9, zlib.DEFLATED, -15, strategy=zlib.Z_FIXED) of b"abcabcabcabc\xff"
    #expect(
      try inflate([0x4B, 0x4C, 0x4A, 0x4E, 0x84, 0xA1, 0xFF, 0x00], 13)
        == Array("abcabcabcabc".utf8) + [0xFF])
  }

  /// Of a block in which nothing comes again, the code of distances may have no symbol.
  @Test func readsBlocksWithoutDistances() throws {
    let header = "1 01 00000 00000 0111"
    // The code of lengths: 18 is 0, 0 is 10, 1 is 11.
    let code = "000 000 100 010" + String(repeating: " 000", count: 13) + " 010"
    // Symbols 97 and 256 have a bit each; the only distance has none.
    let lengths = "0 0110101 11 0 1111111 0 1001000 11 10"
    #expect(
      try inflate(Self.stream([header, code, lengths, "0001"].joined(separator: " ")), 3)
        == Array("aaa".utf8))
  }

  @Test func refusesDamagedStreams() throws {
    let cases: [(InflateError, [UInt8])] = [
      (.truncated, []),
      (.truncated, Self.stream("1 00 00000")),
      (.blockKind, Self.stream("1 11")),
      (.storedLength, [1, 2, 0, 2, 0]),
      (.truncated, [1, 2, 0, 0xFD, 0xFF, 7]),
      // The fixed code: symbol 286, distance 30, a distance from nothing.
      (.code, Self.stream("1 10 11000110 00000 0000000000000000")),
      (.code, Self.stream("1 10 0000001 11110 0000000000000000")),
      (.distance, Self.stream("1 10 0000001 00000 0000000000000000")),
      // 31 lengths of distances; then lengths of the code of lengths that are no code.
      (.code, Self.stream("1 01 00000 01111 0000 000 000 000 000")),
      (.code, Self.stream("1 01 01111 00000 0000 000 000 000 000")),
      (.code, Self.stream("1 01 00000 00000 0000 100 100 100 100 00000000")),
      (.code, Self.stream("1 01 00000 00000 0000 000 000 000 010 00000000")),
      // A repetition of the length before the first one.
      (.code, Self.stream("1 01 00000 00000 0000 100 100 000 000 0 00 00000000")),
      // 258 lengths of zero, the end of the block among them.
      (.code, Self.stream("1 01 00000 00000 0000 000 000 100 100 1 1111111 1 0010111 0000000000")),
    ]
    for (error, bytes) in cases {
      #expect(throws: error, "\(bytes)") { try inflate(bytes, 8) }
      #expect(!"\(error)".isEmpty)
    }
  }

  @Test func refusesDamagedZlibStreams() throws {
    let good = Deflate.zlib([1, 2, 3])
    #expect(try inflateZlib(good, 3) == [1, 2, 3])
    #expect(throws: InflateError.truncated) { try inflateZlib([0x78], 0) }
    for header: [UInt8] in [[0x79, 0x9C], [0x78, 0x9D], [0x88, 0x1C], [0x78, 0xBB]] {
      #expect(throws: InflateError.header) { try inflateZlib(header + good.dropFirst(2), 3) }
    }
    #expect(throws: InflateError.truncated) { try inflateZlib(good.dropLast(), 3) }
    #expect(throws: InflateError.checksum) { try inflateZlib(good.dropLast() + [0], 3) }
    #expect(throws: InflateError.bytesBehindEnd(count: 2)) { try inflateZlib(good + [0, 0], 3) }
  }

  @Test func noStreamExpandsBeyondTheLimit() {
    let zeros = [UInt8](repeating: 0, count: 1 << 20)
    let length = zeros.withUnsafeBytes { Deflate.bare($0).count }
    #expect(zeros.count <= length * Inflate.expansionLimit)
  }

  @Test func damagedStreamsNeverTrap() {
    var generator = SplitMix64(state: 2)
    let text = Array(String(repeating: "a text that comes again, ", count: 20).utf8)
    let streams = [text, Self.samples[3].prefix(600) + text].map { bytes in
      (bytes.withUnsafeBytes { Deflate.bare($0) }, bytes.count)
    }
    var refused = 0
    for round in 0..<4000 {
      var (stream, count) = streams[round % 2]
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let place = Int.random(in: stream.indices, using: &generator)
        stream[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      }
      do { _ = try inflate(stream, count) } catch { refused += 1 }
    }
    #expect(refused > 2000)
  }
}
