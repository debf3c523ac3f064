/// Decompression of streams of RFC 1951, bare or in those of RFC 1950 (zlib).
///
/// The caller says how many bytes there are to be and lends the memory for them, so a stream cannot
/// make us take more. None expands to more than `expansionLimit` times its length.
package struct Inflate {
  /// How many bytes a byte of a stream can become: two bits repeat 258 of them.
  package static let expansionLimit = 1032

  private var input: BitReader
  private let output: UnsafeMutableRawBufferPointer
  private let isPrefix: Bool
  /// The number of bytes in the output.
  private var count = 0

  /// Decompresses a stream.
  ///
  /// - Parameters:
  ///   - stream: The stream; bytes behind it are not looked at.
  ///   - output: Memory for as many bytes as it has to become.
  ///   - isPrefix: Whether only the first bytes are wanted, and the rest is not looked at.
  /// - Returns: The length of the stream, or of what was read of it.
  /// - Throws: `InflateError` where the stream is damaged, or becomes fewer or more bytes.
  @discardableResult
  package static func decompress(
    _ stream: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer,
    isPrefix: Bool = false
  ) throws(InflateError) -> Int {
    var inflate = Inflate(input: BitReader(stream), output: output, isPrefix: isPrefix)
    while try !inflate.block() && !inflate.isFinished {}
    guard inflate.count == output.count else {
      throw .tooShort(expected: output.count, found: inflate.count)
    }
    return inflate.input.byteCount
  }

  /// Decompresses a stream of RFC 1950 and compares its checksum.
  ///
  /// - Parameters:
  ///   - stream: The stream, and nothing behind it.
  ///   - output: Memory for as many bytes as it has to become.
  /// - Throws: `InflateError` where the stream is damaged, or becomes fewer or more bytes.
  package static func decompressZlib(
    _ stream: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(InflateError) {
    var reader = ByteReader(stream)
    guard let method = reader.number(UInt8.self), let flags = reader.number(UInt8.self) else {
      throw .truncated
    }
    // Deflate, a window of 32 KB at most, a check on these two bytes, no dictionary.
    guard method & 15 == 8, method >> 4 <= 7, flags & 0x20 == 0,
      (UInt16(method) << 8 | UInt16(flags)).isMultiple(of: 31)
    else { throw .header }
    let rest = UnsafeRawBufferPointer(rebasing: stream[2...])
    reader = ByteReader(rest, from: try decompress(rest, into: output))
    guard let checksum = reader.number(UInt32.self) else { throw .truncated }
    guard checksum.byteSwapped == Checksum.adler32(UnsafeRawBufferPointer(output)) else {
      throw .checksum
    }
    guard reader.remaining == 0 else { throw .bytesBehindEnd(count: reader.remaining) }
  }

  private init(input: BitReader, output: UnsafeMutableRawBufferPointer, isPrefix: Bool) {
    (self.input, self.output, self.isPrefix) = (input, output, isPrefix)
  }

  /// Whether all is there that is wanted.
  private var isFinished: Bool { isPrefix && count == output.count }

  /// Reads a block, and says whether it is the last.
  private mutating func block() throws(InflateError) -> Bool {
    let isLast = try input.bits(1) == 1
    switch try input.bits(2) {
    case 0: try storedBlock()
    case 1: try codedBlock(Self.fixedCodes.symbols, Self.fixedCodes.distances)
    case 2:
      let (symbols, distances) = try codes()
      try codedBlock(symbols, distances)
    default: throw .blockKind
    }
    return isLast
  }

  private mutating func storedBlock() throws(InflateError) {
    input.align()
    let length = try input.bits(16)
    guard try input.bits(16) == ~length & 0xFFFF else { throw .storedLength }
    let wanted = isPrefix ? min(length, output.count - count) : length
    guard wanted <= output.count - count else { throw .tooLong(expected: output.count) }
    let run = try input.run(wanted)
    UnsafeMutableRawBufferPointer(rebasing: output[count..<count + wanted]).copyMemory(from: run)
    count += wanted
  }

  /// The codes of a block without ones of its own.
  private static let fixedCodes = (
    symbols: require(
      HuffmanDecoder(
        lengths: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 },
        mayBeIncomplete: false), "the fixed code of symbols is none"),
    distances: require(
      HuffmanDecoder(lengths: [Int](repeating: 5, count: 32), mayBeIncomplete: false),
      "the fixed code of distances is none")
  )

  /// Reads the codes of a block, whose lengths have a code too.
  private mutating func codes() throws(InflateError) -> (
    symbols: HuffmanDecoder, distances: HuffmanDecoder
  ) {
    let (symbolCount, distanceCount) = (try input.bits(5) + 257, try input.bits(5) + 1)
    guard symbolCount <= 286, distanceCount <= 30 else { throw .code }
    var orderLengths = [Int](repeating: 0, count: 19)
    for symbol in Deflate.lengthOrder[..<(try input.bits(4) + 4)] {
      orderLengths[symbol] = try input.bits(3)
    }
    guard let lengthCode = HuffmanDecoder(lengths: orderLengths, mayBeIncomplete: false) else {
      throw .code
    }
    var lengths: [Int] = []
    while lengths.count < symbolCount + distanceCount {
      let symbol = try input.symbol(lengthCode)
      switch symbol {
      case 16:
        guard let last = lengths.last else { throw .code }
        lengths += repeatElement(last, count: 3 + (try input.bits(2)))
      case 17: lengths += repeatElement(0, count: 3 + (try input.bits(3)))
      case 18: lengths += repeatElement(0, count: 11 + (try input.bits(7)))
      default: lengths.append(symbol)
      }
    }
    guard lengths.count == symbolCount + distanceCount, lengths[Deflate.endSymbol] > 0,
      let symbols = HuffmanDecoder(lengths: Array(lengths[..<symbolCount]), mayBeIncomplete: true),
      let distances = HuffmanDecoder(lengths: Array(lengths[symbolCount...]), mayBeIncomplete: true)
    else { throw .code }
    return (symbols, distances)
  }

  private mutating func codedBlock(
    _ symbols: HuffmanDecoder, _ distances: HuffmanDecoder
  ) throws(InflateError) {
    while !isFinished {
      let symbol = try input.symbol(symbols)
      if symbol < Deflate.endSymbol {
        guard count < output.count else { throw .tooLong(expected: output.count) }
        output[count] = UInt8(symbol)
        count += 1
      } else if symbol == Deflate.endSymbol {
        return
      } else {
        guard symbol <= 285 else { throw .code }
        // The greatest length has a symbol to itself.
        let length =
          symbol == 285 ? 258 : 3 + (try input.value(of: symbol - 257, precision: 2))
        let distanceSymbol = try input.symbol(distances)
        guard distanceSymbol < 30 else { throw .code }
        let distance = 1 + (try input.value(of: distanceSymbol, precision: 1))
        try copy(length, distance)
      }
    }
  }

  /// Repeats bytes, of which those just written may be some.
  private mutating func copy(_ length: Int, _ distance: Int) throws(InflateError) {
    guard distance <= count else { throw .distance }
    let wanted = isPrefix ? min(length, output.count - count) : length
    guard wanted <= output.count - count else { throw .tooLong(expected: output.count) }
    for place in count..<count + wanted { output[place] = output[place - distance] }
    count += wanted
  }
}

/// Reads bits, from the lowest of each byte on.
private struct BitReader {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  private var buffer: UInt64 = 0
  private var bitCount = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The number of bytes of which bits were read.
  var byteCount: Int { position - bitCount / 8 }

  /// Fills the buffer to 56 bits at least, or to the end.
  @inline(__always)
  private mutating func fill() {
    if position <= bytes.count - 8 {
      let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      buffer |= UInt64(littleEndian: word) << UInt64(bitCount)
      position += (63 - bitCount) / 8
      bitCount |= 56
    } else {
      while bitCount <= 56 && position < bytes.count {
        buffer |= UInt64(bytes[position]) << UInt64(bitCount)
        position += 1
        bitCount += 8
      }
    }
  }

  @inline(__always)
  private mutating func skip(_ count: Int) throws(InflateError) {
    guard count <= bitCount else { throw .truncated }
    buffer >>= UInt64(count)
    bitCount -= count
  }

  /// Reads up to 16 bits as a number, the first in its lowest place.
  @inline(__always)
  mutating func bits(_ count: Int) throws(InflateError) -> Int {
    fill()
    let value = Int(truncatingIfNeeded: buffer & (1 << UInt64(count) - 1))
    try skip(count)
    return value
  }

  /// Reads a symbol.
  @inline(__always)
  mutating func symbol(_ code: HuffmanDecoder) throws(InflateError) -> Int {
    fill()
    guard let (symbol, length) = code.symbol(buffer) else {
      throw bitCount < 15 ? .truncated : .code
    }
    try skip(length)
    return symbol
  }

  /// The number that a symbol means with the bits behind it: as many as `precision` bits behind its
  /// first one leave over.
  @inline(__always)
  mutating func value(of symbol: Int, precision: Int) throws(InflateError) -> Int {
    let extraCount = max(symbol >> precision - 1, 0)
    return (symbol - extraCount << precision) << extraCount | (try bits(extraCount))
  }

  /// Skips to the next whole byte.
  mutating func align() {
    buffer >>= UInt64(bitCount % 8)
    bitCount -= bitCount % 8
  }

  /// The next bytes, from a whole one on.
  mutating func run(_ count: Int) throws(InflateError) -> UnsafeRawBufferPointer {
    position = byteCount
    (buffer, bitCount) = (0, 0)
    guard count <= bytes.count - position else { throw .truncated }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }
}

/// What is wrong with a compressed stream.
public enum InflateError: Error, Equatable, Sendable, CustomStringConvertible {
  /// It ends in the middle.
  case truncated
  /// It does not begin as a zlib stream does.
  case header
  /// A block is of a kind that there is not.
  case blockKind
  /// The length of a stored block and its complement do not fit.
  case storedLength
  /// A Huffman code is none, or bits are no symbol of it.
  case code
  /// Something is repeated from before the beginning.
  case distance
  /// It becomes more bytes than so many.
  case tooLong(expected: Int)
  /// It becomes fewer bytes.
  case tooShort(expected: Int, found: Int)
  /// Its checksum is not that of its bytes.
  case checksum
  /// There are so many bytes behind its end.
  case bytesBehindEnd(count: Int)

  /// What is wrong, and what was expected and found.
  public var description: String {
    switch self {
    case .truncated: "the compressed stream is cut off"
    case .header: "the compressed stream does not begin as a zlib stream does"
    case .blockKind: "the compressed stream has a block of an unknown kind"
    case .storedLength: "the compressed stream has a stored block of two lengths"
    case .code: "the compressed stream has an invalid Huffman code"
    case .distance: "the compressed stream repeats what is before its beginning"
    case .tooLong(let expected): "the compressed stream has more than \(expected) bytes"
    case .tooShort(let expected, let found):
      "the compressed stream must have \(expected) bytes, but has \(found)"
    case .checksum: "the check sum of the compressed stream does not fit"
    case .bytesBehindEnd(let count): "there are \(count) bytes behind the compressed stream"
    }
  }
}
