/// What a PNG file says of its image first.
struct PNGHeader {
  let width, height: Int
  /// The number of bits of a sample.
  let depth: Int
  let colour: Colour
  let isInterlaced: Bool

  /// How the samples of a pixel make a colour.
  enum Colour: UInt8 {
    case grey = 0
    case rgb = 2
    case palette = 3
    case greyAlpha = 4
    case rgba = 6

    /// The number of samples of a pixel.
    var channelCount: Int {
      switch self {
      case .grey, .palette: 1
      case .greyAlpha: 2
      case .rgb: 3
      case .rgba: 4
      }
    }

    fileprivate var depths: [Int] {
      switch self {
      case .grey: [1, 2, 4, 8, 16]
      case .palette: [1, 2, 4, 8]
      case .rgb, .greyAlpha, .rgba: [8, 16]
      }
    }
  }

  /// Pixels that are in the file together: every `xStep`-th of every `yStep`-th row, from the pixel
  /// (x, y) on.
  struct Pass {
    let x, y, xStep, yStep: Int
    /// The number of pixels in each direction.
    let width, height: Int
  }

  /// Reads the data of the first chunk; an image may have so many pixels.
  init(_ data: UnsafeRawBufferPointer, pixelLimit: Int) throws(PNGError.Defect) {
    guard data.count == 13 else { throw .chunk("IHDR") }
    let (width, height) = (data.bigEndian(0), data.bigEndian(4))
    guard let colour = Colour(rawValue: data[9]), colour.depths.contains(Int(data[8])),
      data[10] == 0, data[11] == 0, data[12] <= 1
    else { throw .header }
    guard PNG.extents.contains(width), PNG.extents.contains(height), width * height <= pixelLimit
    else { throw .size(width: width, height: height) }
    (self.width, self.height, self.colour) = (width, height, colour)
    (depth, isInterlaced) = (Int(data[8]), data[12] == 1)
  }

  /// The passes that have pixels: one, or up to seven of Costello's scheme, Adam7.
  var passes: [Pass] {
    let steps =
      isInterlaced
      ? [
        (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
        (0, 1, 1, 2),
      ] : [(0, 0, 1, 1)]
    return steps.compactMap { x, y, xStep, yStep in
      let (columns, rows) = ((width - x + xStep - 1) / xStep, (height - y + yStep - 1) / yStep)
      return columns > 0 && rows > 0
        ? Pass(x: x, y: y, xStep: xStep, yStep: yStep, width: columns, height: rows) : nil
    }
  }

  /// The distance between bytes that filters compare.
  var pixelByteCount: Int { max(1, colour.channelCount * depth / 8) }

  /// The number of bytes of a row of so many pixels, without that of its filter.
  func rowByteCount(_ width: Int) -> Int { (width * colour.channelCount * depth + 7) / 8 }

  /// The number of bytes of all rows with their filters.
  var byteCount: Int { passes.reduce(0) { $0 + $1.height * (1 + rowByteCount($1.width)) } }
}

extension UnsafeRawBufferPointer {
  /// The number of four bytes, the highest of which is at `place`.
  func bigEndian(_ place: Int) -> Int {
    Int(UInt32(bigEndian: loadUnaligned(fromByteOffset: place, as: UInt32.self)))
  }
}
