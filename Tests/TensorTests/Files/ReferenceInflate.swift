/// A plain reader of zlib streams, for tests to read what we write.
struct ReferenceInflate {
  struct Failure: Error {
    let reason: String
  }

  private let bytes: [UInt8]
  private var bit = 0
  private var output: [UInt8] = []
  /// The kinds of blocks met: 0 stored, 2 with codes of their own.
  private(set) var kinds: [Int] = []

  /// The bytes of a stream and the kinds of its blocks.
  static func zlib(_ bytes: [UInt8]) throws -> (bytes: [UInt8], kinds: [Int]) {
    guard bytes.count >= 6, bytes[0] == 0x78, (Int(bytes[0]) << 8 + Int(bytes[1])) % 31 == 0,
      bytes[1] & 0x20 == 0
    else { throw Failure(reason: "header") }
    var inflate = ReferenceInflate(bytes: bytes)
    inflate.bit = 16
    while try !inflate.block() {}
    inflate.bit = (inflate.bit + 7) / 8 * 8
    var (a, b) = (1, 0)
    for byte in inflate.output {
      a = (a + Int(byte)) % 65521
      b = (b + a) % 65521
    }
    var sum = 0
    for _ in 0..<4 { sum = sum << 8 | (try inflate.bits(8)) }
    guard sum == b << 16 | a else { throw Failure(reason: "check sum") }
    guard inflate.bit == 8 * bytes.count else { throw Failure(reason: "bytes behind the end") }
    return (inflate.output, inflate.kinds)
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func bits(_ count: Int) throws -> Int {
    var value = 0
    for i in 0..<count {
      guard bit < 8 * bytes.count else { throw Failure(reason: "end") }
      value |= Int(bytes[bit >> 3] >> (bit & 7) & 1) << i
      bit += 1
    }
    return value
  }

  /// Reads a block, and says whether it is the last.
  private mutating func block() throws -> Bool {
    let isLast = try bits(1) == 1
    let kind = try bits(2)
    kinds.append(kind)
    switch kind {
    case 0:
      bit = (bit + 7) / 8 * 8
      let length = try bits(16)
      guard try bits(16) == ~length & 0xFFFF else { throw Failure(reason: "length") }
      for _ in 0..<length { output.append(UInt8(try bits(8))) }
    case 2: try codedBlock()
    default: throw Failure(reason: "kind of block")
    }
    return isLast
  }

  /// The symbol of each code, which a one stands before, so that zeros at its start count.
  private typealias Code = [Int: Int]

  private func code(_ lengths: [Int]) throws -> Code {
    var (symbols, code) = (Code(), 0)
    for length in 1...15 {
      code <<= 1
      for symbol in lengths.indices where lengths[symbol] == length {
        symbols[1 << length | code] = symbol
        code += 1
      }
      guard code <= 1 << length else { throw Failure(reason: "code") }
    }
    guard code == 1 << 15 else { throw Failure(reason: "incomplete code") }
    return symbols
  }

  private mutating func symbol(_ code: Code) throws -> Int {
    var bits = 1
    while bits < 1 << 16 {
      bits = bits << 1 | (try self.bits(1))
      if let symbol = code[bits] { return symbol }
    }
    throw Failure(reason: "symbol")
  }

  private mutating func codedBlock() throws {
    let (symbolCount, distanceCount) = (try bits(5) + 257, try bits(5) + 1)
    let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    var orderLengths = [Int](repeating: 0, count: 19)
    for index in order[..<(try bits(4) + 4)] { orderLengths[index] = try bits(3) }
    let lengthCode = try code(orderLengths)
    var lengths: [Int] = []
    while lengths.count < symbolCount + distanceCount {
      let length = try symbol(lengthCode)
      guard length < 16 else { throw Failure(reason: "repeated length, which we do not write") }
      lengths.append(length)
    }
    let (symbols, distances) = (
      try code(Array(lengths[..<symbolCount])), try code(Array(lengths[symbolCount...]))
    )
    let lengthBases = [
      3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
      163, 195, 227, 258,
    ]
    let distanceBases = [
      1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537,
      2049,
      3073, 4097, 6145, 8193, 12289, 16385, 24577,
    ]
    while true {
      let symbol = try symbol(symbols)
      if symbol == 256 { return }
      if symbol < 256 {
        output.append(UInt8(symbol))
        continue
      }
      let index = symbol - 257
      let length = lengthBases[index] + (try bits(index == 28 ? 0 : max(0, index / 4 - 1)))
      let code = try self.symbol(distances)
      let distance = distanceBases[code] + (try bits(max(0, code / 2 - 1)))
      guard distance <= output.count else { throw Failure(reason: "distance") }
      for _ in 0..<length { output.append(output[output.count - distance]) }
    }
  }
}
