/// The samples of an image as they are in the file.
struct PNGSamples {
  private let header: PNGHeader
  /// The samples, in the order of a tensor of shape [H, W, C].
  private var samples: [UInt16]

  typealias Defect = PNGError.Defect

  /// Decompresses the rows of an image.
  init(_ chunks: PNGChunks) throws(Defect) {
    header = chunks.header
    let byteCount = header.byteCount
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
    samples = [UInt16](
      repeating: 0, count: header.width * header.height * header.colour.channelCount)
    var start = 0
    for pass in header.passes {
      let length = header.rowByteCount(pass.width)
      var above: Int?
      for row in 0..<pass.height {
        try unfilter(bytes, start + 1, length, above: above)
        place(UnsafeRawBufferPointer(bytes), start + 1, pass, row)
        above = start + 1
        start += 1 + length
      }
    }
    extendLifetime(rows)
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

  /// Puts a row of a pass where it belongs.
  private mutating func place(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ pass: PNGHeader.Pass, _ row: Int
  ) {
    let (count, depth) = (header.colour.channelCount, header.depth)
    let first = (pass.y + row * pass.yStep) * header.width + pass.x
    for column in 0..<pass.width {
      for channel in 0..<count {
        let index = column * count + channel
        let sample: UInt16 =
          switch depth {
          case 16: UInt16(bytes[start + 2 * index]) << 8 | UInt16(bytes[start + 2 * index + 1])
          case 8: UInt16(bytes[start + index])
          default:
            UInt16(bytes[start + index * depth / 8] >> (8 - depth - index * depth % 8))
              & (1 << UInt16(depth) - 1)
          }
        samples[(first + column * pass.xStep) * count + channel] = sample
      }
    }
  }

  /// The image in 8 bits.
  ///
  /// - Parameters:
  ///   - channels: What the numbers of a pixel are to be; those of the file where nil.
  ///   - palette: The colours that samples mean, where they do not mean themselves.
  ///   - transparency: The opacities of these, or the colour that is transparent.
  /// - Returns: The image, of shape [H, W, C].
  /// - Throws: `PNGError.Defect.colour` where a sample is not in the palette.
  func pixels(
    _ channels: PNG.Channels?, palette: [UInt8], transparency: [UInt8]?
  ) throws(Defect) -> Tensor<UInt8> {
    let (colour, count) = (header.colour, header.colour.channelCount)
    let hasAlpha = transparency != nil || colour == .greyAlpha || colour == .rgba
    let isGrey = colour == .grey || colour == .greyAlpha
    let channels = channels ?? (isGrey ? hasAlpha ? .greyAlpha : .grey : hasAlpha ? .rgba : .rgb)
    let transparent = transparency.map { bytes in
      stride(from: 0, to: bytes.count - 1, by: 2).map {
        UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
      }
    }
    var result: [UInt8] = []
    result.reserveCapacity(header.width * header.height * channels.rawValue)
    for start in stride(from: 0, to: samples.count, by: count) {
      let pixel = samples[start..<start + count]
      var (red, green, blue, alpha): (UInt8, UInt8, UInt8, UInt8)
      if colour == .palette {
        let index = Int(samples[start])
        guard 3 * index < palette.count else { throw .colour(index) }
        (red, green, blue) = (palette[3 * index], palette[3 * index + 1], palette[3 * index + 2])
        alpha = transparency.flatMap { index < $0.count ? $0[index] : nil } ?? 255
      } else {
        red = eightBits(pixel[start])
        (green, blue) =
          isGrey ? (red, red) : (eightBits(pixel[start + 1]), eightBits(pixel[start + 2]))
        alpha = colour == .greyAlpha || colour == .rgba ? eightBits(pixel[start + count - 1]) : 255
        if let transparent, pixel.elementsEqual(transparent) { alpha = 0 }
      }
      switch channels {
      case .rgb, .rgba: result += [red, green, blue]
      case .grey, .greyAlpha:
        let sum = 19595 * UInt32(red) + 38470 * UInt32(green) + 7471 * UInt32(blue)
        result.append(UInt8((sum + 1 << 15) >> 16))
      }
      if channels == .greyAlpha || channels == .rgba { result.append(alpha) }
    }
    return Tensor(result, shape: [header.height, header.width, channels.rawValue])
  }

  /// The nearest sample of 8 bits.
  private func eightBits(_ sample: UInt16) -> UInt8 {
    header.depth == 16
      ? UInt8((UInt32(sample) + 128) / 257) : UInt8(Int(sample) * 255 / (1 << header.depth - 1))
  }
}
