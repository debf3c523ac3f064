/// Writes a ZIP archive, one entry after the other; `ZipArchive` reads it.
///
/// Sizes are 64-bit numbers where they have to be. Equal entries make equal archives: all have the
/// first date that the format knows.
struct ZipWriter: ~Copyable {
  private var file: AtomicFile
  private var directory: [UInt8] = []
  private var entryCount = 0
  /// The number of bytes written.
  private var position = 0

  /// The sizes of an entry in full, and bytes that move its data.
  private enum Field { static let sizes: UInt16 = 1, alignment: UInt16 = 0xD935 }
  /// The date of all entries, 1 January 1980.
  private static let date: UInt16 = 0x0021
  /// The first version of the format that has 64-bit sizes.
  private static let version: UInt16 = 45

  /// Begins an archive, which has its name from `commit` on.
  init(path: String) throws(FileError) { file = try AtomicFile(path: path) }

  /// Appends an entry of a header and what it describes.
  ///
  /// - Parameters:
  ///   - name: The name, with slashes; up to 65535 bytes.
  ///   - header: The first bytes of the entry.
  ///   - body: The other bytes, which begin at a multiple of 64 where they are stored, so that they
  ///     can be mapped.
  ///   - compressed: Whether to compress the entry if that makes it smaller.
  /// - Throws: `FileError` where the file cannot be written.
  mutating func append(
    _ name: String, header: [UInt8], body: UnsafeRawBufferPointer, compressed: Bool
  ) throws(FileError) {
    let byteCount = header.count + body.count
    let checksum = Checksum.crc32(body, after: Checksum.crc32(header))
    let stream = compressed ? (header + body).withUnsafeBytes { Deflate.bare($0) } : []
    let isCompressed = compressed && stream.count < byteCount
    let storedByteCount = isCompressed ? stream.count : byteCount
    let isWide = byteCount >= UInt32.max
    let sizes: [UInt8] =
      isWide ? .littleEndian(Field.sizes, UInt16(16), Int64(byteCount), Int64(storedByteCount)) : []
    let common: [UInt8] = .littleEndian(
      Self.version, UInt16(1 << 11), UInt16(isCompressed ? 8 : 0), UInt16(0), Self.date, checksum,
      UInt32(clamping: isWide ? .max : storedByteCount), UInt32(clamping: byteCount),
      UInt16(name.utf8.count))
    let start = position
    let dataStart = start + 4 + common.count + 2 + name.utf8.count + sizes.count + 6
    let extra = sizes + Self.padding(isCompressed ? 0 : -(dataStart + header.count) & 63)
    try write(
      .littleEndian(UInt32(0x0403_4B50)) + common + .littleEndian(UInt16(extra.count))
        + Array(name.utf8) + extra)
    if isCompressed {
      try write(stream)
    } else {
      try write(header)
      try file.append(body)
      position += body.count
    }
    let isFar = start >= UInt32.max
    let places = Self.places(sizes, start: isFar ? start : nil)
    directory += .littleEndian(UInt32(0x0201_4B50), Self.version) + common
    directory += .littleEndian(
      UInt16(places.count), UInt16(0), UInt16(0), UInt16(0), UInt32(0), UInt32(clamping: start))
    directory += Array(name.utf8) + places
    entryCount += 1
  }

  /// Writes the directory and gives the archive its name.
  mutating func commit() throws(FileError) {
    let start = position
    try write(directory)
    if entryCount >= UInt16.max || position >= UInt32.max {
      let end = position
      try write(
        .littleEndian(
          UInt32(0x0606_4B50), Int64(44), Self.version, Self.version, Int64(0), Int64(entryCount),
          Int64(entryCount), Int64(directory.count), Int64(start)))
      try write(.littleEndian(UInt32(0x0706_4B50), UInt32(0), Int64(end), UInt32(1)))
    }
    let count = UInt16(clamping: entryCount)
    try write(
      .littleEndian(
        UInt32(0x0605_4B50), UInt32(0), count, count, UInt32(clamping: directory.count),
        UInt32(clamping: start), UInt16(0)))
    try file.commit()
  }

  private mutating func write(_ bytes: [UInt8]) throws(FileError) {
    try file.append(bytes)
    position += bytes.count
  }

  private static func padding(_ count: Int) -> [UInt8] {
    .littleEndian(Field.alignment, UInt16(2 + count), UInt16(64))
      + [UInt8](repeating: 0, count: count)
  }

  /// The sizes again, with where the entry begins if that needs 64 bits.
  private static func places(_ sizes: [UInt8], start: Int?) -> [UInt8] {
    guard let start else { return sizes }
    let values = sizes.dropFirst(4) + [UInt8].littleEndian(Int64(start))
    return .littleEndian(Field.sizes, UInt16(values.count)) + values
  }
}

extension [UInt8] {
  /// The bytes of numbers, the lowest of each first.
  static func littleEndian<each Number: FixedWidthInteger>(
    _ number: repeat each Number
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    for number in repeat each number {
      Swift.withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
    return bytes
  }
}
