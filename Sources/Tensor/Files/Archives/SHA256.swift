/// The hash SHA-256 (FIPS 180-4), by which published checkpoints are known.
package struct SHA256 {
  private var state = Self.roots(2)
  /// Bytes that do not fill a block yet.
  private var rest: [UInt8] = []
  private var byteCount: UInt64 = 0

  private static let blockLength = 64

  /// The hash of no bytes.
  package init() {}

  /// The hash of a file's bytes, in hexadecimal digits.
  ///
  /// - Throws: `FileError` where it cannot be read.
  package static func hash(ofFile path: String) throws(FileError) -> String {
    let file = try Storage(mapping: path)
    defer { extendLifetime(file) }
    var hash = SHA256()
    let part = 1 << 24
    for start in stride(from: 0, to: file.byteCount, by: part) {
      let range = start..<min(start + part, file.byteCount)
      hash.update(UnsafeRawBufferPointer(rebasing: file.bytes[range]))
      file.discardPages(range)
    }
    return hash.hexadecimal
  }

  /// Appends bytes to those that are hashed.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    byteCount += UInt64(bytes.count)
    var position = 0
    if !rest.isEmpty {
      position = min(Self.blockLength - rest.count, bytes.count)
      rest += bytes[..<position]
      guard rest.count == Self.blockLength else { return }
      rest.withUnsafeBytes { Self.compress($0, &state) }
      rest = []
    }
    while bytes.count - position >= Self.blockLength {
      Self.compress(
        UnsafeRawBufferPointer(rebasing: bytes[position..<position + Self.blockLength]), &state)
      position += Self.blockLength
    }
    rest += bytes[position...]
  }

  /// The hash of the bytes so far, in 64 hexadecimal digits.
  package var hexadecimal: String {
    var last = self
    let space = -(rest.count + 9) & (Self.blockLength - 1)
    let padding = [0x80] + [UInt8](repeating: 0, count: space)
    (padding + withUnsafeBytes(of: (8 * byteCount).bigEndian, Array.init)).withUnsafeBytes {
      last.update($0)
    }
    return last.state.flatMap(\.bigEndianBytes)
      .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private static func compress(_ block: UnsafeRawBufferPointer, _ state: inout [UInt32]) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { words in
      for index in 0..<16 {
        words[index] = UInt32(
          bigEndian: block.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
      }
      for index in 16..<64 {
        let (a, b) = (words[index - 15], words[index - 2])
        words[index] =
          words[index - 16] &+ words[index - 7] &+ (rotated(a, 7) ^ rotated(a, 18) ^ a >> 3)
          &+ (rotated(b, 17) ^ rotated(b, 19) ^ b >> 10)
      }
      var (a, b, c, d) = (state[0], state[1], state[2], state[3])
      var (e, f, g, h) = (state[4], state[5], state[6], state[7])
      for index in 0..<64 {
        let first =
          h &+ (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) &+ (e & f ^ ~e & g)
          &+ constants[index] &+ words[index]
        let second =
          (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) &+ (a & b ^ a & c ^ b & c)
        (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
      }
      for (index, value) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= value }
    }
  }

  private static func rotated(_ value: UInt32, _ count: UInt32) -> UInt32 {
    value >> count | value << (32 - count)
  }

  private static let constants = roots(3)

  /// The first 32 bits behind the point of the square or cube roots of the first primes, 8 or 64.
  private static func roots(_ degree: Int) -> [UInt32] {
    let primes = (2...311).filter { n in !(2..<n).contains { n.isMultiple(of: $0) } }
    return primes.prefix(degree == 2 ? 8 : 64).map { prime in
      // The greatest x with x^degree <= prime * 2^(32 * degree); x has up to 35 bits.
      var root: UInt64 = 0
      for bit in (0..<36).reversed() {
        let candidate = root | 1 << UInt64(bit)
        let power = (1..<degree).reduce(UInt128(candidate)) { power, _ in
          power * UInt128(candidate)
        }
        if power <= UInt128(prime) << UInt128(32 * degree) { root = candidate }
      }
      return UInt32(truncatingIfNeeded: root)
    }
  }
}
