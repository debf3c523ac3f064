/// A convolution with a few outputs, as the last one of a decoder, which gives the colours of
/// images, with what is added to its result.
///
/// As a product it would fill three columns of a panel. Here the lanes of a vector are terms of a
/// sum, which lie side by side in the images, so that nothing is copied.
public struct NarrowConvolution: @unchecked Sendable {
  /// The images, numbers of 32 bits, with the zeros around them.
  public var input: PixelLines
  /// The distance in the input of neighbours in the result.
  public var stride: Int
  /// The lines that an output depends on, and the terms in each.
  public var lines, lineTerms: Int
  /// The weights, `[outputs, lines, lineTerms]`.
  public var weights: UnsafePointer<Float>
  /// Where the result goes, numbers of 32 bits.
  public var output: PixelLines
  /// What is added to each pixel, `[outputs]`.
  public var bias: UnsafePointer<Float>?
  /// What the result is added to, of its size; it may be the output itself.
  public var residual: PixelLines?

  /// The most outputs: those whose sums, of four pixels at once, stay in 16 registers.
  public static let maximumOutputs = 3

  /// A plain convolution; set the optional parts afterwards.
  @inlinable
  public init(
    input: PixelLines, stride: Int, lines: Int, lineTerms: Int, weights: UnsafePointer<Float>,
    output: PixelLines
  ) {
    (self.input, self.stride, self.lines, self.lineTerms) = (input, stride, lines, lineTerms)
    (self.weights, self.output, bias, residual) = (weights, output, nil, nil)
  }
}

extension InstructionSet {
  /// Computes the lines of `range` of all results.
  @inlinable @inline(__always)
  public static func convolve(_ work: NarrowConvolution, lines range: Range<Int>) {
    switch work.output.channels {
    case 1: convolve(work, lines: range, NarrowTile<4, 1>.self)
    case 2: convolve(work, lines: range, NarrowTile<4, 2>.self)
    default: convolve(work, lines: range, NarrowTile<4, 3>.self)
    }
  }

  /// Computes lines with a tile, and what it leaves of each pixel by pixel.
  @inlinable @inline(__always)
  static func convolve<let pixels: Int, let outputs: Int>(
    _ work: NarrowConvolution, lines range: Range<Int>, _ tile: NarrowTile<pixels, outputs>.Type
  ) {
    for line in range {
      var pixel = 0
      while pixel + pixels <= work.output.width {
        tile.compute(Self.self, work, line: line, pixel: pixel)
        pixel += pixels
      }
      while pixel < work.output.width {
        NarrowTile<1, outputs>.compute(Self.self, work, line: line, pixel: pixel)
        pixel += 1
      }
    }
  }
}

/// All outputs of some neighbouring pixels, which share the loads of the weights.
@usableFromInline
enum NarrowTile<let pixels: Int, let outputs: Int>: SendableMetatype {
  /// Computes the pixels of a line of the result, counted through all images, from `pixel` on.
  @inlinable @inline(__always)
  static func compute<I: InstructionSet>(
    _ isa: I.Type, _ work: NarrowConvolution, line: Int, pixel: Int
  ) {
    let (lineStride, pixelStride) = work.input.strides
    let (step, weightStride) = (work.stride * pixelStride, work.lines * work.lineTerms)
    let (image, row) = line.quotientAndRemainder(dividingBy: work.output.height)
    let start =
      work.input.first + image * work.input.imageStride
      + row * work.stride * work.input.lineStride
    let first = UnsafePointer(start.assumingMemoryBound(to: Float.self)) + pixel * step
    var sums = InlineArray<pixels, InlineArray<outputs, I.F32>>(
      repeating: .init(repeating: .zero))
    func add(
      _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
      _ load: (UnsafePointer<Float>) -> I.F32
    ) {
      var weights = InlineArray<outputs, I.F32>(repeating: .zero)
      for j in 0..<outputs { weights[unchecked: j] = load(w + j * weightStride) }
      for i in 0..<pixels {
        let terms = load(x + i * step)
        for j in 0..<outputs {
          sums[unchecked: i][unchecked: j] = I.multiplyAdd(
            terms, weights[unchecked: j], sums[unchecked: i][unchecked: j])
        }
      }
    }
    for tap in 0..<work.lines {
      let (x, w) = (first + tap * lineStride, work.weights + tap * work.lineTerms)
      var k = 0
      while k + I.width <= work.lineTerms {
        add(x + k, w + k) { I.load($0) }
        k += I.width
      }
      let rest = work.lineTerms - k
      if rest > 0 { add(x + k, w + k) { I.loadPart($0, count: rest, padding: 0) } }
    }
    for i in 0..<pixels {
      for j in 0..<outputs {
        finish(
          work, I.mergedLanes(sums[unchecked: i][unchecked: j], I.add), line: line,
          pixel: pixel + i, output: j)
      }
    }
  }

  /// Writes one sum to the output.
  @inlinable @inline(__always)
  static func finish(
    _ work: NarrowConvolution, _ sum: Float, line: Int, pixel: Int, output: Int
  ) {
    func place(_ lines: PixelLines) -> UnsafeMutablePointer<Float> {
      (lines.place(line: line, channel: output) + pixel * lines.pixelStride)
        .assumingMemoryBound(to: Float.self)
    }
    var result = sum
    if let bias = work.bias { result += bias[output] }
    if let residual = work.residual { result += place(residual)[0] }
    place(work.output)[0] =
      work.output.layout == .rounded ? BFloat16Bits(result).flushedFloat : result
  }
}
