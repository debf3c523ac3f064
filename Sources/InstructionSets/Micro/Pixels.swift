/// Where the pixels of pictures go, a row of channels each: side by side in lines, which may lie
/// apart, and so may pictures.
public struct PixelLines: @unchecked Sendable {
  /// The first pixel of the first picture.
  public var first: UnsafeMutablePointer<Float>
  /// The distance between lines of a picture, in elements.
  public var lineStride: Int
  /// The number of lines of a picture.
  public var height: Int
  /// The distance between pictures, in elements.
  public var pictureStride: Int

  /// Pictures of `height` lines.
  @inlinable
  public init(
    first: UnsafeMutablePointer<Float>, lineStride: Int, height: Int, pictureStride: Int
  ) {
    (self.first, self.lineStride) = (first, lineStride)
    (self.height, self.pictureStride) = (height, pictureStride)
  }

  /// The first pixel of a line, counted through all pictures.
  @inlinable @inline(__always)
  func start(ofLine line: Int) -> UnsafeMutablePointer<Float> {
    let (picture, place) = line.quotientAndRemainder(dividingBy: height)
    return first + picture * pictureStride + place * lineStride
  }
}

/// Pictures that become larger by a whole factor: each pixel becomes a square of pixels.
public struct Enlargement: @unchecked Sendable {
  /// The pixels, dense.
  public var input: UnsafePointer<Float>
  /// The number of pixels in a line of the input.
  public var width: Int
  /// The length of a pixel.
  public var channels: Int
  /// The side of the square that a pixel becomes.
  public var factor: Int
  /// Where the enlarged pictures go.
  public var output: PixelLines

  /// Pictures of lines of `width` pixels, to be copied; set the factor afterwards.
  @inlinable
  public init(input: UnsafePointer<Float>, width: Int, channels: Int, output: PixelLines) {
    (self.input, self.width, self.channels) = (input, width, channels)
    (self.output, factor) = (output, 1)
  }
}

extension InstructionSet {
  /// Writes the lines of `range` of the enlarged pictures.
  @inlinable @inline(__always)
  public static func enlarge(_ work: Enlargement, lines range: Range<Int>) {
    let count = work.channels
    for line in range {
      var source = work.input + line / work.factor * work.width * count
      var target = work.output.start(ofLine: line)
      if work.factor == 1 {
        map(source, target, work.width * count) { $0 }
        continue
      }
      for _ in 0..<work.width {
        for _ in 0..<work.factor {
          map(source, target, count) { $0 }
          target += count
        }
        source += count
      }
    }
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
  /// Merges the moments of the chunks of some pictures to a mean and a factor for each channel.
  public let mergeMoments: @Sendable (GroupNormalization, Range<Int>) -> Void
  /// Normalizes a range of the lines of all pictures.
  public let normalize: @Sendable (GroupNormalization, Range<Int>) -> Void

  /// Instantiates the kernels for `isa`.
  @inlinable @inline(__always)
  public init<I: InstructionSet>(_ isa: I.Type) {
    enlarge = { I.enlarge($0, lines: $1) }
    takeMoments = { I.takeMoments($0, chunks: $1, scratch: $2) }
    mergeMoments = { I.mergeMoments($0, pictures: $1) }
    normalize = { I.normalize($0, lines: $1) }
  }
}
