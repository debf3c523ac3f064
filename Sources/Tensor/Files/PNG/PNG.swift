/// Images in PNG files (PNG Specification, third edition, W3C 2025).
public enum PNG {
  /// How wide and high an image may be; common readers refuse larger ones.
  public static let extents = 1...1_000_000
  /// How long a text may be, in bytes; common readers refuse longer ones.
  public static let textLimit = 1 << 20

  /// Writes an image to a file, in the place of what has its name.
  ///
  /// - Parameters:
  ///   - image: A grey image of shape [H, W] or [H, W, 1], or one in RGB of shape [H, W, 3].
  ///   - path: The path of the file.
  ///   - text: Texts to go with it and their keywords, which have 1 to 79 characters of Latin-1
  ///     without spaces at their ends or next to each other.
  /// - Throws: `PNGError`, and then the old file is as it was.
  public static func write(
    _ image: Tensor<UInt8>, to path: String, text: [(keyword: String, text: String)] = []
  ) throws(PNGError) {
    let bytes = try encoded(image, text: text)
    do { try AtomicFile.create(path, bytes) } catch { throw .file(error) }
  }

  /// The bytes of a file with an image; `write` says what may be in it.
  ///
  /// - Throws: `PNGError`.
  public static func encoded(
    _ image: Tensor<UInt8>, text: [(keyword: String, text: String)] = []
  ) throws(PNGError) -> [UInt8] {
    let shape = image.shape
    let channels = shape.count == 3 ? shape[2] : 1
    guard shape.count == 2 || shape.count == 3, channels == 1 || channels == 3,
      shape[..<2].allSatisfy(extents.contains)
    else { throw .shape(shape) }
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    let (height, width) = (UInt32(shape[0]), UInt32(shape[1]))
    let colour: UInt8 = channels == 1 ? 0 : 2
    file.append(chunk: "IHDR", width.bigEndianBytes + height.bigEndianBytes + [8, colour, 0, 0, 0])
    for (keyword, text) in text {
      let (type, data) = try textChunk(keyword, text)
      file.append(chunk: type, data)
    }
    let rows = image.withUnsafeElements { elements in
      filtered(elements, rowLength: shape[1] * channels, pixelLength: channels)
    }
    let data = Deflate.zlib(rows)
    for start in stride(from: 0, to: data.count, by: 1 << 20) {
      file.append(chunk: "IDAT", data[start..<min(start + 1 << 20, data.count)])
    }
    file.append(chunk: "IEND", [])
    return file
  }

  /// The chunk of a text: Latin-1 in the older form, which all readers know, others in UTF-8.
  private static func textChunk(
    _ keyword: String, _ text: String
  ) throws(PNGError) -> (type: String, data: [UInt8]) {
    let isPrintable = keyword.unicodeScalars.allSatisfy {
      (0x20...0x7E).contains($0.value) || (0xA1...0xFF).contains($0.value)
    }
    guard isPrintable, let key = latin1(keyword), (1...79).contains(key.count),
      key.first != 0x20, key.last != 0x20, !keyword.contains("  ")
    else { throw .keyword(keyword) }
    guard !text.unicodeScalars.contains("\0") else { throw .zeroCharacter(keyword: keyword) }
    let count = text.utf8.count
    guard count <= textLimit else { throw .textTooLong(keyword: keyword, byteCount: count) }
    if let text = latin1(text) { return ("tEXt", key + [0] + text) }
    // Not compressed; without a language and a translated keyword.
    return ("iTXt", key + [0, 0, 0, 0, 0] + Array(text.utf8))
  }

  private static func latin1(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      guard let byte = UInt8(exactly: scalar.value) else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  /// The rows, each as differences from a prediction of its bytes and the number of that.
  ///
  /// Of the format's five predictions, each row has that with the least sum of absolute
  /// differences, which is what the specification advises.
  private static func filtered(
    _ pixels: UnsafeBufferPointer<UInt8>, rowLength: Int, pixelLength: Int
  ) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(pixels.count / rowLength * (rowLength + 1))
    var candidate = [UInt8](repeating: 0, count: rowLength)
    for row in stride(from: 0, to: pixels.count, by: rowLength) {
      var best = candidate
      var (bestFilter, leastSum) = (UInt8(0), Int.max)
      for filter in UInt8(0)..<5 {
        var sum = 0
        for i in 0..<rowLength {
          let (hasLeft, hasAbove, place) = (i >= pixelLength, row > 0, row + i)
          let difference =
            pixels[place]
            &- prediction(
              filter, left: hasLeft ? pixels[place - pixelLength] : 0,
              above: hasAbove ? pixels[place - rowLength] : 0,
              aboveLeft: hasLeft && hasAbove ? pixels[place - rowLength - pixelLength] : 0)
          candidate[i] = difference
          sum += Int(Int8(bitPattern: difference).magnitude)
        }
        if sum < leastSum {
          (bestFilter, leastSum) = (filter, sum)
          swap(&best, &candidate)
        }
      }
      result.append(bestFilter)
      result.append(contentsOf: best)
    }
    return result
  }

  /// What a byte is predicted to be by those before it in its row and the one above.
  static func prediction(
    _ filter: UInt8, left: UInt8, above: UInt8, aboveLeft: UInt8
  ) -> UInt8 {
    switch filter {
    case 0: return 0
    case 1: return left
    case 2: return above
    case 3: return UInt8((Int(left) + Int(above)) / 2)
    default:
      // The neighbour next to the plane through all three (Alan Paeth, 1991).
      let estimate = Int(left) + Int(above) - Int(aboveLeft)
      let a = abs(estimate - Int(left))
      let b = abs(estimate - Int(above))
      let c = abs(estimate - Int(aboveLeft))
      return a <= b && a <= c ? left : b <= c ? above : aboveLeft
    }
  }
}

extension [UInt8] {
  /// Appends a chunk of a PNG file: its length, type, data and checksum.
  fileprivate mutating func append(chunk type: String, _ data: some Collection<UInt8>) {
    append(contentsOf: UInt32(data.count).bigEndianBytes)
    let start = count
    append(contentsOf: type.utf8)
    append(contentsOf: data)
    append(contentsOf: Checksum.crc32(Array(self[start...])).bigEndianBytes)
  }
}
