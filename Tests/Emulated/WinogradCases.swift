import _KernelsBaseline
import _KernelsMicro

/// Convolutions by terms and sums of squares, with the products between them by plain loops.
func testWinograd() {
  var outcome = Outcome("convolution by Winograd's products")
  var numbers = SampleNumbers(seed: 24)
  for round in 0..<60 {
    let upsamples = round % 2 == 1
    let (height, width) = (numbers.next(in: 3...9), numbers.next(in: 3...9))
    let (inputs, outputs) = (numbers.next(in: 1...20), numbers.next(in: 1...20))
    let x = numbers.next(height * width * inputs)
    let weight = numbers.next(outputs * inputs * 9)
    // The plain convolution, of upsampled images without what the padding would be.
    let factor = upsamples ? 2 : 1
    var reference = Reference.Convolution(
      batch: 1, height: factor * height, width: factor * width, inputs: inputs, outputs: outputs)
    reference.padding = (0, 0, 0, 0)
    var upsampled: [Float] = []
    for line in 0..<factor * height {
      for pixel in 0..<factor * width {
        let first = (line / factor * width + pixel / factor) * inputs
        upsampled += x[first..<first + inputs]
      }
    }
    let (values, magnitudes) = reference(upsampled, weight)
    let (outputHeight, outputWidth) = (factor * (height - 2), factor * (width - 2))
    let result = convolved(
      x, weight, height: height, width: width, inputs: inputs, outputs: outputs,
      upsamples: upsamples)
    var worst = result.isInside ? 0.0 : .infinity
    for (i, element) in result.elements.enumerated() {
      let (pixel, channel) = (i / outputs, i % outputs)
      let (line, column) = (pixel / outputWidth + factor - 1, pixel % outputWidth + factor - 1)
      let place = (line * reference.outputShape[2] + column) * outputs + channel
      let difference = (Double(element) - values[place]).magnitude
      worst = difference.isNaN ? .infinity : max(worst, difference / (magnitudes[place] + 2))
    }
    // Sums and differences round before and behind the products.
    outcome.expect(
      worst, within: Double(9 * inputs + 16) / 0x1p24,
      "\(height) × \(width) × \(inputs), \(outputs) outputs, \(outputHeight) lines")
  }
  outcome.report(" of the summands")
}

/// A convolution of images with their padding, by the baseline's transformations.
private func convolved(
  _ x: [Float], _ weight: [Float], height: Int, width: Int, inputs: Int, outputs: Int,
  upsamples: Bool
) -> Written<Float> {
  let factor = upsamples ? 2 : 1
  let (outputHeight, outputWidth) = (factor * (height - 2), factor * (width - 2))
  return written(outputHeight * outputWidth * outputs, canary: canary) { output in
    var x = x
    x.withUnsafeMutableBufferPointer { x in
      guard let first = x.baseAddress else { return }
      let work = WinogradConvolution(
        input: PixelLines(first: first, width: width, height: height, channels: inputs),
        output: PixelLines(
          first: output, width: outputWidth, height: outputHeight, channels: outputs),
        upsamples: upsamples)
      let matrices = transformed(weight, upsamples: upsamples)
      let squares = work.squaresPerImage
      for part in [squares / 3..<squares, 0..<squares / 3] {
        let (rows, count) = (part.count, work.side * work.side)
        var terms = [Float](repeating: canary, count: count * rows * inputs)
        var scratch = [Float](repeating: canary, count: work.scratch)
        kernelsBaseline.vector.pixels.gather(work, part, &terms, &scratch)
        var sums = [Float](repeating: 0, count: count * rows * outputs)
        for i in sums.indices {
          let (matrix, row, column) = (i / (rows * outputs), i / outputs % rows, i % outputs)
          for channel in 0..<inputs {
            sums[i] +=
              terms[(matrix * rows + row) * inputs + channel]
              * matrices[matrix][column * inputs + channel]
          }
        }
        kernelsBaseline.vector.pixels.scatter(work, part, sums)
      }
    }
  }
}

/// The weights for each of the terms, `[outputs, inputs]`, of `[outputs, inputs, 3, 3]`.
private func transformed(_ weight: [Float], upsamples: Bool) -> [[Float]] {
  func terms(_ w: [[Float]]) -> [[Float]] {
    let sum = w[0].indices.map { (w[0][$0] + w[1][$0] + w[2][$0]) / 2 }
    let difference = w[0].indices.map { (w[0][$0] - w[1][$0] + w[2][$0]) / 2 }
    return upsamples ? [w[0], sum, w[2]] : [w[0], sum, difference, w[2]]
  }
  let pixels = (0..<9).map { pixel in
    stride(from: pixel, to: weight.count, by: 9).map { weight[$0] }
  }
  let lines = (0..<3).map { terms(Array(pixels[3 * $0..<3 * $0 + 3])) }
  return (0..<lines[0].count).map { column in terms(lines.map { $0[column] }) }
    .reduce(into: [[[Float]]](repeating: [], count: lines[0].count)) { result, column in
      for (line, terms) in column.enumerated() { result[line].append(terms) }
    }.flatMap { $0 }
}
