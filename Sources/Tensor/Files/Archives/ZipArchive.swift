/// The directory of a ZIP archive in a mapped file (PKWARE, APPNOTE 6.3.10), with 64-bit sizes.
///
/// Archives that two programs read differently are refused: those with two entries of one name, with
/// entries that overlap, with bytes that belong to none, whose entries and directory contradict each
/// other, that have another end within the comment at their end, or names that depend on who reads
/// them. Names are names, never paths: nothing is ever written.
struct ZipArchive {
  /// A file in the archive.
  struct Entry: Equatable {
    /// Its name, with slashes.
    let name: String
    /// Whether it is compressed, by Deflate.
    let isCompressed: Bool
    /// The checksum that its bytes must have.
    let checksum: UInt32
    /// Where it is in the archive.
    let byteRange: Range<Int>
    /// The number of its bytes when it is not compressed.
    let byteCount: Int
  }

  /// The entries in the order of the directory, without those of folders.
  let entries: [Entry]
  private let file: Storage

  /// How many entries there may be.
  static let entryLimit = 1 << 20
  /// How long a name may be, in bytes.
  static let nameLimit = 4096

  /// Reads and checks the directory of an archive.
  init(_ file: Storage) throws(ZipError) {
    self.file = file
    let directory = try ZipDirectory(file.bytes)
    guard directory.entryCount <= Self.entryLimit else { throw .entryCount(directory.entryCount) }
    var reader = ByteReader(
      UnsafeRawBufferPointer(rebasing: file.bytes[..<directory.byteRange.upperBound]),
      from: directory.byteRange.lowerBound)
    var entries: [Entry] = []
    var names: Set<NameKey> = []
    var places: [(name: String, place: ZipRecord.Place)] = []
    for _ in 0..<directory.entryCount {
      let record = try ZipRecord(&reader)
      guard names.insert(NameKey(record.name)).inserted else { throw .duplicateName(record.name) }
      let place = try record.place(file.bytes, end: directory.byteRange.lowerBound)
      places.append((record.name, place))
      if !record.name.hasSuffix("/") || record.byteCount > 0 {
        entries.append(
          Entry(
            name: record.name, isCompressed: record.isCompressed, checksum: record.checksum,
            byteRange: place.data, byteCount: record.byteCount))
      }
    }
    guard reader.remaining == 0 else { throw .directory }
    places.sort { $0.place.start < $1.place.start }
    var ends = 0...0
    for (name, place) in places {
      guard ends.contains(place.start) else { throw .place(name) }
      ends = place.ends
    }
    guard ends.contains(directory.byteRange.lowerBound) else { throw .directory }
    self.entries = entries
  }

  /// The bytes of an entry: those of the file, or decompressed ones.
  ///
  /// - Parameters:
  ///   - entry: The entry.
  ///   - count: How many of its first bytes; all of them, and their checksum, where nil.
  /// - Returns: Memory with the bytes, and where they begin in it.
  /// - Throws: `ZipError` where the entry is damaged.
  func bytes(of entry: Entry, first count: Int? = nil) throws(ZipError) -> (Storage, start: Int) {
    let count = min(count ?? entry.byteCount, entry.byteCount)
    var result = (storage: file, start: entry.byteRange.lowerBound)
    if entry.isCompressed {
      let stream = UnsafeRawBufferPointer(rebasing: file.bytes[entry.byteRange])
      let isPrefix = count < entry.byteCount
      result = (Storage(byteCount: count), 0)
      let output = UnsafeMutableRawBufferPointer(start: result.storage.base, count: count)
      let length: Int
      do { length = try Inflate.decompress(stream, into: output, isPrefix: isPrefix) } catch {
        throw .stream(entry.name, error)
      }
      guard isPrefix || length == stream.count else {
        throw .stream(entry.name, .bytesBehindEnd(count: stream.count - length))
      }
    }
    if count == entry.byteCount {
      let bytes = UnsafeRawBufferPointer(start: result.storage.base + result.start, count: count)
      guard Checksum.crc32(bytes) == entry.checksum else { throw .checksum(entry.name) }
    }
    return result
  }
}

/// Where the directory of an archive is, and how many entries it has.
private struct ZipDirectory {
  let entryCount: Int
  let byteRange: Range<Int>

  private static let recordLength = 46

  /// Reads the end of an archive.
  init(_ file: UnsafeRawBufferPointer) throws(ZipError) {
    guard let end = Self.end(file) else { throw .noDirectory }
    // Others take the last signature for the end, whatever the length of the comment.
    guard !Self.hasSignature(file[(end + 1)...]) else { throw .secondEnd }
    var reader = ByteReader(file, from: end + 4)
    guard let disk = reader.number(UInt16.self), let firstDisk = reader.number(UInt16.self),
      let countHere = reader.number(UInt16.self), let count = reader.number(UInt16.self),
      let length = reader.number(UInt32.self), let start = reader.number(UInt32.self)
    else { throw .noDirectory }
    guard disk == firstDisk, disk == 0 || disk == .max, count == countHere else { throw .disks }
    var (entryCount, byteCount, first) = (UInt64(count), UInt64(length), UInt64(start))
    var directoryEnd = end
    if let wide = try Self.wide(file, before: end) {
      guard count == .max || UInt64(count) == wide.entryCount,
        length == .max || UInt64(length) == wide.byteCount,
        start == .max || UInt64(start) == wide.first
      else { throw .directory }
      (entryCount, byteCount, first) = (wide.entryCount, wide.byteCount, wide.first)
      directoryEnd = wide.start
    }
    guard let byteCount = Int(exactly: byteCount), let first = Int(exactly: first),
      let entryCount = Int(exactly: entryCount), first <= directoryEnd,
      byteCount == directoryEnd - first, entryCount <= byteCount / Self.recordLength
    else { throw .directory }
    (self.entryCount, byteRange) = (entryCount, first..<directoryEnd)
  }

  /// The position of the record that ends an archive; behind it is a comment that fills the file.
  private static func end(_ file: UnsafeRawBufferPointer) -> Int? {
    let last = file.count - 22
    guard last >= 0 else { return nil }
    for position in (max(0, last - Int(UInt16.max))...last).reversed() {
      var reader = ByteReader(file, from: position)
      guard reader.number(UInt32.self) == 0x0605_4B50, reader.run(16) != nil,
        let length = reader.number(UInt16.self)
      else { continue }
      if reader.remaining == Int(length) { return position }
    }
    return nil
  }

  /// Whether the signature of an end is in some bytes.
  private static func hasSignature(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
    bytes.indices.dropLast(3).contains { bytes[$0...].starts(with: [0x50, 0x4B, 5, 6]) }
  }

  /// What the record with 64-bit sizes says, which has a locator before the end.
  private static func wide(
    _ file: UnsafeRawBufferPointer, before end: Int
  ) throws(ZipError) -> (entryCount: UInt64, byteCount: UInt64, first: UInt64, start: Int)? {
    var reader = ByteReader(file, from: end - 20)
    guard end >= 20, reader.number(UInt32.self) == 0x0706_4B50 else { return nil }
    guard reader.number(UInt32.self) == 0, let position = reader.number(UInt64.self),
      let start = Int(exactly: position), start <= end - 20 - 56
    else { throw .directory }
    reader = ByteReader(file, from: start)
    guard reader.number(UInt32.self) == 0x0606_4B50, let length = reader.number(UInt64.self),
      length == UInt64(end - 20 - start - 12), reader.run(4) != nil
    else { throw .directory }
    guard reader.number(UInt64.self) == 0, let countHere = reader.number(UInt64.self),
      let count = reader.number(UInt64.self), count == countHere
    else { throw .disks }
    guard let byteCount = reader.number(UInt64.self), let first = reader.number(UInt64.self) else {
      throw .directory
    }
    return (count, byteCount, first, start)
  }
}

/// What the directory of an archive says of an entry.
private struct ZipRecord {
  let name: String
  let flags: UInt16
  let method: UInt16
  let checksum: UInt32
  /// The number of bytes in the archive.
  let storedByteCount: Int
  let byteCount: Int
  /// Where the entry begins.
  let start: Int

  /// Where an entry is.
  struct Place {
    let start: Int
    let data: Range<Int>
    /// Where the next one may begin: behind the data, or a description of them.
    let ends: ClosedRange<Int>
  }

  /// Bits that say nothing of how to read an entry, the fourth, that its sizes may stand behind it,
  /// and the twelfth, that its name is UTF-8.
  private static let allowedFlags: UInt16 = 0b1000_0000_1110
  private static let sizesBehind: UInt16 = 0b1000
  private static let nameIsUTF8: UInt16 = 0b1000_0000_0000
  /// The fields of sizes of 64 bits, and of a name in UTF-8.
  private static let wideSizes: UInt16 = 1, unicodeName: UInt16 = 0x7075

  var isCompressed: Bool { method == 8 }

  /// Reads the next record.
  init(_ reader: inout ByteReader) throws(ZipError) {
    guard reader.number(UInt32.self) == 0x0201_4B50, reader.run(4) != nil,
      let flags = reader.number(UInt16.self), let method = reader.number(UInt16.self),
      reader.run(4) != nil, let checksum = reader.number(UInt32.self),
      let stored = reader.number(UInt32.self), let full = reader.number(UInt32.self),
      let nameLength = reader.number(UInt16.self), let extraLength = reader.number(UInt16.self),
      let commentLength = reader.number(UInt16.self), let disk = reader.number(UInt16.self),
      reader.run(6) != nil, let start = reader.number(UInt32.self),
      let nameBytes = reader.run(Int(nameLength)), let extra = reader.run(Int(extraLength)),
      reader.run(Int(commentLength)) != nil
    else { throw .directory }
    guard (1...ZipArchive.nameLimit).contains(nameBytes.count), !nameBytes.contains(0),
      let name = String(validating: nameBytes, as: UTF8.self)
    else { throw .name }
    guard flags & ~Self.allowedFlags == 0 else { throw .flags(name, flags) }
    // Without the bit, letters beyond ASCII are of an old code page; some readers take the name of
    // another field then.
    guard flags & Self.nameIsUTF8 != 0 || nameBytes.allSatisfy({ $0 < 0x80 }),
      Self.field(Self.unicodeName, extra) == nil
    else { throw .nameEncoding(name) }
    guard method == 0 || method == 8 else { throw .method(name, method) }
    guard disk == 0 || disk == .max else { throw .disks }
    var wide = Self.field(Self.wideSizes, extra)
    func size(_ value: UInt32) throws(ZipError) -> Int {
      guard value == .max else { return Int(value) }
      guard let value = wide?.number(UInt64.self), let size = Int(exactly: value) else {
        throw .directory
      }
      return size
    }
    byteCount = try size(full)
    storedByteCount = try size(stored)
    self.start = try size(start)
    (self.name, self.flags, self.method, self.checksum) = (name, flags, method, checksum)
    let (limit, overflow) = storedByteCount.multipliedReportingOverflow(
      by: Inflate.expansionLimit)
    guard isCompressed ? overflow || byteCount <= limit : byteCount == storedByteCount else {
      throw .size(name)
    }
  }

  /// The field of a kind among those that an entry has besides.
  private static func field(_ kind: UInt16, _ extra: UnsafeRawBufferPointer) -> ByteReader? {
    var reader = ByteReader(extra)
    while let found = reader.number(UInt16.self), let length = reader.number(UInt16.self),
      let field = reader.run(Int(length))
    {
      if found == kind { return ByteReader(field) }
    }
    return nil
  }

  /// Where the entry is, which begins by repeating its record; all entries end before `end`.
  func place(_ file: UnsafeRawBufferPointer, end: Int) throws(ZipError) -> Place {
    guard start < end else { throw .place(name) }
    var reader = ByteReader(UnsafeRawBufferPointer(rebasing: file[..<end]), from: start)
    guard reader.number(UInt32.self) == 0x0403_4B50, reader.run(2) != nil,
      let flags = reader.number(UInt16.self), let method = reader.number(UInt16.self),
      reader.run(8) != nil, let stored = reader.number(UInt32.self),
      let full = reader.number(UInt32.self), let nameLength = reader.number(UInt16.self),
      let extraLength = reader.number(UInt16.self), let nameBytes = reader.run(Int(nameLength)),
      reader.run(Int(extraLength)) != nil
    else { throw .place(name) }
    let isOpen = flags & Self.sizesBehind != 0
    func agrees(_ size: UInt32, _ expected: Int) -> Bool {
      size == .max || Int(size) == expected || isOpen && size == 0
    }
    guard nameBytes.elementsEqual(name.utf8), flags == self.flags, method == self.method,
      agrees(stored, storedByteCount), agrees(full, byteCount)
    else { throw .contradiction(name) }
    let first = reader.position
    guard reader.run(storedByteCount) != nil else { throw .place(name) }
    let dataEnd = reader.position
    return Place(start: start, data: first..<dataEnd, ends: dataEnd...dataEnd + (isOpen ? 24 : 0))
  }
}

/// How a file differs from the ZIP archives we read.
public enum ZipError: Error, Equatable, Sendable, CustomStringConvertible {
  /// It does not end as an archive does.
  case noDirectory
  /// There is another end behind the end, in the comment of the archive.
  case secondEnd
  /// It is spread over several files.
  case disks
  /// The directory is damaged, or not where it is said to be.
  case directory
  /// There are more entries than we read.
  case entryCount(Int)
  /// The name of an entry is empty, too long, or no text.
  case name
  /// The name of an entry has letters beyond ASCII and does not say that it is UTF-8, or there is
  /// another name for the entry.
  case nameEncoding(String)
  /// Two entries have this name.
  case duplicateName(String)
  /// An entry has properties that we do not read, such as being encrypted.
  case flags(String, UInt16)
  /// An entry is compressed by a method that we do not read.
  case method(String, UInt16)
  /// An entry cannot have as many bytes as it is said to have.
  case size(String)
  /// An entry overlaps another one, or there are bytes before it that belong to none.
  case place(String)
  /// An entry is not what the directory says.
  case contradiction(String)
  /// An entry is compressed, but damaged.
  case stream(String, InflateError)
  /// The checksum of an entry is not that of its bytes.
  case checksum(String)

  /// What is wrong, with the name of the entry.
  public var description: String {
    switch self {
    case .noDirectory: "it does not end with the directory of an archive"
    case .secondEnd: "there is the end of another archive in the comment at its end"
    case .disks: "it is one of several files of an archive"
    case .directory: "the directory of the archive is damaged"
    case .entryCount(let count):
      "the archive has \(count) entries; \(ZipArchive.entryLimit) are allowed"
    case .name:
      "an entry's name must be text of 1 to \(ZipArchive.nameLimit) bytes"
    case .nameEncoding(let name):
      "the name of entry \(name.debugDescription) is not marked as UTF-8, or the entry has two names"
    case .duplicateName(let name): "the archive has two entries \(name.debugDescription)"
    case .flags(let name, let flags):
      "entry \(name.debugDescription) is encrypted or of another kind that is not supported "
        + "(flags 0x\(String(flags, radix: 16)))"
    case .method(let name, let method):
      "entry \(name.debugDescription) is compressed by method \(method), which is not supported"
    case .size(let name): "entry \(name.debugDescription) cannot have the size it is said to have"
    case .place(let name):
      "entry \(name.debugDescription) overlaps another one, or bytes before it belong to none"
    case .contradiction(let name):
      "entry \(name.debugDescription) is not what the directory says of it"
    case .stream(let name, let error): "entry \(name.debugDescription): \(error)"
    case .checksum(let name):
      "entry \(name.debugDescription): its check sum is not that of its bytes"
    }
  }
}
