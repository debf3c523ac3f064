import Tensor
import Testing

/// One hostile archive for each rule.
@Suite struct ZipDefectTests {
  typealias Entry = ZipBytes.Entry

  static let array: [UInt8] = {
    let text = "{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }\n"
    return [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0] + little(UInt16(text.utf8.count))
      + Array(text.utf8) + [7, 8, 9]
  }()

  static let a = Entry("a.npy", array), b = Entry("b.npy", array)

  func elements(_ archive: ZipBytes) throws -> [[UInt8]?] {
    let file = try NumPyArchive(Storage(archive.bytes), path: "x")
    return try file.names.map { try file.tensor(named: $0).tensor(of: UInt8.self)?.elements }
  }

  func expect(
    _ error: ZipError, _ archive: ZipBytes, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      throws: NumPyError.malformed(path: "x", .archive(error)), sourceLocation: sourceLocation
    ) { try elements(archive) }
    #expect(!"\(error)".isEmpty)
  }

  @Test func readsArchives() throws {
    let archive = ZipBytes(Self.a, Self.b)
    let expected: [[UInt8]?] = [[7, 8, 9], [7, 8, 9]]
    #expect(try elements(archive) == expected)
    #expect(try elements(ZipBytes()).isEmpty)
    #expect(try elements(archive.with { $0.comment = [1, 2, 3] }) == expected)
    #expect(try elements(archive.with { $0.isWide = true }) == expected)
    #expect(
      try elements(
        archive.with {
          $0.isWide = true
          $0.count = 0xFFFF
          $0.entries[0].isWide = true
        }) == expected)
    #expect(try elements(ZipBytes(Entry("folder/", []), Self.a)).count == 1)
    // A description of the sizes behind an entry.
    let open = Self.a.with {
      $0.flags = 8
      $0.localByteCount = 0
      $0.behind = [UInt8](repeating: 1, count: 16)
    }
    #expect(try elements(ZipBytes(open, Self.b)) == expected)
  }

  @Test func refusesDirectories() {
    let archive = ZipBytes(Self.a, Self.b)
    for bytes in [[], Array("PK".utf8), Array(archive.bytes.dropLast()), archive.bytes + [0]] {
      #expect(throws: NumPyError.malformed(path: "x", .archive(.noDirectory))) {
        try NumPyArchive(Storage(bytes), path: "x")
      }
    }
    expect(.noDirectory, archive.with { $0.commentLength = 7 })
    expect(.disks, archive.with { $0.disk = 1 })
    expect(.disks, archive.with { $0.countHere = 1 })
    expect(.directory, archive.with { $0.count = 1 })
    expect(.directory, archive.with { $0.count = 3 })
    expect(.directory, archive.with { $0.directoryStart = 0 })
    expect(.directory, archive.with { $0.behindDirectory = [0] })
    expect(
      .directory,
      archive.with {
        $0.isWide = true
        $0.wideCount = 3
      })
    expect(
      .directory,
      archive.with {
        $0.isWide = true
        ($0.count, $0.wideCount) = (0xFFFF, .max)
      })
  }

  @Test func refusesTooManyEntries() {
    let count = Int64((1 << 20) + 1)
    let size = 46 * count
    var file = [UInt8](repeating: 0, count: Int(size))
    file += little(UInt32(0x0606_4B50), Int64(44), UInt16(45), UInt16(45), Int64(0), count, count)
    file += little(size, Int64(0), UInt32(0x0706_4B50), UInt32(0), size, UInt32(1))
    file += little(UInt32(0x0605_4B50), UInt16(0), UInt16(0), UInt16.max, UInt16.max)
    file += little(UInt32(size), UInt32(0), UInt16(0))
    #expect(throws: NumPyError.malformed(path: "x", .archive(.entryCount(Int(count))))) {
      try NumPyArchive(Storage(file), path: "x")
    }
  }

  @Test func refusesNames() {
    for name: [UInt8] in [[], [0x61, 0], [0xFF], [UInt8](repeating: 0x61, count: 4097)] {
      expect(.name, ZipBytes(Self.a.with { $0.name = name }))
    }
    expect(.duplicateName("a.npy"), ZipBytes(Self.a, Self.a))
  }

  @Test func refusesKindsOfEntries() {
    for flags: UInt16 in [1, 1 << 5, 1 << 6, 1 << 13] {
      expect(.flags("a.npy", flags), ZipBytes(Self.a.with { $0.flags = flags }))
    }
    for method: UInt16 in [1, 9, 12, 14, 93, 99] {
      expect(.method("a.npy", method), ZipBytes(Self.a.with { $0.method = method }))
    }
  }

  @Test func refusesPlaces() {
    let count = Self.array.count
    // Both at one place; bytes before the first, between two and behind the last that are nobody's.
    expect(
      .contradiction("b.npy"), ZipBytes(Self.a, Self.b.with { $0.start = 0 }))
    expect(.place("a.npy"), ZipBytes(Self.a.with { $0.before = [0] }))
    expect(.place("b.npy"), ZipBytes(Self.a, Self.b.with { $0.before = [0] }))
    expect(.directory, ZipBytes(Self.a.with { $0.behind = [0] }))
    expect(.place("a.npy"), ZipBytes(Self.a.with { $0.start = 3 }))
    expect(.place("a.npy"), ZipBytes(Self.a.with { $0.start = 0xFFFF_FFF0 }))
    // An entry within another one.
    let inner = ZipBytes(Self.b).bytes.prefix(30 + 5 + count)
    let outer = Entry("a.npy", Array(inner))
    expect(.place("b.npy"), ZipBytes(outer, Self.b.with { $0.start = 35 }, Entry("c.npy", [])))
  }

  @Test func refusesContradictions() {
    let name = Array("b.npy".utf8)
    expect(.contradiction("a.npy"), ZipBytes(Self.a.with { $0.localName = name }))
    expect(.contradiction("a.npy"), ZipBytes(Self.a.with { $0.localMethod = 8 }))
    expect(.contradiction("a.npy"), ZipBytes(Self.a.with { $0.localByteCount = 1 }))
  }

  @Test func refusesSizesAndSums() {
    let count = Self.array.count
    let stream = Self.array.withUnsafeBytes { Deflate.bare($0) }
    let compressed = Self.a.with {
      ($0.data, $0.method, $0.byteCount) = (stream, 8, count)
      $0.checksum = ZipBytes.crc32(Self.array)
    }
    #expect(throws: Never.self) { try elements(ZipBytes(compressed)) }
    expect(.size("a.npy"), ZipBytes(Self.a.with { $0.byteCount = count + 1 }))
    expect(.size("a.npy"), ZipBytes(compressed.with { $0.byteCount = 1 << 30 }))
    expect(.checksum("a.npy"), ZipBytes(Self.a.with { $0.checksum = 1 }))
    expect(.checksum("a.npy"), ZipBytes(compressed.with { $0.checksum = 1 }))
    expect(
      .stream("a.npy", .bytesBehindEnd(count: 1)), ZipBytes(compressed.with { $0.data += [0] }))
    expect(
      .stream("a.npy", .truncated), ZipBytes(compressed.with { $0.data = Array(stream.dropLast()) })
    )
  }

  @Test func refusesWhatIsNoArray() {
    func expect(_ defect: NumPyError.Defect, _ entry: Entry) {
      #expect(throws: NumPyError.malformed(path: "x", defect)) { try elements(ZipBytes(entry)) }
      #expect(!"\(defect)".isEmpty)
    }
    expect(.entry("a.txt"), Entry("a.txt", []))
    expect(.array("a", .noHeader), Entry("a.npy", []))
    expect(.array("a", .headerPastEnd), Entry("a.npy", Array(Self.array.prefix(30))))
    expect(.array("a", .size(expected: 3, found: 2)), Entry("a.npy", Self.array.dropLast()))
  }
}
