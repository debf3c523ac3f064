/// Compression to streams of RFC 1951; `Inflate` reads them.
///
/// Peter Deutsch, RFC 1950 and 1951. Repetitions are found in hash chains, greedily; each block has
/// Huffman codes of its own, or is stored where those do not make it smaller.
package struct Deflate {
  private var output = BitWriter()

  /// The stream of these bytes; the same for the same bytes.
  package static func zlib(_ bytes: [UInt8]) -> [UInt8] {
    var deflate = Deflate()
    // Deflate with a window of 32 KB; a check on these two bytes; no dictionary.
    deflate.output.append([0x78, 0x9C])
    bytes.withUnsafeBufferPointer { deflate.compress($0) }
    deflate.output.align()
    deflate.output.append(bytes.withUnsafeBytes { Checksum.adler32($0) }.bigEndianBytes)
    return deflate.output.bytes
  }

  /// The same without a header and a checksum, as ZIP archives have it.
  package static func bare(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var deflate = Deflate()
    bytes.withMemoryRebound(to: UInt8.self) { deflate.compress($0) }
    deflate.output.align()
    return deflate.output.bytes
  }

  /// As many bytes as a stored block can have.
  private static let blockLength = 65535

  private mutating func compress(_ bytes: UnsafeBufferPointer<UInt8>) {
    var matcher = Matcher(bytes)
    var start = 0
    repeat {
      let end = min(start + Self.blockLength, bytes.count)
      write(matcher.tokens(start..<end), of: bytes[start..<end], isLast: end == bytes.count)
      start = end
    } while start < bytes.count
  }

  private mutating func write(
    _ tokens: [Token], of bytes: Slice<UnsafeBufferPointer<UInt8>>, isLast: Bool
  ) {
    var (symbols, distances) = ([Int](repeating: 0, count: 286), [Int](repeating: 0, count: 30))
    symbols[Self.endSymbol] = 1
    for token in tokens {
      symbols[token.symbol.index] += 1
      if let distance = token.distanceSymbol { distances[distance.index] += 1 }
    }
    let symbolCode = HuffmanCode(frequencies: symbols, limit: 15)
    let distanceCode = HuffmanCode(frequencies: distances, limit: 15)
    var block = BitWriter()
    block.append(isLast ? 1 : 0, 1)
    block.append(2, 2)  // codes of its own
    block.append(symbolCode, distanceCode)
    for token in tokens {
      block.append(token.symbol, symbolCode)
      if let distance = token.distanceSymbol { block.append(distance, distanceCode) }
    }
    block.append(symbolCode.codes[Self.endSymbol], symbolCode.lengths[Self.endSymbol])

    if block.bitCount < 8 * (bytes.count + 5) {
      output.append(block)
    } else {
      output.append(isLast ? 1 : 0, 1)
      output.append(0, 2)  // stored
      output.align()
      let length = UInt16(bytes.count)
      for value in [length, ~length] { output.append(UInt32(value), 16) }
      output.append(bytes)
    }
  }

  /// The symbol that ends a block.
  static let endSymbol = 256
  /// The order in which a block says the lengths of the code of its codes' lengths.
  static let lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
}

/// A byte as it is, or the repetition of bytes that were there before.
private struct Token {
  /// The byte, or the number of bytes that are repeated.
  let value: Int
  /// How far back these bytes begin; zero for a byte as it is.
  let distance: Int

  /// A symbol and the bits that follow it.
  struct Symbol {
    let index: Int
    let extra: Int
    let extraCount: Int

    /// The symbol of a number, which has `precision` bits behind the first one; the others follow.
    init(_ value: Int, precision: Int, from first: Int) {
      let exponent = Int.bitWidth - 1 - value.leadingZeroBitCount
      extraCount = max(exponent - precision, 0)
      let upper = value >> extraCount
      index = first + extraCount << precision + upper
      extra = value & (1 << extraCount - 1)
    }

    init(_ index: Int) { (self.index, extra, extraCount) = (index, 0, 0) }
  }

  var symbol: Symbol {
    if distance == 0 { return Symbol(value) }
    // The greatest length has a symbol to itself.
    return value == Matcher.lengths.upperBound
      ? Symbol(285) : Symbol(value - Matcher.lengths.lowerBound, precision: 2, from: 257)
  }

  var distanceSymbol: Symbol? {
    distance == 0 ? nil : Symbol(distance - 1, precision: 1, from: 0)
  }
}

/// Finds what is repeated.
private struct Matcher {
  static let lengths = 3...258
  /// The least length that is used: in filtered images, shorter repetitions are chance, and cost
  /// more than their bytes.
  private static let shortest = 6
  private static let windowLength = 1 << 15
  /// How many candidates are tried at a place.
  private static let effort = 48

  private let bytes: UnsafeBufferPointer<UInt8>
  /// For each hash of three bytes, where they were last; negative if nowhere.
  private var latest = [Int](repeating: -1, count: windowLength)
  /// For each place in the window, where the same hash was before it.
  private var previous = [Int](repeating: -1, count: windowLength)

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// The bytes of a range, of which those before it are known.
  mutating func tokens(_ range: Range<Int>) -> [Token] {
    var tokens: [Token] = []
    var position = range.lowerBound
    while position < range.upperBound {
      let (length, distance) = longestMatch(position, end: range.upperBound)
      if length >= Self.shortest {
        tokens.append(Token(value: length, distance: distance))
        for place in position..<position + length { insert(place) }
        position += length
      } else {
        tokens.append(Token(value: Int(bytes[position]), distance: 0))
        insert(position)
        position += 1
      }
    }
    return tokens
  }

  private func longestMatch(_ position: Int, end: Int) -> (length: Int, distance: Int) {
    let limit = min(Self.lengths.upperBound, end - position)
    var best = (length: 0, distance: 0)
    guard limit >= Self.shortest else { return best }
    var candidate = latest[hash(position)]
    for _ in 0..<Self.effort {
      guard candidate >= 0, position - candidate <= Self.windowLength else { break }
      // One that is longer has the next byte right too.
      if best.length == 0 || bytes[candidate + best.length] == bytes[position + best.length] {
        var length = 0
        while length < limit && bytes[candidate + length] == bytes[position + length] {
          length += 1
        }
        if length > best.length { best = (length, position - candidate) }
        if length == limit { break }
      }
      candidate = previous[candidate % Self.windowLength]
    }
    return best
  }

  private mutating func insert(_ position: Int) {
    guard position + 2 < bytes.count else { return }
    let hash = hash(position)
    previous[position % Self.windowLength] = latest[hash]
    latest[hash] = position
  }

  private func hash(_ position: Int) -> Int {
    let word =
      UInt32(bytes[position]) | UInt32(bytes[position + 1]) << 8
      | UInt32(bytes[position + 2]) << 16
    return Int((word &* 0x9E37_79B1) >> 17)
  }
}

/// Bytes that are filled bit by bit, from the lowest.
private struct BitWriter {
  private(set) var bytes: [UInt8] = []
  private var buffer: UInt64 = 0
  private var bufferCount = 0

  var bitCount: Int { 8 * bytes.count + bufferCount }

  /// Appends up to 32 bits.
  mutating func append(_ bits: UInt32, _ count: Int) {
    buffer |= UInt64(bits) << bufferCount
    bufferCount += count
    while bufferCount >= 8 {
      bytes.append(UInt8(truncatingIfNeeded: buffer))
      buffer >>= 8
      bufferCount -= 8
    }
  }

  /// Fills the last byte with zeros.
  mutating func align() { append(0, -bufferCount & 7) }

  /// Appends whole bytes at the end of one.
  mutating func append(_ bytes: some Sequence<UInt8>) { self.bytes.append(contentsOf: bytes) }

  mutating func append(_ other: BitWriter) {
    for byte in other.bytes { append(UInt32(byte), 8) }
    append(UInt32(truncatingIfNeeded: other.buffer), other.bufferCount)
  }

  mutating func append(_ symbol: Token.Symbol, _ code: HuffmanCode) {
    append(code.codes[symbol.index], code.lengths[symbol.index])
    append(UInt32(symbol.extra), symbol.extraCount)
  }

  /// Appends the lengths of both codes of a block, which have a code of their own.
  mutating func append(_ symbolCode: HuffmanCode, _ distanceCode: HuffmanCode) {
    let counts = [symbolCode, distanceCode].map {
      ($0.lengths.lastIndex { $0 > 0 } ?? 0) + 1
    }
    // Of the symbols there are 257 at least: the bytes and the end.
    let lengths = symbolCode.lengths[..<counts[0]] + distanceCode.lengths[..<counts[1]]
    let code = HuffmanCode(
      frequencies: lengths.reduce(into: [Int](repeating: 0, count: 19)) { $0[$1] += 1 }, limit: 7)
    let order = Deflate.lengthOrder
    let orderCount = (order.lastIndex { code.lengths[$0] > 0 } ?? 0) + 1
    append(UInt32(counts[0] - 257), 5)
    append(UInt32(counts[1] - 1), 5)
    append(UInt32(orderCount - 4), 4)
    for length in order[..<orderCount] { append(UInt32(code.lengths[length]), 3) }
    for length in lengths { append(code.codes[length], code.lengths[length]) }
  }
}

extension UInt32 {
  /// The four bytes, the highest first.
  var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian, Array.init) }
}
