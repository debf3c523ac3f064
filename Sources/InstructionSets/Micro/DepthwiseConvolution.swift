/// A convolution of each channel by itself.
///
/// The lanes of a vector are channels, so that nothing is packed or transposed.
public struct DepthwiseConvolution: @unchecked Sendable {
  /// The images, in any layout, with the zeros around them.
  public var input: PixelLines
  /// The distance in the input of neighbours in the result.
  public var stride: Int
  /// The distance in the input of the pixels that an output depends on.
  public var dilation: Int
  /// The lines and the pixels in each that an output depends on.
  public var height, width: Int
  /// The weights, `[height, width, channels]`.
  public var weights: UnsafePointer<Float>
  /// What is added to each pixel, `[channels]`.
  public var bias: UnsafePointer<Float>?
  /// Where the result goes, in any layout.
  public var output: PixelLines
  /// What the result is added to, of its size; it may be the output itself.
  public var residual: PixelLines?

  /// A plain convolution; set the optional parts afterwards.
  @inlinable
  public init(
    input: PixelLines, stride: Int, dilation: Int, height: Int, width: Int,
    weights: UnsafePointer<Float>, output: PixelLines
  ) {
    (self.input, self.stride, self.dilation) = (input, stride, dilation)
    (self.height, self.width, self.weights) = (height, width, weights)
    (self.output, bias, residual) = (output, nil, nil)
  }

  /// The pixels whose sums are kept in registers together: they share the loads of the weights.
  @inlinable @inline(__always)
  static var pixels: Int { 4 }
}

extension InstructionSet {
  /// Computes the lines of `range`, counted through all results.
  @inlinable @inline(__always)
  public static func convolve(_ work: DepthwiseConvolution, lines range: Range<Int>) {
    let channels = work.output.channels
    // Blocks have room for what the last vectors lack.
    let end = work.output.layout == .blocks ? (channels + 31) / 32 * 32 : channels
    for line in range {
      for channel in stride(from: 0, to: end, by: width) {
        var pixel = 0
        while pixel + DepthwiseConvolution.pixels <= work.output.width {
          convolve(work, line, pixel, channel, DepthwiseTile<4>.self)
          pixel += DepthwiseConvolution.pixels
        }
        while pixel < work.output.width {
          convolve(work, line, pixel, channel, DepthwiseTile<1>.self)
          pixel += 1
        }
      }
    }
  }

  /// Computes a vector of channels of some neighbouring pixels.
  @inlinable @inline(__always)
  static func convolve<let pixels: Int>(
    _ work: DepthwiseConvolution, _ line: Int, _ pixel: Int, _ channel: Int,
    _ tile: DepthwiseTile<pixels>.Type
  ) {
    let (input, output) = (work.input, work.output)
    let (image, row) = line.quotientAndRemainder(dividingBy: output.height)
    let count = output.channels - channel
    let start =
      UnsafeRawPointer(input.place(line: image * input.height, channel: channel))
      + work.stride * (row * input.lineStride + pixel * input.pixelStride)
    let first = work.bias.map { loadChannels($0 + channel, as: .float32, count: count) }
    var sums = InlineArray<pixels, F32>(repeating: first ?? .zero)
    var weights = work.weights + channel
    for y in 0..<work.height {
      for x in 0..<work.width {
        let weight = loadChannels(weights, as: .float32, count: count)
        let place = start + work.dilation * (y * input.lineStride + x * input.pixelStride)
        for i in 0..<pixels {
          let pixel = loadChannels(
            place + i * work.stride * input.pixelStride, as: input.layout, count: count)
          sums[unchecked: i] = multiplyAdd(pixel, weight, sums[unchecked: i])
        }
        weights += output.channels
      }
    }
    let place = output.place(line: line, channel: channel) + pixel * output.pixelStride
    for i in 0..<pixels {
      var sum = sums[unchecked: i]
      if let residual = work.residual {
        let place =
          residual.place(line: line, channel: channel) + (pixel + i) * residual.pixelStride
        sum = add(sum, loadChannels(place, as: residual.layout, count: count))
      }
      storeChannels(sum, place + i * output.pixelStride, as: output.layout, count: count)
    }
  }
}

/// So many pixels of a depthwise convolution at once.
@usableFromInline
enum DepthwiseTile<let pixels: Int>: SendableMetatype {}
