/// The layout in which the channels of pixels are kept.
public enum PixelLayout: Sendable {
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

/// Where the pixels of images are: side by side in lines, which may lie apart, and so may images.
///
/// Distances are in bytes.
public struct PixelLines: @unchecked Sendable {
  /// The first pixel of the first image.
  public var first: UnsafeMutableRawPointer
  /// The layout of the pixels.
  public var layout: PixelLayout
  /// The number of channels of a pixel.
  public var channels: Int
  /// The number of pixels in a line, and of lines in an image.
  public var width, height: Int
  /// The distance between blocks of channels of a line.
  public var blockStride: Int
  /// The distance between pixels of a line.
  public var pixelStride: Int
  /// The distance between lines of an image.
  public var lineStride: Int
  /// The distance between images.
  public var imageStride: Int

  /// Dense images of `height` lines of `width` pixels; set other distances afterwards.
  @inlinable
  public init(
    first: UnsafeMutableRawPointer, width: Int, height: Int, channels: Int,
    layout: PixelLayout = .float32
  ) {
    (self.first, self.layout, self.channels) = (first, layout, channels)
    (self.width, self.height) = (width, height)
    pixelStride = layout.pixelStride(channels: channels)
    blockStride = width * pixelStride
    lineStride = layout.blocks(channels: channels) * blockStride
    imageStride = height * lineStride
  }

  /// The distances between lines and between pixels in numbers of 32 bits.
  @inlinable @inline(__always)
  public var strides: (line: Int, pixel: Int) { (lineStride / 4, pixelStride / 4) }

  /// The place of a channel of the first pixel of a line, counted through all images.
  @inlinable @inline(__always)
  public func place(line: Int, channel: Int = 0) -> UnsafeMutableRawPointer {
    let (image, line) = line.quotientAndRemainder(dividingBy: height)
    let start = first + image * imageStride + line * lineStride
    return layout == .blocks
      ? start + channel / 32 * blockStride + channel % 32 * 2 : start + channel * 4
  }

  /// How many channels are visited pixel by pixel before the next ones, where these lines and
  /// `other` ones are gone through together.
  @inlinable @inline(__always)
  func run(with other: PixelLines) -> Int {
    layout == .blocks || other.layout == .blocks ? 32 : channels
  }
}

extension InstructionSet {
  /// The first `count` channels from a place in pixels of some layout on, and zeros behind them.
  @inlinable @inline(__always)
  public static func loadChannels(_ place: UnsafeRawPointer, as layout: PixelLayout, count: Int)
    -> F32
  {
    // Blocks are whole, with zeros.
    if layout == .blocks { return loadBFloat16(place) }
    let elements = place.assumingMemoryBound(to: Float.self)
    if count >= width { return load(elements) }
    return count > 0 ? loadPart(elements, count: count, padding: 0) : .zero
  }

  /// Writes the first `count` channels to a place in pixels of some layout; all of them to blocks.
  @inlinable @inline(__always)
  public static func storeChannels(
    _ x: F32, _ place: UnsafeMutableRawPointer, as layout: PixelLayout, count: Int
  ) {
    if layout == .blocks { return storeBFloat16(x, place) }
    let elements = place.assumingMemoryBound(to: Float.self)
    let y = layout == .rounded ? roundedToBFloat16(x) : x
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

/// The kernels for images, of one instruction set.
public struct PixelKernels: Sendable {
  /// Copies or upsamples images: a range of the lines of all results.
  public let upsample: @Sendable (Upsampling, Range<Int>) -> Void
  /// Takes the moments of chunks: a range of the chunks of all images, and three elements of
  /// scratch for a channel.
  public let takeMoments:
    @Sendable (GroupNormalization, Range<Int>, UnsafeMutablePointer<Float>) -> Void
  /// Merges the moments of the chunks of some images to a mean, a factor and a summand for each
  /// channel.
  public let mergeMoments: @Sendable (GroupNormalization, Range<Int>) -> Void
  /// Normalizes a range of the lines of all images.
  public let normalize: @Sendable (GroupNormalization, Range<Int>) -> Void
  /// Computes a convolution with a few outputs: a range of the lines of all results.
  public let convolve: @Sendable (NarrowConvolution, Range<Int>) -> Void
  /// Computes a convolution of each channel by itself: a range of the lines of all results.
  public let convolveDepthwise: @Sendable (DepthwiseConvolution, Range<Int>) -> Void
  /// Pools windows of pixels: a range of the lines of all results.
  public let pool: @Sendable (Pooling, Range<Int>) -> Void
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
    upsample = { I.upsample($0, lines: $1) }
    takeMoments = { I.takeMoments($0, chunks: $1, scratch: $2) }
    mergeMoments = { I.mergeMoments($0, images: $1) }
    normalize = { I.normalize($0, lines: $1) }
    convolve = { I.convolve($0, lines: $1) }
    convolveDepthwise = { I.convolve($0, lines: $1) }
    pool = { I.pool($0, lines: $1) }
    gather = { I.gather($0, squares: $1, into: $2, scratch: $3) }
    scatter = { I.scatter($0, squares: $1, from: $2) }
  }
}
