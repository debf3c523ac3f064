#if arch(x86_64)
internal import _KernelsMicro

/// A run of pixels whose sums are computed, on their way to the result.
private struct FinishingRun {
  /// The sums of the next pixel.
  var sums: UnsafePointer<Float>
  /// Where it goes, and what it is added to.
  var output: UnsafeMutableRawPointer
  var residual: UnsafeRawPointer
  var pixelsLeft = 0
}

/// A square of sums, two runs of pixels, on its way to the result, pixel by pixel.
private struct FinishingPair {
  /// Room for this square and for the next one, by turns: 32 rows of sums, and the bias.
  var sums, nextSums: UnsafeMutablePointer<Float>
  /// What is left of this square.
  var first, second: FinishingRun
  /// The outputs that the square has.
  var columns = 0

  init(_ scratch: UnsafeMutablePointer<Float>) {
    (sums, nextSums) = (scratch + 1056, scratch)
    first = FinishingRun(sums: UnsafePointer(scratch), output: scratch, residual: scratch)
    second = first
  }

  /// Begins with the square that has been written to `nextSums`.
  mutating func begin(_ c: Convolution, _ spans: Range<Int>, panel: Int) {
    swap(&sums, &nextSums)
    columns = min(c.output.channels - panel * 32, 32)
    let bias = c.bias.map { $0 + panel * 32 }
    for half in [0, 16] {
      AMX.store(bias.map { AMX.part($0 + half, columns - half) } ?? .zero, sums + 1024 + half)
    }
    first = run(c, spans.lowerBound, panel: panel, sums)
    second = run(c, spans.upperBound - 1, panel: panel, sums + 512)
    if spans.count < 2 { second.pixelsLeft = 0 }
  }

  /// What a span has to write: of the pixels that it shares with the one before, nothing.
  private func run(
    _ c: Convolution, _ span: Int, panel: Int, _ sums: UnsafePointer<Float>
  ) -> FinishingRun {
    let (line, place) = span.quotientAndRemainder(dividingBy: c.spansPerLine)
    let shared = place * c.spanPixels - c.firstPixel(ofSpan: place)
    func start(_ lines: PixelLines) -> UnsafeMutableRawPointer {
      lines.place(line: line, channel: panel * 32) + place * c.spanPixels * lines.pixelStride
    }
    return FinishingRun(
      sums: sums + shared * 32, output: start(c.output),
      residual: UnsafeRawPointer(start(c.residual ?? c.output)), pixelsLeft: c.spanPixels - shared)
  }

  /// Writes the next pixel to the result, if there is one.
  ///
  /// - Parameters:
  ///   - strides: The distances between pixels of the result and of the residual.
  ///   - write: Writes the outputs of a pixel.
  @_transparent
  mutating func finishPixel(
    _ strides: (Int, Int), _ write: (FinishingRun, Int, UnsafePointer<Float>) -> Void
  ) {
    if first.pixelsLeft == 0 {
      if second.pixelsLeft == 0 { return }
      first = second
      second.pixelsLeft = 0
    }
    write(first, columns, sums + 1024)
    first.sums += 32
    first.output += strides.0
    first.residual += strides.1
    first.pixelsLeft -= 1
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
    let (image, row) = line.quotientAndRemainder(dividingBy: output.height)
    return UnsafeRawPointer(input.first) + image * input.imageStride
      + stride * (row * input.lineStride + firstPixel(ofSpan: place) * input.pixelStride)
  }

  /// The distances between pixels of the result and of the residual.
  fileprivate var finishingStrides: (Int, Int) {
    (output.pixelStride, (residual ?? output).pixelStride)
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
  ///   - spans: The spans to compute, counted through the lines of all images.
  ///   - panels: The panels of weights.
  ///   - scratch: `Convolution.scratch` elements.
  static func convolve(
    _ convolution: Convolution, spans: Range<Int>, panels: Range<Int>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    TileUnit.configure(rows: convolution.spanPixels)
    let isInBlocks = convolution.output.layout == .blocks
    // What most convolutions do has code of its own.
    if isInBlocks && convolution.residual == nil {
      convolve(convolution, spans: spans, panels: panels, scratch) { run, _, bias in
        storePartBFloat16(
          add(load(run.sums), load(bias)), add(load(run.sums + 16), load(bias + 16)), run.output,
          count: 32)
      }
    } else if isInBlocks && convolution.residual?.layout == .blocks {
      convolve(convolution, spans: spans, panels: panels, scratch) { run, _, bias in
        let a = add(add(load(run.sums), load(bias)), loadBFloat16(run.residual))
        let b = add(add(load(run.sums + 16), load(bias + 16)), loadBFloat16(run.residual + 32))
        storePartBFloat16(a, b, run.output, count: 32)
      }
    } else {
      convolve(convolution, spans: spans, panels: panels, scratch) {
        finishPixel(convolution, $0, columns: $1, bias: $2)
      }
    }
    TileUnit.release()
  }

  @inline(__always)
  private static func convolve(
    _ c: Convolution, spans: Range<Int>, panels: Range<Int>, _ scratch: UnsafeMutablePointer<Float>,
    finish: (FinishingRun, Int, UnsafePointer<Float>) -> Void
  ) {
    var finishing = FinishingPair(scratch)
    let count = spansPerBlock(c, spans.count)
    var first = spans.lowerBound
    while first < spans.upperBound {
      let block = first..<min(first + count, spans.upperBound)
      for panel in panels { convolve(c, block, panel: panel, &finishing, finish: finish) }
      first = block.upperBound
    }
    while finishing.first.pixelsLeft + finishing.second.pixelsLeft > 0 {
      finishing.finishPixel(c.finishingStrides, finish)
    }
  }

  /// Computes a block of spans × one panel, two spans at a time.
  ///
  /// The vector unit works beside the tile unit: in the steps of a pair it takes the pixels of the
  /// one before to the result, and asks for a part of the next panel.
  @inline(__always)
  private static func convolve(
    _ c: Convolution, _ spans: Range<Int>, panel: Int, _ finishing: inout FinishingPair,
    finish: (FinishingRun, Int, UnsafePointer<Float>) -> Void
  ) {
    let weights = c.weights + panel * c.steps * 2048
    let (stride, strides) = (c.stride * c.input.pixelStride, c.finishingStrides)
    let isHalf = c.output.channels - panel * 32 <= 16
    // All pairs together ask for 32 lines in each step.
    let pairs = (spans.count + 1) / 2
    let prefetchLines = min(max((32 + pairs / 2) / pairs, 1), 8)
    // 32 pixels are finished in the steps.
    let pixelsPerStep = (32 + c.steps - 1) / max(c.steps, 1)
    let mask = powerOfTwo(notAbove: c.steps / 32) - 1
    var next = weights + c.steps * 2048
    var span = spans.lowerBound
    while span < spans.upperBound {
      let pair = span..<min(span + 2, spans.upperBound)
      let (rows, secondRows) = (c.start(ofSpan: span), c.start(ofSpan: pair.upperBound - 1))
      TileUnit.zeroSums()
      var columns = weights
      for step in 0..<c.steps {
        let offset = c.offsets[step]
        if isHalf {
          TileUnit.addHalfProducts(
            rows: rows + offset, secondRows: secondRows + offset, stride: stride, columns: columns)
        } else {
          TileUnit.addProducts(
            rows: rows + offset, secondRows: secondRows + offset, stride: stride, columns: columns)
        }
        columns += 2048
        prefetchToL2(next, lines: prefetchLines)
        next += prefetchLines * 64
        if step & mask == 0 {
          for _ in 0..<pixelsPerStep { finishing.finishPixel(strides, finish) }
        }
      }
      TileUnit.storeSums(finishing.nextSums, stride: 128)
      // Without a step there are pixels left.
      while finishing.first.pixelsLeft + finishing.second.pixelsLeft > 0 {
        finishing.finishPixel(strides, finish)
      }
      finishing.begin(c, pair, panel: panel)
      span = pair.upperBound
    }
  }

  /// The spans of a block, and blocks of like length.
  ///
  /// Their input, with what surrounds it, takes up to 1.25 MB of an L2 cache of 2 MB.
  private static func spansPerBlock(_ c: Convolution, _ count: Int) -> Int {
    let limit = max((5 << 18) / max(c.input.lineStride * c.stride, 1), 2) * c.spansPerLine
    let blocks = max((count + limit - 1) / limit, 1)
    return (count + 2 * blocks - 1) / (2 * blocks) * 2
  }

  /// The largest power of two that is not above a number, or 1.
  private static func powerOfTwo(notAbove x: Int) -> Int {
    x > 1 ? 1 << (Int.bitWidth - 1 - x.leadingZeroBitCount) : 1
  }

  /// Writes up to 32 outputs of a pixel, sums, bias and residual, in any layout.
  private static func finishPixel(
    _ c: Convolution, _ run: FinishingRun, columns: Int, bias: UnsafePointer<Float>
  ) {
    var a = add(load(run.sums), load(bias))
    var b = add(load(run.sums + 16), load(bias + 16))
    if let layout = c.residual?.layout {
      let size = layout.elementSize
      a = add(a, loadChannels(run.residual, as: layout, count: columns))
      b = add(b, loadChannels(run.residual + 16 * size, as: layout, count: columns - 16))
    }
    let layout = c.output.layout
    storeChannels(a, run.output, as: layout, count: columns)
    storeChannels(b, run.output + 16 * layout.elementSize, as: layout, count: columns - 16)
  }
}
#endif
