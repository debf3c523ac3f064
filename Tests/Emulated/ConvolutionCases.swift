import _KernelsBaseline
import _KernelsMicro

/// Products whose rows are pixels and whose depth lies in several parts.
func testConvolution() {
  testConvolution("convolution", outputs: 1...40) { $0.product($1, $2) }
}

/// Convolutions whose lanes are terms.
func testNarrowConvolution() {
  testConvolution("convolution with few outputs", outputs: 1...3) { $0.narrow($1, $2) }
}

private func testConvolution(
  _ name: String, outputs: ClosedRange<Int>,
  _ compute: (Reference.Convolution, [Float], [Float]) -> Written<Float>
) {
  var outcome = Outcome(name)
  var numbers = SampleNumbers(seed: 23)
  for _ in 0..<100 {
    var c = Reference.Convolution(
      batch: 1, height: numbers.next(in: 3...12), width: numbers.next(in: 3...12),
      inputs: numbers.next(in: 1...20), outputs: numbers.next(in: outputs))
    (c.padding, c.stride) = ((0, 0, 0, 0), numbers.next(in: 1...2))
    c.kernel = (numbers.next(in: 1...3), numbers.next(in: 1...3))
    let (x, weight) = (
      numbers.next(c.height * c.width * c.inputs),
      numbers.next(c.outputs * c.inputs * c.kernel.height * c.kernel.width)
    )
    let (values, magnitudes) = c(x, weight)
    let result = compute(c, x, weight)
    var worst = result.isInside ? 0.0 : .infinity
    for (i, element) in result.elements.enumerated() {
      let difference = (Double(element) - values[i]).magnitude
      worst = difference.isNaN ? .infinity : max(worst, difference / magnitudes[i])
    }
    let depth = c.inputs * c.kernel.height * c.kernel.width
    outcome.expect(
      worst, within: Double(depth + 16) / 0x1p24,
      "\(c.height) × \(c.width) × \(c.inputs), kernel \(c.kernel.height) × \(c.kernel.width), "
        + "stride \(c.stride), \(c.outputs) outputs")
  }
  outcome.report(" of the summands")
}

extension Reference.Convolution {
  /// The terms of each output, a pixel after the other.
  private func terms(_ weight: [Float]) -> [Float] {
    let (pixels, depth) = (kernel.height * kernel.width, inputs * kernel.height * kernel.width)
    var terms = [Float](repeating: 0, count: outputs * depth)
    for (i, element) in weight.enumerated() {
      let (output, channel, pixel) = (i / depth, i / pixels % inputs, i % pixels)
      terms[output * depth + pixel * inputs + channel] = element
    }
    return terms
  }

  /// The result of the baseline's kernel for few outputs.
  fileprivate func narrow(_ x: [Float], _ weight: [Float]) -> Written<Float> {
    var (x, terms) = (x, terms(weight))
    return written(outputShape[1] * outputShape[2] * outputs, canary: canary) { output in
      x.withUnsafeMutableBufferPointer { x in
        terms.withUnsafeMutableBufferPointer { terms in
          guard let x = x.baseAddress, let terms = terms.baseAddress else { return }
          let work = NarrowConvolution(
            input: PixelLines(first: x, width: width, height: height, channels: inputs),
            stride: stride, lines: kernel.height, lineTerms: kernel.width * inputs,
            weights: terms,
            output: PixelLines(
              first: output, width: outputShape[2], height: outputShape[1], channels: outputs))
          kernelsBaseline.vector.pixels.convolve(work, outputShape[1] / 2..<outputShape[1])
          kernelsBaseline.vector.pixels.convolve(work, 0..<outputShape[1] / 2)
        }
      }
    }
  }

  /// The result as a product of the baseline.
  fileprivate func product(_ x: [Float], _ weight: [Float]) -> Written<Float> {
    let depth = inputs * kernel.height * kernel.width
    let terms = terms(weight)
    let panels = kernelsBaseline.float32.panels(outputs)
    let panelWidth = kernelsBaseline.float32.panelWidth
    var packed = [Float](repeating: canary, count: panels * panelWidth * depth)
    terms.withUnsafeBufferPointer { terms in
      guard let elements = terms.baseAddress else { return }
      kernelsBaseline.float32.pack(
        PackingSource(
          elements: elements, depthStride: 1, columnStride: depth, depth: depth, columns: outputs),
        0..<panels, &packed)
    }
    let (rows, lines) = (outputShape[1] * outputShape[2], width * inputs)
    let tapOffsets = (0..<kernel.height).map { $0 * lines }
    var isScratchInside = false
    var result = written(rows * outputs, canary: canary) { output in
      x.withUnsafeBufferPointer { x in
        packed.withUnsafeBufferPointer { packed in
          tapOffsets.withUnsafeBufferPointer { tapOffsets in
            guard let x = x.baseAddress, let packed = packed.baseAddress else { return }
            var product = Product(
              a: x, aStride: stride * inputs, b: packed, depth: depth, columns: outputs,
              output: output, outputStride: outputs)
            (product.lineRows, product.lineStride) = (outputShape[2], stride * lines)
            product.setTaps(
              tapOffsets.baseAddress, count: kernel.height, terms: kernel.width * inputs)
            let count = kernelsBaseline.vector.productScratch(rows, depth, outputs)
            let scratch = written(count, canary: canary) { scratch in
              kernelsBaseline.vector.product(product, rows / 2..<rows, 0..<panels, scratch)
              kernelsBaseline.vector.product(product, 0..<rows / 2, 0..<panels, scratch)
            }
            isScratchInside = scratch.isInside
          }
        }
      }
    }
    result.isInside = result.isInside && isScratchInside
    return result
  }
}
