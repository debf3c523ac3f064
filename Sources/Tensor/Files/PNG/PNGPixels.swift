/// The pixels of an image, read row by row.
///
/// Besides the result, memory is taken for the rows as they are in the file.
struct PNGPixels {
  private let chunks: PNGChunks
  private let channels: PNG.Channels
  /// The colour that is transparent, where one is.
  private let transparent: [UInt16]?
  /// The image of 8 bits, of shape [H, W, C].
  private let pixels: Tensor<UInt8>

  typealias Defect = PNGError.Defect

  private var header: PNGHeader { chunks.header }

  /// Reads an image in 8 bits.
  ///
  /// - Parameters:
  ///   - chunks: What the file holds of the image.
  ///   - channels: What the numbers of a pixel are to be; those of the file where nil.
  /// - Returns: The image, of shape [H, W, C].
  /// - Throws: `PNGError.Defect` where the rows are damaged, or a sample is not in the palette.
  static func read(
    _ chunks: PNGChunks, as channels: PNG.Channels?
  ) throws(Defect) -> Tensor<UInt8> {
    let rows = try rows(of: chunks)
    let reader = PNGPixels(chunks, channels)
    let bytes = UnsafeMutableRawBufferPointer(start: rows.base, count: rows.byteCount)
    try reader.read(bytes)
    extendLifetime(rows)
    return reader.pixels
  }

  private init(_ chunks: PNGChunks, _ channels: PNG.Channels?) {
    let colour = chunks.header.colour
    let hasAlpha = chunks.transparency != nil || colour == .greyAlpha || colour == .rgba
    let isGrey = colour == .grey || colour == .greyAlpha
    self.chunks = chunks
    self.channels = channels ?? (isGrey ? hasAlpha ? .greyAlpha : .grey : hasAlpha ? .rgba : .rgb)
    transparent = chunks.transparency.map { bytes in
      stride(from: 0, to: bytes.count - 1, by: 2).map {
        UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
      }
    }
    // All of its elements are written: every pixel is in one of the passes.
    pixels = Tensor(
      uninitialized: [chunks.header.height, chunks.header.width, self.channels.rawValue])
  }

  /// Decompresses the rows of an image.
  private static func rows(of chunks: PNGChunks) throws(Defect) -> Storage {
    let byteCount = chunks.header.byteCount
    // Before memory is taken for what so few bytes cannot become.
    guard byteCount / Inflate.expansionLimit <= chunks.data.count else {
      throw .stream(.tooShort(expected: byteCount, found: 0))
    }
    let rows = Storage(byteCount: byteCount)
    let bytes = UnsafeMutableRawBufferPointer(start: rows.base, count: byteCount)
    do throws(InflateError) {
      try chunks.data.withUnsafeBufferPointer { (data) throws(InflateError) in
        try Inflate.decompressZlib(UnsafeRawBufferPointer(data), into: bytes)
      }
    } catch { throw .stream(error) }
    return rows
  }

  private func read(_ bytes: UnsafeMutableRawBufferPointer) throws(Defect) {
    var start = 0
    for pass in header.passes {
      let length = header.rowByteCount(pass.width)
      var above: Int?
      for row in 0..<pass.height {
        try unfilter(bytes, start + 1, length, above: above)
        try place(UnsafeRawBufferPointer(bytes), start + 1, pass, row)
        above = start + 1
        start += 1 + length
      }
    }
  }

  /// Puts back what the row's filter took away; the filter stands before the row.
  private func unfilter(
    _ bytes: UnsafeMutableRawBufferPointer, _ start: Int, _ length: Int, above: Int?
  ) throws(Defect) {
    let filter = bytes[start - 1]
    guard filter < 5 else { throw .filter(filter) }
    guard filter > 0 else { return }
    let pixel = header.pixelByteCount
    for index in 0..<length {
      let left = index >= pixel ? bytes[start + index - pixel] : 0
      let up = above.map { bytes[$0 + index] } ?? 0
      let corner = index >= pixel ? above.map { bytes[$0 + index - pixel] } ?? 0 : 0
      bytes[start + index] &+= PNG.prediction(filter, left: left, above: up, aboveLeft: corner)
    }
  }

  /// Puts the pixels of a pass's row where they belong.
  private func place(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ pass: PNGHeader.Pass, _ row: Int
  ) throws(Defect) {
    let first = (pass.y + row * pass.yStep) * header.width + pass.x
    for column in 0..<pass.width {
      let colour = try colour(bytes, start, column)
      put(colour, at: (first + column * pass.xStep) * channels.rawValue)
    }
  }

  /// The colour of a pixel of a row: red, green, blue and opacity.
  private func colour(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ column: Int
  ) throws(Defect) -> SIMD4<UInt8> {
    let count = header.colour.channelCount
    var samples = SIMD4<UInt16>()
    for channel in 0..<count {
      samples[channel] = sample(bytes, start, column * count + channel)
    }
    if header.colour == .palette {
      let (index, palette) = (Int(samples[0]), chunks.palette)
      guard 3 * index < palette.count else { throw .colour(index) }
      let opacity = chunks.transparency.flatMap { index < $0.count ? $0[index] : nil } ?? 255
      return SIMD4(palette[3 * index], palette[3 * index + 1], palette[3 * index + 2], opacity)
    }
    var opacity: UInt8 = 255
    if header.colour == .greyAlpha || header.colour == .rgba {
      opacity = eightBits(samples[count - 1])
    } else if let transparent, (0..<count).allSatisfy({ samples[$0] == transparent[$0] }) {
      opacity = 0
    }
    let red = eightBits(samples[0])
    let isGrey = header.colour == .grey || header.colour == .greyAlpha
    return isGrey
      ? SIMD4(red, red, red, opacity)
      : SIMD4(red, eightBits(samples[1]), eightBits(samples[2]), opacity)
  }

  /// A sample of a row.
  private func sample(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ index: Int) -> UInt16 {
    let depth = header.depth
    return switch depth {
    case 16: UInt16(bytes[start + 2 * index]) << 8 | UInt16(bytes[start + 2 * index + 1])
    case 8: UInt16(bytes[start + index])
    default:
      UInt16(bytes[start + index * depth / 8] >> (8 - depth - index * depth % 8))
        & (1 << UInt16(depth) - 1)
    }
  }

  /// Writes a pixel.
  private func put(_ colour: SIMD4<UInt8>, at place: Int) {
    let pixels = pixels.mutablePointer
    switch channels {
    case .rgb, .rgba:
      for channel in 0..<3 { pixels[place + channel] = colour[channel] }
    case .grey, .greyAlpha:
      let sum =
        19595 * UInt32(colour[0]) + 38470 * UInt32(colour[1]) + 7471 * UInt32(colour[2])
      pixels[place] = UInt8((sum + 1 << 15) >> 16)
    }
    if channels == .greyAlpha || channels == .rgba {
      pixels[place + channels.rawValue - 1] = colour[3]
    }
  }

  /// The nearest sample of 8 bits.
  private func eightBits(_ sample: UInt16) -> UInt8 {
    header.depth == 16
      ? UInt8((UInt32(sample) + 128) / 257) : UInt8(Int(sample) * 255 / (1 << header.depth - 1))
  }
}
