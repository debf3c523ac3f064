extension PNG {
  /// What the numbers of a pixel are.
  public enum Channels: Int, Sendable {
    /// Grey.
    case grey = 1
    /// Grey and opacity.
    case greyAlpha = 2
    /// Red, green, blue.
    case rgb = 3
    /// Red, green, blue and opacity.
    case rgba = 4
  }

  /// How many pixels an image may have that is read, unless the caller says otherwise.
  public static let pixelLimit = 1 << 26

  /// Reads an image of any kind that the format has.
  ///
  /// Samples of other than 8 bits become the nearest of 8. Colours become grey by ITU-R BT.601; what
  /// is not transparent has an opacity of 255.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - channels: What the numbers of a pixel are to be; those of the file where nil.
  ///   - pixelLimit: How many pixels it may have.
  /// - Returns: The image, of shape [H, W, C].
  /// - Throws: `PNGError`: `.file` where it cannot be read, `.malformed` where it is no image, a
  ///   damaged or too large one.
  public static func read(
    _ path: String, as channels: Channels? = nil, pixelLimit: Int = pixelLimit
  ) throws(PNGError) -> Tensor<UInt8> {
    let file: Storage
    do { file = try Storage(mapping: path) } catch { throw .file(error) }
    return try read(file, path: path, as: channels, pixelLimit: pixelLimit)
  }

  /// Reads an image whose bytes are in memory; `path` is for errors to name.
  package static func read(
    _ file: Storage, path: String, as channels: Channels? = nil, pixelLimit: Int = pixelLimit
  ) throws(PNGError) -> Tensor<UInt8> {
    defer { extendLifetime(file) }
    do throws(PNGError.Defect) {
      return try PNGPixels.read(PNGChunks(file.bytes, pixelLimit: pixelLimit), as: channels)
    } catch { throw .malformed(path: path, error) }
  }
}

/// What the chunks of a file hold that makes the image.
struct PNGChunks {
  let header: PNGHeader
  /// The colours that samples mean, three bytes each.
  private(set) var palette: [UInt8] = []
  /// The opacities of the first colours, or the colour that is transparent; nil where all are opaque.
  private(set) var transparency: [UInt8]?
  /// The compressed rows.
  private(set) var data: [UInt8] = []

  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  typealias Defect = PNGError.Defect

  /// Reads the chunks of a file up to the last one.
  init(_ file: UnsafeRawBufferPointer, pixelLimit: Int) throws(Defect) {
    guard file.starts(with: Self.signature) else { throw .signature }
    var reader = ByteReader(file, from: Self.signature.count)
    let first = try Self.chunk(&reader)
    guard first.type == "IHDR" else { throw .order(first.type) }
    header = try PNGHeader(first.data, pixelLimit: pixelLimit)
    var previous = first.type
    while previous != "IEND" {
      let (type, data) = try Self.chunk(&reader)
      switch type {
      case "PLTE": try readPalette(data)
      case "tRNS": try readTransparency(data)
      case "IDAT":
        // All of them together, behind the colours they need.
        guard self.data.isEmpty || previous == type else { throw .order(type) }
        guard header.colour != .palette || !palette.isEmpty else { throw .missing("PLTE") }
        self.data += data
      case "IEND":
        guard data.isEmpty else { throw .chunk(type) }
      default:
        // Capitals are for what an image cannot be shown without.
        guard type.utf8.first.map({ $0 & 0x20 != 0 }) == true else { throw .unknown(type) }
      }
      previous = type
    }
    guard !data.isEmpty else { throw .missing("IDAT") }
  }

  private static func chunk(
    _ reader: inout ByteReader
  ) throws(Defect) -> (type: String, data: UnsafeRawBufferPointer) {
    guard let length = reader.number(UInt32.self)?.byteSwapped, let type = reader.run(4) else {
      throw .truncated
    }
    let isText = type.allSatisfy {
      ($0 | 0x20) >= UInt8(ascii: "a") && ($0 | 0x20) <= UInt8(ascii: "z")
    }
    guard isText else { throw .chunkType }
    let name = String(decoding: type, as: UTF8.self)
    guard let data = reader.run(Int(length)), let checksum = reader.number(UInt32.self) else {
      throw .truncated
    }
    guard Checksum.crc32(data, after: Checksum.crc32(type)) == checksum.byteSwapped else {
      throw .checksum(name)
    }
    return (name, data)
  }

  private mutating func readPalette(_ chunk: UnsafeRawBufferPointer) throws(Defect) {
    guard palette.isEmpty, transparency == nil, data.isEmpty, header.colour != .grey,
      header.colour != .greyAlpha
    else { throw .order("PLTE") }
    let limit = header.colour == .palette ? 1 << header.depth : 256
    guard chunk.count.isMultiple(of: 3), (1...limit).contains(chunk.count / 3) else {
      throw .chunk("PLTE")
    }
    palette = Array(chunk)
  }

  private mutating func readTransparency(_ chunk: UnsafeRawBufferPointer) throws(Defect) {
    guard transparency == nil, data.isEmpty else { throw .order("tRNS") }
    switch header.colour {
    case .grey: guard chunk.count == 2 else { throw .chunk("tRNS") }
    case .rgb: guard chunk.count == 6 else { throw .chunk("tRNS") }
    case .palette:
      guard !palette.isEmpty else { throw .order("tRNS") }
      guard (1...palette.count / 3).contains(chunk.count) else { throw .chunk("tRNS") }
    case .greyAlpha, .rgba: throw .order("tRNS")
    }
    transparency = Array(chunk)
  }
}
