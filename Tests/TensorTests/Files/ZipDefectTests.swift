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
    // Both at one place; bytes before the first, between two and behind the last that are nobody's.
    expect(
      .contradiction("b.npy"), ZipBytes(Self.a, Self.b.with { $0.start = 0 }))
    expect(.place("a.npy"), ZipBytes(Self.a.with { $0.before = [0] }))
    expect(.place("b.npy"), ZipBytes(Self.a, Self.b.with { $0.before = [0] }))
    expect(.directory, ZipBytes(Self.a.with { $0.behind = [0] }))
    expect(.place("a.npy"), ZipBytes(Self.a.with { $0.start = 3 }))
    expect(.place("a.npy"), ZipBytes(Self.a.with { $0.start = 0xFFFF_FFF0 }))
    // An entry within another one.
    // The end of the inner one is the end, and what is before it is not its directory.
    expect(.directory, ZipBytes(Self.a).with { $0.comment = ZipBytes(Self.b).bytes })
    expect(.secondEnd, ZipBytes(Self.a).with { $0.comment = ZipBytes(Self.b).bytes + [0] })
    expect(.secondEnd, ZipBytes(Self.a).with { $0.comment = [1, 0x50, 0x4B, 5, 6] })
  }

  /// Names that are of a code page, or that another field replaces.
  @Test func refusesNamesThatDependOnTheReader() throws {
    let name = Array("ä.npy".utf8)
    expect(.nameEncoding("ä.npy"), ZipBytes(Self.a.with { $0.name = name }))
    let marked = Self.a.with { ($0.name, $0.flags) = (name, 1 << 11) }
    #expect(try elements(ZipBytes(marked)) == [[7, 8, 9]])
    let field = little(UInt16(0x7075), UInt16(10), UInt8(1), UInt32(0)) + Array("c.npy".utf8)
    expect(.nameEncoding("a.npy"), ZipBytes(Self.a.with { $0.extra = field }))
  }

  @Test func comparesNamesByTheirBytes() throws {
    let names = ["\u{E4}.npy", "a\u{308}.npy"]
    var archive = ZipBytes()
    archive.entries = names.map { name in Entry(name, Self.array).with { $0.flags = 1 << 11 } }
    let file = try NumPyArchive(Storage(archive.bytes), path: "x")
    #expect(file.names.map { Array($0.utf8) } == names.map { Array($0.dropLast(4).utf8) })
  }
}
