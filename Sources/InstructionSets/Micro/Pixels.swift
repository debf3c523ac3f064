/// The form in which the channels of pixels are kept.
public enum PixelForm: Sendable {
  /// Numbers of 32 bits, the channels of a pixel side by side.
  case float32
  /// The same, each rounded to one that bfloat16 can hold.
  case rounded
  /// Numbers of 16 bits in blocks of 32 channels, as the tile unit reads them: of a line first
  /// those channels of all its pixels, then the next ones. What the last block lacks is zero.
  case blocks

  /// The bytes of a number.
  @inlinable @inline(__always)
  public var elementSize: Int { self == .blocks ? 2 : 4 }

  /// The bytes from a pixel of so many channels to the next.
  @inlinable @inline(__always)
  public func pixelStride(channels: Int) -> Int { self == .blocks ? 64 : 4 * channels }

  /// How often a line goes over its pixels, to hold so many channels of each.
  @inlinable @inline(__always)
  public func blocks(channels: Int) -> Int { self == .blocks ? (channels + 31) / 32 : 1 }
}

/// Where the pixels of pictures are: side by side in lines, which may lie apart, and so may pictures.
///
/// Distances are in bytes.
public struct PixelLines: @unchecked Sendable {
  /// The first pixel of the first picture.
  public var first: UnsafeMutableRawPointer
  /// The form of the pixels.
  public var form: PixelForm
  /// The number of channels of a pixel.
  public var channels: Int
  /// The number of pixels in a line, and of lines in a picture.
  public var width, height: Int
  /// The distance between blocks of channels of a line.
  public var blockStride: Int
  /// The distance between pixels of a line.
  public var pixelStride: Int
  /// The distance between lines of a picture.
  public var lineStride: Int
  /// The distance between pictures.
  public var pictureStride: Int

  /// Dense pictures of `height` lines of `width` pixels; set other distances afterwards.
  @inlinable
  public init(
    first: UnsafeMutableRawPointer, width: Int, height: Int, channels: Int,
    form: PixelForm = .float32
  ) {
    (self.first, self.form, self.channels) = (first, form, channels)
    (self.width, self.height) = (width, height)
    pixelStride = form.pixelStride(channels: channels)
    blockStride = width * pixelStride
    lineStride = form.blocks(channels: channels) * blockStride
    pictureStride = height * lineStride
  }

  /// The distances between lines and between pixels in numbers of 32 bits.
  @inlinable @inline(__always)
  public var strides: (line: Int, pixel: Int) { (lineStride / 4, pixelStride / 4) }

  /// The place of a channel of the first pixel of a line, counted through all pictures.
  @inlinable @inline(__always)
  public func place(line: Int, channel: Int = 0) -> UnsafeMutableRawPointer {
    let (picture, line) = line.quotientAndRemainder(dividingBy: height)
    let start = first + picture * pictureStride + line * lineStride
    return form == .blocks
      ? start + channel / 32 * blockStride + channel % 32 * 2 : start + channel * 4
  }

  /// How many channels are visited pixel by pixel before the next ones, where these lines and
  /// `other` ones are gone through together.
  @inlinable @inline(__always)
  func run(with other: PixelLines) -> Int {
    form == .blocks || other.form == .blocks ? 32 : channels
  }
}

extension InstructionSet {
  /// The first `count` channels from a place in pixels of some form on, and zeros behind them.
  @inlinable @inline(__always)
  public static func loadChannels(_ place: UnsafeRawPointer, as form: PixelForm, count: Int) -> F32
  {
    // Blocks are whole, with zeros.
    if form == .blocks { return loadBFloat16(place) }
    let elements = place.assumingMemoryBound(to: Float.self)
    if count >= width { return load(elements) }
    return count > 0 ? loadPart(elements, count: count, padding: 0) : .zero
  }

  /// Writes the first `count` channels to a place in pixels of some form; all of them to blocks.
  @inlinable @inline(__always)
  public static func storeChannels(
    _ x: F32, _ place: UnsafeMutableRawPointer, as form: PixelForm, count: Int
  ) {
    if form == .blocks { return storeBFloat16(x, place) }
    let elements = place.assumingMemoryBound(to: Float.self)
    let y = form == .rounded ? roundedToBFloat16(x) : x
    if count >= width {
      store(y, elements)
    } else if count > 0 {
      storePart(y, elements, count: count)
    }
  }

  /// The numbers of 16 bits from `place` on, widened.
  @inlinable @inline(__always)
  public static func loadBFloat16(_ place: UnsafeRawPointer) -> F32 {
    let place = place.assumingMemoryBound(to: UInt16.self)
    var result = F32.zero
    for lane in 0..<width { result[lane] = Float(bitPattern: UInt32(place[lane]) << 16) }
    return result
  }
}

/// The kernels for pictures, of one instruction set.
public struct PixelKernels: Sendable {
  /// Copies or enlarges pictures: a range of the lines of all results.
  public let enlarge: @Sendable (Enlargement, Range<Int>) -> Void
  /// Takes the moments of chunks: a range of the chunks of all pictures, and three elements of
  /// scratch for a channel.
  public let takeMoments:
    @Sendable (GroupNormalization, Range<Int>, UnsafeMutablePointer<Float>) -> Void
  /// Merges the moments of the chunks of some pictures to a mean, a factor and a summand for each
  /// channel.
  public let mergeMoments: @Sendable (GroupNormalization, Range<Int>) -> Void
  /// Normalizes a range of the lines of all pictures.
  public let normalize: @Sendable (GroupNormalization, Range<Int>) -> Void
  /// Computes a convolution with a few outputs: a range of the lines of all results.
  public let convolve: @Sendable (NarrowConvolution, Range<Int>) -> Void
  /// Writes the terms of some squares of a convolution, with scratch.
  public let gather:
    @Sendable (
      WinogradConvolution, Range<Int>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>
    ) -> Void
  /// Writes the results of some squares of a convolution.
  public let scatter: @Sendable (WinogradConvolution, Range<Int>, UnsafePointer<Float>) -> Void

  /// Instantiates the kernels for `isa`.
  @inlinable @inline(__always)
  public init<I: InstructionSet>(_ isa: I.Type) {
    enlarge = { I.enlarge($0, lines: $1) }
    takeMoments = { I.takeMoments($0, chunks: $1, scratch: $2) }
    mergeMoments = { I.mergeMoments($0, pictures: $1) }
    normalize = { I.normalize($0, lines: $1) }
    convolve = { I.convolve($0, lines: $1) }
    gather = { I.gather($0, squares: $1, into: $2, scratch: $3) }
    scatter = { I.scatter($0, squares: $1, from: $2) }
  }
}
