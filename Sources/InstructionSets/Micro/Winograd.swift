/// A convolution of 3 × 3 pixels by Winograd's F(2 × 2, 3 × 3) (Lavin and Gray, arXiv 1509.09308).
///
/// The result is made of squares of 2 × 2 pixels. Each depends on a square of 4 × 4 pixels, of which
/// 16 sums and differences, the terms, are multiplied with 16 matrices made of the weights: 16
/// products where the plain convolution has 36.
///
/// In an image that is upsampled twofold first, the second and the third pixel of four are the same.
/// All terms that are their difference are zero, and 9 products are left.
public struct WinogradConvolution: @unchecked Sendable {
  /// The pixels, numbers of 32 bits, with the zeros around them; not upsampled.
  public var input: PixelLines
  /// Where the result goes.
  public var output: PixelLines
  /// Whether the images are upsampled twofold first.
  public var upsamples: Bool
  /// What is added to each pixel, `[outputs]`.
  public var bias: UnsafePointer<Float>?
  /// What the result is added to, of its size; it may be the output itself.
  public var residual: PixelLines?

  /// A plain convolution; set the optional parts afterwards.
  @inlinable
  public init(input: PixelLines, output: PixelLines, upsamples: Bool) {
    (self.input, self.output, self.upsamples, bias, residual) = (input, output, upsamples, nil, nil)
  }

  /// The number of terms of a square along a side, and of matrices.
  @inlinable @inline(__always)
  public var side: Int { upsamples ? 3 : 4 }

  /// The number of squares in a line of them.
  @inlinable @inline(__always)
  public var squaresPerLine: Int { (output.width + 1) / 2 }

  /// The number of squares of an image.
  @inlinable @inline(__always)
  public var squaresPerImage: Int { (output.height + 1) / 2 * squaresPerLine }

  /// The elements of scratch that `gather` needs.
  @inlinable
  public var scratch: Int { 16 * input.channels }

  /// The image, and in it the line and the column, of a square counted through all images.
  @inlinable @inline(__always)
  func place(ofSquare square: Int) -> (image: Int, line: Int, column: Int) {
    let (image, rest) = square.quotientAndRemainder(dividingBy: squaresPerImage)
    let (line, column) = rest.quotientAndRemainder(dividingBy: squaresPerLine)
    return (image, line, column)
  }

  /// The pixels that a square depends on; a copy with zeros where the square leaves the image, as
  /// the last ones do that only half belong to the result.
  @inlinable @inline(__always)
  func source(
    ofSquare square: Int, scratch: UnsafeMutablePointer<Float>
  ) -> (first: UnsafePointer<Float>, line: Int, pixel: Int) {
    let (image, line, column) = place(ofSquare: square)
    let step = upsamples ? 1 : 2
    let first =
      (input.first + image * input.imageStride + line * step * input.lineStride
      + column * step * input.pixelStride).assumingMemoryBound(to: Float.self)
    let strides = input.strides
    let lines = min(side, input.height - line * step)
    let pixels = min(side, input.width - column * step)
    if lines == side && pixels == side {
      return (UnsafePointer(first), strides.line, strides.pixel)
    }
    let channels = input.channels
    scratch.update(repeating: 0, count: side * side * channels)
    for line in 0..<lines {
      for pixel in 0..<pixels {
        (scratch + (line * side + pixel) * channels).update(
          from: first + line * strides.line + pixel * strides.pixel, count: channels)
      }
    }
    return (UnsafePointer(scratch), side * channels, channels)
  }
}

extension InstructionSet {
  /// The terms of four neighbours.
  @inlinable @inline(__always)
  static func terms(_ x: (F32, F32, F32, F32)) -> (F32, F32, F32, F32) {
    (subtract(x.0, x.2), add(x.1, x.2), subtract(x.2, x.1), subtract(x.1, x.3))
  }

  /// The two results of the sums of four neighbours.
  @inlinable @inline(__always)
  static func results(_ x: (F32, F32, F32, F32)) -> (F32, F32) {
    (add(add(x.0, x.1), x.2), subtract(subtract(x.1, x.2), x.3))
  }

  /// Writes the terms of some squares: a matrix `[squares, inputs]` for each of them.
  ///
  /// - Parameters:
  ///   - work: The whole convolution.
  ///   - range: The squares, counted through all images.
  ///   - terms: The first matrix; the others follow it.
  ///   - scratch: As many elements as `work` says.
  @inlinable @inline(__always)
  public static func gather(
    _ work: WinogradConvolution, squares range: Range<Int>, into terms: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    if work.upsamples {
      gather(work, range, into: terms, scratch, upsamples: true)
    } else {
      gather(work, range, into: terms, scratch, upsamples: false)
    }
  }

  @inlinable @inline(__always)
  static func gather(
    _ work: WinogradConvolution, _ range: Range<Int>, into terms: UnsafeMutablePointer<Float>,
    _ scratch: UnsafeMutablePointer<Float>, upsamples: Bool
  ) {
    let (channels, matrix) = (work.input.channels, range.count * work.input.channels)
    var target = terms
    for square in range {
      let source = work.source(ofSquare: square, scratch: scratch)
      @inline(__always)
      func place(_ line: Int, _ pixel: Int) -> UnsafePointer<Float> {
        source.first + line * source.line + pixel * source.pixel
      }
      var channel = 0
      while channel + width <= channels {
        gatherTerms(upsamples: upsamples) {
          load(place($0, $1) + channel)
        } store: {
          store($1, target + $0 * matrix + channel)
        }
        channel += width
      }
      let rest = channels - channel
      if rest > 0 {
        gatherTerms(upsamples: upsamples) {
          loadPart(place($0, $1) + channel, count: rest, padding: 0)
        } store: {
          storePart($1, target + $0 * matrix + channel, count: rest)
        }
      }
      target += channels
    }
  }

  /// Computes the terms of a vector of channels of a square.
  @inlinable @inline(__always)
  static func gatherTerms(
    upsamples: Bool, load: (Int, Int) -> F32, store: (Int, F32) -> Void
  ) {
    @inline(__always)
    func terms(ofLine line: Int) -> (F32, F32, F32, F32) {
      upsamples
        ? Self.terms((load(line, 0), load(line, 1), load(line, 1), load(line, 2)))
        : Self.terms((load(line, 0), load(line, 1), load(line, 2), load(line, 3)))
    }
    let (a, b) = (terms(ofLine: 0), terms(ofLine: 1))
    let (c, d) = upsamples ? (b, terms(ofLine: 2)) : (terms(ofLine: 2), terms(ofLine: 3))
    @inline(__always)
    func write(column: Int, _ x: (F32, F32, F32, F32)) {
      let (terms, side) = (Self.terms(x), upsamples ? 3 : 4)
      store(column, terms.0)
      store(column + side, terms.1)
      if !upsamples { store(column + 2 * side, terms.2) }
      store(column + (side - 1) * side, terms.3)
    }
    write(column: 0, (a.0, b.0, c.0, d.0))
    write(column: 1, (a.1, b.1, c.1, d.1))
    if !upsamples { write(column: 2, (a.2, b.2, c.2, d.2)) }
    write(column: upsamples ? 2 : 3, (a.3, b.3, c.3, d.3))
  }

  /// Writes the results of some squares, with bias and residual.
  ///
  /// - Parameters:
  ///   - work: The whole convolution.
  ///   - range: The squares, counted through all images.
  ///   - sums: The products, a matrix `[squares, outputs]` for each of the terms.
  @inlinable @inline(__always)
  public static func scatter(
    _ work: WinogradConvolution, squares range: Range<Int>, from sums: UnsafePointer<Float>
  ) {
    if work.upsamples {
      scatter(work, range, from: sums, upsamples: true)
    } else {
      scatter(work, range, from: sums, upsamples: false)
    }
  }

  @inlinable @inline(__always)
  static func scatter(
    _ work: WinogradConvolution, _ range: Range<Int>, from sums: UnsafePointer<Float>,
    upsamples: Bool
  ) {
    let (output, channels) = (work.output, work.output.channels)
    let matrix = range.count * channels
    var source = sums
    for square in range {
      let (image, line, column) = work.place(ofSquare: square)
      let first = image * output.height + 2 * line
      let (lines, pixels) = (
        min(2, output.height - 2 * line), min(2, output.width - 2 * column)
      )
      @inline(__always)
      func place(_ lines: PixelLines) -> UnsafeMutablePointer<Float> {
        (lines.place(line: first) + 2 * column * lines.pixelStride)
          .assumingMemoryBound(to: Float.self)
      }
      let (target, residual) = (place(output), work.residual.map(place))
      @inline(__always)
      func finish(
        _ channel: Int, load: (UnsafePointer<Float>) -> F32,
        store: (F32, UnsafeMutablePointer<Float>) -> Void
      ) {
        let bias = work.bias.map { load($0 + channel) } ?? .zero
        @inline(__always)
        func finish(_ line: Int, _ pixel: Int, _ sum: F32) {
          guard line < lines && pixel < pixels else { return }
          var x = add(sum, bias)
          if let residual, let strides = work.residual?.strides {
            x = add(x, load(residual + line * strides.line + pixel * strides.pixel + channel))
          }
          store(x, target + line * output.strides.line + pixel * output.strides.pixel + channel)
        }
        let (a, b) = scatteredResults(upsamples: upsamples) { load(source + $0 * matrix + channel) }
        finish(0, 0, a.0)
        finish(0, 1, a.1)
        finish(1, 0, b.0)
        finish(1, 1, b.1)
      }
      var channel = 0
      while channel + width <= channels {
        finish(channel, load: { load($0) }, store: { store($0, $1) })
        channel += width
      }
      let rest = channels - channel
      if rest > 0 {
        finish(
          channel, load: { loadPart($0, count: rest, padding: 0) },
          store: { storePart($0, $1, count: rest) })
      }
      source += channels
    }
  }

  /// The results of a vector of channels of a square, the upper two and the lower two.
  @inlinable @inline(__always)
  static func scatteredResults(
    upsamples: Bool, load: (Int) -> F32
  ) -> (upper: (F32, F32), lower: (F32, F32)) {
    let side = upsamples ? 3 : 4
    @inline(__always)
    func results(ofColumn column: Int) -> (F32, F32) {
      Self.results(
        (
          load(column), load(column + side), upsamples ? .zero : load(column + 2 * side),
          load(column + (side - 1) * side)
        ))
    }
    let (a, b) = (results(ofColumn: 0), results(ofColumn: 1))
    let c = upsamples ? (.zero, .zero) : results(ofColumn: 2)
    let d = results(ofColumn: side - 1)
    return (Self.results((a.0, b.0, c.0, d.0)), Self.results((a.1, b.1, c.1, d.1)))
  }
}
