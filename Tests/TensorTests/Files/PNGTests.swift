import Tensor
import Testing

@Suite struct PNGTests {
  /// What a file has, read back without the code under test.
  struct Image {
    var width = 0
    var height = 0
    var colour = 0
    var pixels: [UInt8] = []
    var chunks: [(type: String, data: [UInt8])] = []
    var filters: Set<UInt8> = []

    init(_ file: [UInt8]) throws {
      try #require(Array(file.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
      var position = 8
      func number(_ start: Int) -> Int { file[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
      while position < file.count {
        let length = number(position)
        let body = file[position + 4..<position + 8 + length]
        var crc: UInt32 = .max
        for byte in body {
          crc ^= UInt32(byte)
          for _ in 0..<8 { crc = crc & 1 == 1 ? 0xEDB8_8320 ^ crc >> 1 : crc >> 1 }
        }
        #expect(number(position + 8 + length) == Int(~crc))
        chunks.append((String(decoding: body.prefix(4), as: UTF8.self), Array(body.dropFirst(4))))
        position += 12 + length
      }
      let header = chunks[0].data
      try #require(chunks[0].type == "IHDR" && header.count == 13 && chunks.last?.type == "IEND")
      width = header[..<4].reduce(0) { $0 << 8 | Int($1) }
      height = header[4..<8].reduce(0) { $0 << 8 | Int($1) }
      colour = Int(header[9])
      #expect(header[8] == 8 && header[10...] == [0, 0, 0])
      let data = chunks.filter { $0.type == "IDAT" }.flatMap(\.data)
      try unfilter(ReferenceInflate.zlib(data).bytes)
    }

    private mutating func unfilter(_ rows: [UInt8]) throws {
      let pixel = colour == 0 ? 1 : 3
      let length = width * pixel
      try #require(rows.count == height * (length + 1))
      for row in 0..<height {
        let filter = rows[row * (length + 1)]
        filters.insert(filter)
        for i in 0..<length {
          let left = i >= pixel ? Int(pixels[row * length + i - pixel]) : 0
          let above = row > 0 ? Int(pixels[(row - 1) * length + i]) : 0
          let corner = row > 0 && i >= pixel ? Int(pixels[(row - 1) * length + i - pixel]) : 0
          let estimate = left + above - corner
          let nearest = [left, above, corner].enumerated()
            .min { (abs(estimate - $0.1), $0.0) < (abs(estimate - $1.1), $1.0) }
          let predictions = [0, left, above, (left + above) / 2, nearest?.element ?? 0]
          try #require(filter < 5)
          let prediction = UInt8(predictions[Int(filter)])
          pixels.append(rows[row * (length + 1) + 1 + i] &+ prediction)
        }
      }
    }
  }

  @Test(arguments: [
    [1, 1], [1, 7, 3], [7, 1, 1], [5, 3], [28, 28], [17, 19, 3], [64, 48, 3],
  ])
  func readsBackImages(_ shape: [Int]) throws {
    var generator = PhiloxGenerator(seed: 1)
    let noise = (0..<shape.product).map { _ in UInt8(truncatingIfNeeded: generator.next32()) }
    let channels = shape.count == 3 ? shape[2] : 1
    let smooth = (0..<shape.product).map { i in
      let (x, y) = (i / channels % shape[1], i / channels / shape[1])
      return UInt8(truncatingIfNeeded: 3 * x + (y < 32 ? 2 * y : 200 - y) + i % channels * 40)
    }
    for pixels in [noise, smooth] {
      let file = try PNG.encoded(Tensor(pixels, shape: shape))
      let image = try Image(file)
      #expect(image.width == shape[1] && image.height == shape[0])
      #expect(image.colour == (channels == 3 ? 2 : 0))
      #expect(image.pixels == pixels)
      if pixels == smooth && pixels.count > 5000 { #expect(file.count < pixels.count / 8) }
    }
  }

  @Test func usesEveryFilter() throws {
    var rows: [UInt8] = []
    for y in 0..<40 {
      for x in 0..<64 {
        let value =
          switch y / 8 {
          case 0: x * x * 7919 >> 4 & 1  // small numbers without a pattern
          case 1: 5 * x + y * y * 31
          case 2: x * x * 7919 >> 3
          case 3: 3 * x + 9 * y
          default: x < 32 ? 40 : 200
          }
        rows.append(UInt8(truncatingIfNeeded: value))
      }
    }
    let image = try Image(PNG.encoded(Tensor(rows, shape: [40, 64])))
    #expect(image.pixels == rows)
    #expect(image.filters.count >= 4, "\(image.filters)")
  }

  @Test func writesViews() throws {
    let tensor = Tensor<UInt8>([1, 2, 3, 4, 5, 6], shape: [2, 3]).transposed()
    #expect(try Image(PNG.encoded(tensor)).pixels == [1, 4, 2, 5, 3, 6])
  }

  @Test func writesTexts() throws {
    let image = try Image(
      PNG.encoded(
        Tensor([0], shape: [1, 1]),
        text: [("parameters", "a cat\nSteps: 20"), ("Größe", "é"), ("prompt", "猫"), ("empty", "")]))
    let chunks = image.chunks
    #expect(chunks.map(\.type) == ["IHDR", "tEXt", "tEXt", "iTXt", "tEXt", "IDAT", "IEND"])
    #expect(chunks[1].data == Array("parameters\0a cat\nSteps: 20".utf8))
    #expect(chunks[2].data == [0x47, 0x72, 0xF6, 0xDF, 0x65, 0, 0xE9])
    #expect(chunks[3].data == Array("prompt\0\0\0\0\0猫".utf8))
    #expect(chunks[4].data == Array("empty\0".utf8))
  }

  @Test func refusesKeywords() throws {
    let image = Tensor<UInt8>([0], shape: [1, 1])
    let keywords = [
      "", " a", "a ", "a  b", "a\0b", "a\nb", "猫", "\u{A0}", "\u{80}",
      String(repeating: "a", count: 80),
    ]
    for keyword in keywords {
      #expect(throws: PNGError.keyword(keyword)) {
        try PNG.encoded(image, text: [(keyword, "")])
      }
    }
    #expect(throws: Never.self) {
      try PNG.encoded(image, text: [(String(repeating: "a", count: 79), ""), ("a b c", "")])
    }
  }

  @Test func refusesTexts() throws {
    let image = Tensor<UInt8>([0], shape: [1, 1])
    #expect(throws: PNGError.zeroCharacter(keyword: "a")) {
      try PNG.encoded(image, text: [("a", "b\0c")])
    }
    let long = String(repeating: "é", count: 1 << 19)
    #expect(throws: Never.self) { try PNG.encoded(image, text: [("a", long)]) }
    #expect(throws: PNGError.textTooLong(keyword: "a", byteCount: 1 << 20 + 1)) {
      try PNG.encoded(image, text: [("a", long + "a")])
    }
  }

  @Test(arguments: [
    [], [3], [0, 3], [3, 0], [0, 0, 3], [2, 2, 2], [2, 2, 4], [1, 2, 2, 3], [2, 2, 0],
  ])
  func refusesShapes(_ shape: [Int]) throws {
    let error = #expect(throws: PNGError.self) {
      try PNG.encoded(Tensor(repeating: 0, shape: shape))
    }
    #expect(error == .shape(shape))
  }

  @Test func refusesLargeImages() throws {
    let side = Tensor<UInt8>(repeating: 0, shape: [1_000_001, 1])
    #expect(throws: PNGError.shape([1_000_001, 1])) { try PNG.encoded(side) }
    #expect(throws: PNGError.shape([1, 1_000_001])) { try PNG.encoded(side.transposed()) }
  }

  @Test func writesFiles() throws {
    let directory = try TemporaryDirectory()
    let image = Tensor<UInt8>([0, 128, 255, 7], shape: [2, 2])
    try PNG.write(image, to: directory.file("a.png"), text: [("a", "b")])
    #expect(try directory.read("a.png") == PNG.encoded(image, text: [("a", "b")]))
    let missing = directory.file("missing/a.png")
    #expect(throws: PNGError.file(.unwritable(path: missing, code: 2))) {
      try PNG.write(image, to: missing)
    }
    #expect(throws: PNGError.shape([4])) {
      try PNG.write(image.reshaped([4]), to: directory.file("b.png"))
    }
    #expect(try directory.names == ["a.png"])
  }
}
