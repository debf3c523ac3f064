/// A convolution of images in blocks of 32 channels, with what is added to its result while that
/// is in cache.
///
/// The sum of an output takes 32 channels of one pixel at a time: a step.
public struct Convolution: @unchecked Sendable {
  /// The images, with the zeros around them.
  public var input: PixelLines
  /// The distance in the input of neighbours in the result.
  public var stride: Int
  /// Where the terms of each step are, from the first pixel that an output depends on, in bytes.
  public var offsets: UnsafePointer<Int>
  /// The number of steps.
  public var steps: Int
  /// The weights, packed: panels of 32 outputs.
  public var weights: UnsafeRawPointer
  /// Where the result goes, numbers of 32 bits or blocks.
  public var output: PixelLines
  /// What is added to each pixel, `[outputs]`.
  public var bias: UnsafePointer<Float>?
  /// What the result is added to, of its size; it may be the output itself.
  public var residual: PixelLines?

  /// A plain convolution; set the optional parts afterwards.
  @inlinable
  public init(
    input: PixelLines, stride: Int, offsets: UnsafePointer<Int>, steps: Int,
    weights: UnsafeRawPointer, output: PixelLines
  ) {
    (self.input, self.stride, self.offsets, self.steps) = (input, stride, offsets, steps)
    (self.weights, self.output, bias, residual) = (weights, output, nil, nil)
  }

  /// The pixels of a span: neighbours in a line of the result that are computed together.
  @inlinable
  public var spanPixels: Int { min(output.width, 16) }

  /// The spans that a line of the result is cut into; the last two may overlap.
  @inlinable
  public var spansPerLine: Int { (output.width + 15) / 16 }

  /// The elements of scratch that a thread needs: the sums of 32 pixels and their bias, twice.
  public static let scratch = 2 * (1024 + 32)
}
