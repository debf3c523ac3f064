/// The checksums of compressed files.
enum Checksum {
  /// CRC-32 of ISO 3309, which ZIP members and PNG chunks have.
  ///
  /// Eight bytes at a time (Kounavis and Berry, "A systematic approach to building high performance,
  /// software-based, CRC generators", 2005).
  ///
  /// - Parameters:
  ///   - bytes: The bytes.
  ///   - before: The checksum of those before them.
  /// - Returns: The checksum of all.
  static func crc32(_ bytes: UnsafeRawBufferPointer, after before: UInt32 = 0) -> UInt32 {
    crcTables.withUnsafeBufferPointer { tables in
      var crc = ~before
      var position = 0
      while bytes.count - position >= 8 {
        let word =
          UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
          ^ UInt64(crc)
        crc = 0
        for place in 0..<8 {
          crc ^= tables[(7 - place) << 8 + Int(truncatingIfNeeded: word >> (8 * place)) & 255]
        }
        position += 8
      }
      for byte in bytes[position...] { crc = tables[Int((crc ^ UInt32(byte)) & 255)] ^ crc >> 8 }
      return ~crc
    }
  }

  /// CRC-32 of the bytes of an array.
  static func crc32(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { crc32($0) } }

  /// Adler-32 of RFC 1950, which zlib streams have.
  static func adler32(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var (a, b): (UInt32, UInt32) = (1, 0)
    // As many bytes as neither sum can overflow on.
    for start in stride(from: 0, to: bytes.count, by: 5552) {
      for byte in bytes[start..<min(start + 5552, bytes.count)] {
        a &+= UInt32(byte)
        b &+= a
      }
      a %= 65521
      b %= 65521
    }
    return b << 16 | a
  }

  /// The checksum of each byte with 0 to 7 zeros behind it.
  private static let crcTables: [UInt32] = {
    var tables = (UInt32(0)..<256).map { byte in
      (0..<8).reduce(byte) { crc, _ in crc & 1 == 1 ? 0xEDB8_8320 ^ crc >> 1 : crc >> 1 }
    }
    for index in 256..<2048 {
      let crc = tables[index - 256]
      tables.append(tables[Int(crc & 255)] ^ crc >> 8)
    }
    return tables
  }()
}
