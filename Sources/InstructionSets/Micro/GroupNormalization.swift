/// A normalization of groups of neighbouring channels over all pixels of an image.
///
/// `output = function((input - mean) / √(variance + ε) · weight + bias)`.
///
/// Images are cut into chunks of pixels, whatever the number of threads, whose moments are taken
/// one by one and merged in order.
public struct GroupNormalization: @unchecked Sendable {
  /// The pixels.
  public var input: PixelLines
  /// Where the normalized pixels go, in any layout.
  public var output: PixelLines
  /// The number of groups, which divides the channels.
  public var groups: Int
  /// What is added to the variance.
  public var epsilon: Float
  /// A factor for each channel.
  public var weight: UnsafePointer<Float>?
  /// A summand for each channel.
  public var bias: UnsafePointer<Float>?
  /// What is applied at the end, one that is fused; of zero it is zero.
  public var function: Activation
  /// The mean of each group and the sum of its squared differences from that, `[images, chunks,
  /// groups, 2]`; none where the factors are known.
  public var moments: UnsafeMutablePointer<Double>?
  /// For each channel what is subtracted, the factor, and what is added, `[images, 3, channels]`.
  public var factors: UnsafeMutablePointer<Float>

  /// A plain normalization; set the optional parts afterwards.
  @inlinable
  public init(
    input: PixelLines, output: PixelLines, groups: Int, epsilon: Float,
    moments: UnsafeMutablePointer<Double>, factors: UnsafeMutablePointer<Float>
  ) {
    (self.input, self.output, self.groups, self.epsilon) = (input, output, groups, epsilon)
    (self.moments, self.factors) = (moments, factors)
    (weight, bias, function) = (nil, nil, .identity)
  }

  /// A normalization whose factors are known, so that no moments are taken; set the function
  /// afterwards.
  @inlinable
  public init(
    input: PixelLines, output: PixelLines, factors: UnsafeMutablePointer<Float>
  ) {
    (self.input, self.output, groups, epsilon) = (input, output, 1, 0)
    (moments, self.factors) = (nil, factors)
    (weight, bias, function) = (nil, nil, .identity)
  }

  /// The length of a pixel.
  @inlinable @inline(__always)
  var channels: Int { input.channels }

  /// The number of pixels in an image.
  @inlinable @inline(__always)
  var pixels: Int { input.height * input.width }

  /// How images are cut.
  @inlinable @inline(__always)
  var chunks: PixelChunks { PixelChunks(width: input.width, height: input.height) }
}

extension InstructionSet {
  /// Normalizes the lines of `range`, counted through all images, of which the moments are merged.
  @inlinable @inline(__always)
  public static func normalize(_ n: GroupNormalization, lines range: Range<Int>) {
    if case .silu = n.function, n.output.layout != .float32 {
      normalize(n, lines: range) { coarseSiLU($0) }
    } else {
      withFused(n.function) { normalize(n, lines: range, $0) }
    }
  }

  @inlinable @inline(__always)
  static func normalize(_ n: GroupNormalization, lines range: Range<Int>, _ function: (F32) -> F32)
  {
    let (input, output, channels) = (n.input, n.output, n.channels)
    let isInRows = output.layout != .blocks && input.layout != .blocks
    for line in range {
      let means = UnsafePointer(n.factors + line / output.height * 3 * channels)
      if isInRows {
        // Two loops, neither of which asks for the layout.
        if output.layout == .rounded {
          normalizeLine(n, line, means) { roundedToBFloat16(function($0)) }
        } else {
          normalizeLine(n, line, means, function)
        }
        continue
      }
      var channel = 0
      // Blocks have room for what the last vectors lack.
      while channel < (output.layout == .blocks ? (channels + 31) / 32 * 32 : channels) {
        normalizeColumn(n, line, channel, means, function)
        channel += width
      }
    }
  }

  /// Normalizes a line of numbers of 32 bits pixel by pixel.
  @inlinable @inline(__always)
  static func normalizeLine(
    _ n: GroupNormalization, _ line: Int, _ means: UnsafePointer<Float>, _ function: (F32) -> F32
  ) {
    let channels = n.channels
    let (factors, summands) = (means + channels, means + 2 * channels)
    var x = UnsafePointer(n.input.place(line: line).assumingMemoryBound(to: Float.self))
    var y = n.output.place(line: line).assumingMemoryBound(to: Float.self)
    for _ in 0..<n.output.width {
      var i = 0
      while i + width <= channels {
        let difference = subtract(load(x + i), load(means + i))
        store(function(multiplyAdd(difference, load(factors + i), load(summands + i))), y + i)
        i += width
      }
      let rest = channels - i
      if rest > 0 {
        func part(_ x: UnsafePointer<Float>) -> F32 { loadPart(x + i, count: rest, padding: 0) }
        let difference = subtract(part(x), part(means))
        storePart(
          function(multiplyAdd(difference, part(factors), part(summands))), y + i, count: rest)
      }
      x += channels
      y += channels
    }
  }

  /// Normalizes a vector of channels of all pixels of a line.
  ///
  /// Channels that are missing become the function of zero, which is zero.
  @inlinable @inline(__always)
  static func normalizeColumn(
    _ n: GroupNormalization, _ line: Int, _ channel: Int, _ means: UnsafePointer<Float>,
    _ function: (F32) -> F32
  ) {
    let (input, output, count) = (n.input, n.output, n.channels - channel)
    func part(_ i: Int) -> F32 {
      loadChannels(means + (i * n.channels + channel), as: .float32, count: count)
    }
    let (mean, factor, summand) = (part(0), part(1), part(2))
    var x = UnsafeRawPointer(input.place(line: line, channel: channel))
    var y = output.place(line: line, channel: channel)
    for _ in 0..<output.width {
      let difference = subtract(loadChannels(x, as: input.layout, count: count), mean)
      storeChannels(
        function(multiplyAdd(difference, factor, summand)), y, as: output.layout, count: count)
      x += input.pixelStride
      y += output.pixelStride
    }
  }
}
