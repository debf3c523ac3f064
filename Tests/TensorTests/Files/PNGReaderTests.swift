import Foundation
import Tensor
import Testing

@Suite struct PNGReaderTests {
  typealias Defect = PNGError.Defect

  static let images: [String] =
    (try? FileManager.default.contentsOfDirectory(atPath: Fixtures.path("formats")))?
    .filter { $0.hasSuffix(".png") && $0 != "large.png" }.sorted() ?? []

  @Test(arguments: images)
  func readsEveryKind(_ name: String) throws {
    let expected = try SafetensorsFile(path: Fixtures.path("formats/pictures.safetensors"))
      .tensor(named: String(name.dropLast(4))).tensor(of: UInt8.self)
    let path = Fixtures.path("formats/\(name)")
    let rgba = try PNG.read(path, as: .rgba)
    #expect(rgba.shape == [11, 13, 4] && rgba.elements == expected?.elements)
    let own = try PNG.read(path)
    let hasAlpha = name.hasPrefix("rgba") || name.contains("alpha") || name.contains("transparent")
    #expect(own.shape[2] == (name.hasPrefix("grey") ? 1 : 3) + (hasAlpha ? 1 : 0))
    let rgb = try PNG.read(path, as: .rgb)
    #expect(rgb.elements == rgba[0..<11, 0..<13, 0..<3].elements)
    let grey = try PNG.read(path, as: .grey).elements
    for (index, value) in grey.enumerated() {
      let pixel = rgb.elements[3 * index..<3 * index + 3].map(Double.init)
      let luma = zip(pixel, [0.299, 0.587, 0.114]).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(Double(value) - luma) <= 0.51)
    }
  }

  @Test func readsBackWhatWeWrite() throws {
    #expect(Self.images.count == 34)
    for shape in [[1, 1], [5, 3], [17, 19, 3], [64, 48, 3]] {
      var generator = PhiloxGenerator(seed: 6)
      let noise = (0..<shape.product).map { _ in UInt8(truncatingIfNeeded: generator.next32()) }
      let file = try PNG.encoded(Tensor(noise, shape: shape))
      #expect(try PNG.read(Storage(file), path: "x").elements == noise)
    }
  }

  #if os(Linux)
  /// Besides the file, the rows as they are in it and the result: 8 and 4 bytes a pixel here.
  @Test func takesLittleMemory() async {
    await #expect(processExitsWith: .success) {
      func peak() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return 1024 * (line.flatMap { Int($0.filter(\.isNumber)) } ?? .max)
      }
      // What the first picture of a process takes.
      _ = try PNG.read(Fixtures.path("formats/rgba-16.png"))
      let before = try peak()
      let pixels = 1_000_000
      let image = try PNG.read(Fixtures.path("formats/large.png"))
      #expect(image.shape == [1000, 1000, 4])
      #expect(try peak() - before < 13 * pixels)
    }
  }
  #endif

  // MARK: Hostile files

  /// A chunk with its check sum, worked out bit by bit.
  static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + data
    var crc = UInt32.max
    for byte in body {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? 0xEDB8_8320 ^ crc >> 1 : crc >> 1 }
    }
    return little(UInt32(data.count).bigEndian) + body + little((~crc).bigEndian)
  }

  static func header(
    width: Int = 2, height: Int = 1, depth: UInt8 = 8, colour: UInt8 = 0,
    rest: [UInt8] = [0, 0, 0]
  ) -> [UInt8] {
    chunk(
      "IHDR",
      little(UInt32(width).bigEndian, UInt32(height).bigEndian) + [depth, colour] + rest)
  }

  static let data = chunk("IDAT", Deflate.zlib([0, 7, 8]))
  static let end = chunk("IEND", [])
  static let colours = chunk("PLTE", [1, 2, 3])

  static func file(_ chunks: [UInt8]...) -> [UInt8] {
    [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunks.flatMap(\.self)
  }

  func expect(
    _ defect: Defect, _ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(throws: PNGError.malformed(path: "x", defect), sourceLocation: sourceLocation) {
      try PNG.read(Storage(bytes), path: "x")
    }
    #expect(!"\(defect)".isEmpty)
  }

  @Test func refusesDamagedChunks() throws {
    let (header, data, end) = (Self.header(), Self.data, Self.end)
    let good = Self.file(header, data, end)
    #expect(try PNG.read(Storage(good), path: "x").elements == [7, 8])
    #expect(try PNG.read(Storage(good + [1]), path: "x").elements == [7, 8])
    expect(.signature, [])
    expect(.signature, Array(good.dropFirst()))
    expect(.truncated, Array(good.dropLast()))
    expect(.truncated, Self.file(header, data))
    expect(.truncated, Self.file(header, little(UInt32(1 << 31).bigEndian) + Array("IDAT".utf8)))
    expect(.chunkType, Self.file(header, Self.chunk("ID1T", []), end))
    expect(.checksum("IDAT"), Self.file(header, data.dropLast() + [data[data.count - 1] ^ 1], end))
    expect(.order("IDAT"), Self.file(data, header, end))
    expect(.order("IDAT"), Self.file(header, data, Self.chunk("tEXt", []), data, end))
    expect(.unknown("IHDR"), Self.file(header, header, data, end))
    expect(.unknown("ABCD"), Self.file(header, Self.chunk("ABCD", []), data, end))
    expect(.missing("IDAT"), Self.file(header, end))
    expect(.chunk("IEND"), Self.file(header, data, Self.chunk("IEND", [1])))
    expect(.chunk("IHDR"), Self.file(Self.chunk("IHDR", [1]), data, end))
  }

  @Test func refusesHeaders() {
    for (depth, colour): (UInt8, UInt8) in [
      (3, 0), (16, 3), (4, 2), (1, 4), (8, 1), (8, 7), (0, 0),
    ] {
      expect(.header, Self.file(Self.header(depth: depth, colour: colour), Self.data, Self.end))
    }
    for rest: [UInt8] in [[1, 0, 0], [0, 1, 0], [0, 0, 2]] {
      expect(.header, Self.file(Self.header(rest: rest), Self.data, Self.end))
    }
    for (width, height) in [(0, 1), (1, 0), (1_000_001, 1), (1, 1_000_001), (100_000, 100_000)] {
      expect(
        .size(width: width, height: height),
        Self.file(Self.header(width: width, height: height), Self.data, Self.end))
    }
    #expect(throws: PNGError.malformed(path: "x", .size(width: 2, height: 1))) {
      try PNG.read(
        Storage(Self.file(Self.header(), Self.data, Self.end)), path: "x", pixelLimit: 1)
    }
  }

  @Test func refusesColours() {
    let (data, end, colours) = (Self.data, Self.end, Self.colours)
    let indexed = Self.header(colour: 3)
    expect(.missing("PLTE"), Self.file(indexed, data, end))
    expect(.colour(7), Self.file(indexed, colours, data, end))
    expect(.chunk("PLTE"), Self.file(indexed, Self.chunk("PLTE", [1, 2]), data, end))
    expect(.chunk("PLTE"), Self.file(indexed, Self.chunk("PLTE", []), data, end))
    let four = Self.chunk("PLTE", [UInt8](repeating: 1, count: 9))
    expect(.chunk("PLTE"), Self.file(Self.header(depth: 1, colour: 3), four, data, end))
    expect(.order("PLTE"), Self.file(indexed, colours, colours, data, end))
    expect(.order("PLTE"), Self.file(Self.header(), colours, data, end))
    expect(.order("PLTE"), Self.file(Self.header(colour: 2), data, colours, end))
    expect(.order("tRNS"), Self.file(indexed, Self.chunk("tRNS", [1]), colours, data, end))
    expect(.chunk("tRNS"), Self.file(indexed, colours, Self.chunk("tRNS", [1, 2]), data, end))
    expect(.chunk("tRNS"), Self.file(Self.header(), Self.chunk("tRNS", [1]), data, end))
    expect(.chunk("tRNS"), Self.file(Self.header(colour: 2), Self.chunk("tRNS", [1]), data, end))
    expect(.order("tRNS"), Self.file(Self.header(colour: 6), Self.chunk("tRNS", [1]), data, end))
  }

  @Test func refusesRows() {
    let end = Self.end
    func file(_ rows: [UInt8]) -> [UInt8] {
      Self.file(Self.header(), Self.chunk("IDAT", Deflate.zlib(rows)), end)
    }
    expect(.filter(5), file([5, 7, 8]))
    expect(.stream(.tooShort(expected: 3, found: 2)), file([0, 7]))
    expect(.stream(.tooLong(expected: 3)), file([0, 7, 8, 9]))
    expect(.stream(.header), Self.file(Self.header(), Self.chunk("IDAT", [0, 0, 0]), end))
    // 64 million pixels in a few bytes.
    expect(
      .stream(.tooShort(expected: 8000 * 8001, found: 0)),
      Self.file(Self.header(width: 8000, height: 8000), Self.data, end))
  }

  @Test func damagedFilesNeverTrap() throws {
    for name in Self.images where name.contains("-4") || name.contains("16") {
      let original = try Fixtures.bytes(name)
      var refused = 0
      for place in original.indices {
        var bytes = original
        bytes[place] ^= 1 << UInt8(place % 8)
        do { _ = try PNG.read(Storage(bytes), path: "x") } catch { refused += 1 }
      }
      #expect(refused > original.count * 9 / 10, "\(name)")
    }
  }
}
