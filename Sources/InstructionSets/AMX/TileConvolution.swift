#if arch(x86_64)
internal import _KernelsMicro

/// Pixels of the result whose sums are computed, on their way to it.
private struct FinishingSpan {
  /// The sums of the next pixel.
  var sums: UnsafePointer<Float>
  /// Where it goes, and what it is added to.
  var output: UnsafeMutableRawPointer
  var residual: UnsafeRawPointer?
  var pixelsLeft: Int
}

/// A square of sums, two spans of pixels, on its way to the result, pixel by pixel.
private struct FinishingPair {
  /// Room for this square and for the next one, by turns: 32 rows of sums, and the bias.
  var sums, nextSums: UnsafeMutablePointer<Float>
  /// What is left of this square.
  var first, second: FinishingSpan
  /// The outputs that the square has.
  var columns = 0

  init(_ scratch: UnsafeMutablePointer<Float>) {
    (sums, nextSums) = (scratch + 1056, scratch)
    first = FinishingSpan(sums: UnsafePointer(scratch), output: scratch, pixelsLeft: 0)
    second = first
  }

  /// Begins with the square that has been written to `nextSums`.
  @inline(__always)
  mutating func begin(_ c: Convolution, _ spans: Range<Int>, panel: Int) {
    swap(&sums, &nextSums)
    columns = min(c.output.channels - panel * 32, 32)
    let bias = c.bias.map { $0 + panel * 32 }
    for half in [0, 16] {
      AMX.store(bias.map { AMX.part($0 + half, columns - half) } ?? .zero, sums + 1024 + half)
    }
    first = span(c, spans.lowerBound, panel: panel, sums)
    second = span(c, spans.upperBound - 1, panel: panel, sums + 512)
    if spans.count < 2 { second.pixelsLeft = 0 }
  }

  /// What a span has to write: of the pixels that it shares with the one before, nothing.
  @inline(__always)
  private func span(
    _ c: Convolution, _ span: Int, panel: Int, _ sums: UnsafePointer<Float>
  ) -> FinishingSpan {
    let (line, place) = span.quotientAndRemainder(dividingBy: c.spansPerLine)
    let shared = place * c.spanPixels - c.firstPixel(ofSpan: place)
    func start(_ lines: PixelLines) -> UnsafeMutableRawPointer {
      lines.place(line: line, channel: panel * 32) + place * c.spanPixels * lines.pixelStride
    }
    return FinishingSpan(
      sums: sums + shared * 32, output: start(c.output),
      residual: c.residual.map { UnsafeRawPointer(start($0)) }, pixelsLeft: c.spanPixels - shared)
  }

  /// Writes the next pixel to the result, if there is one.
  @inline(__always)
  mutating func finishPixel(_ c: Convolution) {
    if first.pixelsLeft == 0 {
      guard second.pixelsLeft > 0 else { return }
      first = second
      second.pixelsLeft = 0
    }
    AMX.finishPixel(c, first, columns: columns, bias: sums + 1024)
    first.sums += 32
    first.output += c.output.pixelStride
    if let lines = c.residual { first.residual = first.residual.map { $0 + lines.pixelStride } }
    first.pixelsLeft -= 1
  }

  /// Writes what is left.
  @inline(__always)
  mutating func finish(_ c: Convolution) {
    while first.pixelsLeft + second.pixelsLeft > 0 { finishPixel(c) }
  }
}

extension Convolution {
  /// The first pixel of a span in its line: the last span ends with the line.
  @inline(__always)
  fileprivate func firstPixel(ofSpan place: Int) -> Int {
    min(place * spanPixels, output.width - spanPixels)
  }

  /// The first pixel of the input that a span depends on.
  @inline(__always)
  fileprivate func start(ofSpan span: Int) -> UnsafeRawPointer {
    let (line, place) = span.quotientAndRemainder(dividingBy: spansPerLine)
    let (picture, row) = line.quotientAndRemainder(dividingBy: output.height)
    return UnsafeRawPointer(input.first) + picture * input.pictureStride
      + stride * (row * input.lineStride + firstPixel(ofSpan: place) * input.pixelStride)
  }

  /// The spans whose input, with what surrounds it, takes half of an L2 cache of 2 MB.
  fileprivate var spansPerBlock: Int {
    max((1 << 20) / max(input.lineStride * stride, 1), 2) * spansPerLine
  }
}

extension AMX {
  /// Computes spans × panels of a convolution.
  ///
  /// The input of a block of spans stays in the L2 cache while each panel of weights meets it. The
  /// sums of a pair of spans stay in tiles over all steps.
  ///
  /// - Parameters:
  ///   - convolution: The whole convolution.
  ///   - spans: The spans to compute, counted through the lines of all pictures.
  ///   - panels: The panels of weights.
  ///   - scratch: `Convolution.scratch` elements.
  static func convolve(
    _ convolution: Convolution, spans: Range<Int>, panels: Range<Int>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    TileUnit.configure(rows: convolution.spanPixels)
    var finishing = FinishingPair(scratch)
    let count = convolution.spansPerBlock
    var first = spans.lowerBound
    while first < spans.upperBound {
      let block = first..<min(first + count, spans.upperBound)
      for panel in panels {
        if convolution.output.channels - panel * 32 > 16 {
          convolve(convolution, block, panel: panel, &finishing) {
            TileUnit.addProducts(rows: $0, secondRows: $1, stride: $2, columns: $3)
          }
        } else {
          convolve(convolution, block, panel: panel, &finishing) {
            TileUnit.addHalfProducts(rows: $0, secondRows: $1, stride: $2, columns: $3)
          }
        }
      }
      first = block.upperBound
    }
    finishing.finish(convolution)
    TileUnit.release()
  }

  /// Computes a block of spans × one panel, two spans at a time.
  ///
  /// The vector unit works beside the tile unit: in the steps of a pair it takes the pixels of the
  /// one before to the result, and asks for a part of the next panel.
  @inline(__always)
  private static func convolve(
    _ c: Convolution, _ spans: Range<Int>, panel: Int, _ finishing: inout FinishingPair,
    addProducts: (UnsafeRawPointer, UnsafeRawPointer, Int, UnsafeRawPointer) -> Void
  ) {
    let weights = c.weights + panel * c.steps * 2048
    let pairs = (spans.count + 1) / 2
    let prefetchLines = min((32 + pairs - 1) / pairs, 8)
    let stride = c.stride * c.input.pixelStride
    // How often a pixel is finished.
    let pixelsPerStep = (32 + c.steps - 1) / max(c.steps, 1)
    let mask = pixelsPerStep > 1 ? 0 : powerOfTwo(notAbove: c.steps / 32) - 1
    var next = weights + c.steps * 2048
    var span = spans.lowerBound
    while span < spans.upperBound {
      let pair = span..<min(span + 2, spans.upperBound)
      let (rows, secondRows) = (c.start(ofSpan: span), c.start(ofSpan: pair.upperBound - 1))
      TileUnit.zeroSums()
      var columns = weights
      for step in 0..<c.steps {
        let offset = c.offsets[step]
        addProducts(rows + offset, secondRows + offset, stride, columns)
        columns += 2048
        prefetchToL2(next, lines: prefetchLines)
        next += prefetchLines * 64
        if step & mask == 0 {
          for _ in 0..<pixelsPerStep { finishing.finishPixel(c) }
        }
      }
      finishing.finish(c)
      TileUnit.storeSums(finishing.nextSums, stride: 128)
      finishing.begin(c, pair, panel: panel)
      span = pair.upperBound
    }
  }

  /// The largest power of two that is not above a number, or 1.
  private static func powerOfTwo(notAbove x: Int) -> Int {
    x > 1 ? 1 << (Int.bitWidth - 1 - x.leadingZeroBitCount) : 1
  }

  /// Writes up to 32 outputs of a pixel: sums, bias and residual.
  @inline(__always)
  fileprivate static func finishPixel(
    _ c: Convolution, _ span: FinishingSpan, columns: Int, bias: UnsafePointer<Float>
  ) {
    var a = add(load(span.sums), load(bias))
    var b = add(load(span.sums + 16), load(bias + 16))
    if let residual = span.residual, let form = c.residual?.form {
      if form == .blocks {
        a = add(a, loadBFloat16(residual))
        b = add(b, loadBFloat16(residual + 32))
      } else {
        let residual = residual.assumingMemoryBound(to: Float.self)
        a = add(a, part(residual, columns))
        b = add(b, part(residual + 16, columns - 16))
      }
    }
    if c.output.form == .blocks {
      // What a pixel lacks to 32 outputs is zero.
      storePartBFloat16(a, b, span.output, count: 32)
      return
    }
    let output = span.output.assumingMemoryBound(to: Float.self)
    if columns == 32 {
      store(a, output)
      store(b, output + 16)
    } else {
      storePart(a, output, count: min(columns, 16))
      storePart(b, output + 16, count: max(columns - 16, 0))
    }
  }
}
#endif
