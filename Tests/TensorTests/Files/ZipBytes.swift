/// A ZIP archive put together by hand, right or wrong.
struct ZipBytes {
  /// An entry, and what the archive says of it where that is not true.
  struct Entry {
    var name: [UInt8]
    var data: [UInt8]
    var method: UInt16 = 0
    var flags: UInt16 = 0
    var byteCount: Int?
    var checksum: UInt32?
    var start: Int?
    /// What stands before the entry itself.
    var localName: [UInt8]?
    var localMethod: UInt16?
    var localByteCount: Int?
    /// Whether the sizes are 64-bit numbers.
    var isWide = false
    /// Fields besides in the directory.
    var extra: [UInt8] = []
    /// Bytes before and behind it that belong to no entry.
    var before: [UInt8] = [], behind: [UInt8] = []

    init(_ name: String, _ data: [UInt8]) { (self.name, self.data) = (Array(name.utf8), data) }

    /// The same with changes.
    func with(_ change: (inout Entry) -> Void) -> Entry {
      var entry = self
      change(&entry)
      return entry
    }
  }

  var entries: [Entry]
  /// The number of entries that the archive says it has.
  var count: Int?
  /// Where the archive says that its directory is.
  var directoryStart: Int?
  var disk: UInt16 = 0
  var countHere: UInt16?
  var behindDirectory: [UInt8] = []
  var comment: [UInt8] = []
  var commentLength: Int?
  /// Whether the end is repeated in 64 bits, and what it then says of the number of entries.
  var isWide = false
  var wideCount: Int?

  init(_ entries: Entry...) { self.entries = entries }

  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { crc, byte in
      (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in
        crc & 1 == 1 ? 0xEDB8_8320 ^ crc >> 1 : crc >> 1
      }
    }
  }

  var bytes: [UInt8] {
    var (file, directory): ([UInt8], [UInt8]) = ([], [])
    for entry in entries {
      file += entry.before
      let start = entry.start ?? file.count
      let (stored, full) = (entry.data.count, entry.byteCount ?? entry.data.count)
      let checksum = entry.checksum ?? Self.crc32(entry.data)
      let sizes = little(UInt16(1), UInt16(16), Int64(full), Int64(stored))
      let extra = entry.isWide ? sizes : []
      let fields = extra + entry.extra
      let localName = entry.localName ?? entry.name
      file += little(
        UInt32(0x0403_4B50), UInt16(20), entry.flags, entry.localMethod ?? entry.method,
        UInt32(0), checksum)
      file += little(
        entry.isWide ? UInt32.max : UInt32(stored),
        entry.isWide ? UInt32.max : UInt32(entry.localByteCount ?? full), UInt16(localName.count),
        UInt16(extra.count))
      file += localName + extra + entry.data + entry.behind
      directory += little(
        UInt32(0x0201_4B50), UInt16(20), UInt16(20), entry.flags, entry.method, UInt32(0), checksum)
      directory += little(
        entry.isWide ? UInt32.max : UInt32(stored), entry.isWide ? UInt32.max : UInt32(full),
        UInt16(entry.name.count), UInt16(fields.count))
      directory += little(UInt16(0), UInt16(0), UInt16(0), UInt32(0), UInt32(start))
      directory += entry.name + fields
    }
    let start = directoryStart ?? file.count
    file += directory + behindDirectory
    let size = directory.count
    if isWide {
      let end = file.count
      let count = Int64(wideCount ?? entries.count)
      file += little(UInt32(0x0606_4B50), Int64(44), UInt16(45), UInt16(45), Int64(0), count, count)
      file += little(Int64(size), Int64(start))
      file += little(UInt32(0x0706_4B50), UInt32(0), Int64(end), UInt32(1))
    }
    let count = UInt16(self.count ?? entries.count)
    file += little(UInt32(0x0605_4B50), disk, disk, countHere ?? count, count)
    file += little(UInt32(size), UInt32(start), UInt16(commentLength ?? comment.count))
    return file + comment
  }

  /// The same with changes.
  func with(_ change: (inout ZipBytes) -> Void) -> ZipBytes {
    var archive = self
    change(&archive)
    return archive
  }
}
