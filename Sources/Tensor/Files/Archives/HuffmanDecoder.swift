/// Reads the symbols of a code whose lengths are known; `HuffmanCode` makes such codes.
struct HuffmanDecoder {
  /// Codes of so many bits are looked up, longer ones are read bit by bit.
  private static let tableBitCount = 10
  /// The greatest length of a code.
  private static let limit = 15

  /// For all values of the next bits: the symbol and the length of its code, which has 4 bits; zero
  /// where the code is longer or there is none.
  private var table = [UInt16](repeating: 0, count: 1 << tableBitCount)
  /// How many codes there are of each length.
  private var counts = [Int](repeating: 0, count: limit + 1)
  /// The symbols in the order of their codes.
  private let symbols: [Int]

  /// The code of these lengths, 15 at most; nil where there is none.
  ///
  /// - Parameters:
  ///   - lengths: The number of bits of each symbol; zero where it does not occur.
  ///   - mayBeIncomplete: Whether a code of one symbol with one bit, or of none, is allowed.
  init?(lengths: [Int], mayBeIncomplete: Bool) {
    symbols = lengths.indices.filter { lengths[$0] > 0 }
      .sorted { (lengths[$0], $0) < (lengths[$1], $1) }
    for length in lengths where length > 0 { counts[length] += 1 }
    var free = 1
    for length in 1...Self.limit {
      free = 2 * free - counts[length]
      guard free >= 0 else { return nil }
    }
    let longest = counts.lastIndex { $0 > 0 } ?? 0
    guard free == 0 || mayBeIncomplete && longest <= 1 else { return nil }
    for (symbol, code) in HuffmanCode.codes(lengths).enumerated()
    where (1...Self.tableBitCount).contains(lengths[symbol]) {
      let entry = UInt16(symbol << 4 | lengths[symbol])
      for place in stride(from: Int(code), to: table.count, by: 1 << lengths[symbol]) {
        table[place] = entry
      }
    }
  }

  /// The symbol that bits begin with, the first in the lowest place, and its length; nil where no
  /// code begins so.
  @inline(__always)
  func symbol(_ bits: UInt64) -> (symbol: Int, length: Int)? {
    let entry = Int(table[Int(truncatingIfNeeded: bits) & (1 << Self.tableBitCount - 1)])
    return entry > 0 ? (entry >> 4, entry & 15) : longSymbol(bits)
  }

  /// Codes of one length are consecutive, and begin where the shorter ones end.
  private func longSymbol(_ bits: UInt64) -> (symbol: Int, length: Int)? {
    var (code, first, index) = (0, 0, 0)
    for length in 1...Self.limit {
      code = code << 1 | Int(truncatingIfNeeded: bits >> (length - 1)) & 1
      first <<= 1
      if code - first < counts[length] { return (symbols[index + code - first], length) }
      first += counts[length]
      index += counts[length]
    }
    return nil
  }
}
