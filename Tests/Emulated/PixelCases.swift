import _KernelsBaseline
import _KernelsMicro

/// Pixels of some images, side by side.
private func lines(
  _ first: UnsafePointer<Float>, height: Int, width: Int, channels: Int
) -> PixelLines {
  PixelLines(
    first: UnsafeMutablePointer(mutating: first), width: width, height: height,
    channels: channels)
}

func testDepthwiseConvolutions() {
  var outcome = Outcome("depthwise convolutions")
  var numbers = SampleNumbers(seed: 31)
  for _ in 0..<100 {
    let (channels, images) = (numbers.next(in: 1...21), numbers.next(in: 1...2))
    let (stride, dilation) = (numbers.next(in: 1...2), numbers.next(in: 1...2))
    let size = (height: numbers.next(in: 1...3), width: numbers.next(in: 1...3))
    let output = (height: numbers.next(in: 1...7), width: numbers.next(in: 1...9))
    let height = (output.height - 1) * stride + (size.height - 1) * dilation + 1
    let width = (output.width - 1) * stride + (size.width - 1) * dilation + 1
    let x = numbers.next(images * height * width * channels)
    let weights = numbers.next(size.height * size.width * channels)
    let bias = numbers.next(channels)
    let count = images * output.height * output.width * channels
    let result = written(count, canary: canary) { first in
      x.withUnsafeBufferPointer { x in
        weights.withUnsafeBufferPointer { weights in
          bias.withUnsafeBufferPointer { bias in
            guard let x = x.baseAddress, let weights = weights.baseAddress else { return }
            var work = DepthwiseConvolution(
              input: lines(x, height: height, width: width, channels: channels), stride: stride,
              dilation: dilation, height: size.height, width: size.width, weights: weights,
              output: lines(
                first, height: output.height, width: output.width, channels: channels))
            work.bias = bias.baseAddress
            let all = images * output.height
            kernelsBaseline.vector.pixels.convolveDepthwise(work, all / 2..<all)
            kernelsBaseline.vector.pixels.convolveDepthwise(work, 0..<all / 2)
          }
        }
      }
    }
    let expected = (0..<count).map { place -> Double in
      let (pixel, channel) = place.quotientAndRemainder(dividingBy: channels)
      let (line, column) = pixel.quotientAndRemainder(dividingBy: output.width)
      let (image, row) = line.quotientAndRemainder(dividingBy: output.height)
      var sum = Double(bias[channel])
      for i in 0..<size.height {
        for j in 0..<size.width {
          let y = image * height + row * stride + i * dilation
          let x0 = column * stride + j * dilation
          let number = Double(x[(y * width + x0) * channels + channel])
          let weight = Double(weights[(i * size.width + j) * channels + channel])
          sum += number * weight
        }
      }
      return sum
    }
    outcome.expect(error(result, expected), within: 2e-6, "of \(channels) channels")
  }
  outcome.report()
}

func testPooling() {
  var outcome = Outcome("pooling")
  var numbers = SampleNumbers(seed: 32)
  for _ in 0..<100 {
    let (channels, images) = (numbers.next(in: 1...21), numbers.next(in: 1...2))
    let (height, width) = (numbers.next(in: 2...9), numbers.next(in: 2...9))
    let (rows, columns) = (numbers.next(in: 1...height), numbers.next(in: 1...width))
    /// Windows that cover an axis evenly.
    func bounds(_ count: Int, _ length: Int) -> [Int] {
      (0..<count).flatMap { i -> [Int] in
        let end = (i + 1) * length + count - 1
        return [i * length / count, end / count]
      }
    }
    func counts(_ bounds: [Int]) -> [Int] {
      (0..<bounds.count / 2).map { bounds[2 * $0 + 1] - bounds[2 * $0] }
    }
    let (vertical, horizontal) = (bounds(rows, height), bounds(columns, width))
    let (lineCounts, columnCounts) = (counts(vertical), counts(horizontal))
    let x = numbers.next(images * height * width * channels)
    for isMaximum in [true, false] {
      let result = written(images * rows * columns * channels, canary: canary) { first in
        x.withUnsafeBufferPointer { x in
          vertical.withUnsafeBufferPointer { vertical in
            horizontal.withUnsafeBufferPointer { horizontal in
              lineCounts.withUnsafeBufferPointer { lineCounts in
                columnCounts.withUnsafeBufferPointer { columnCounts in
                  guard let x = x.baseAddress, let vertical = vertical.baseAddress,
                    let horizontal = horizontal.baseAddress,
                    let lineCounts = lineCounts.baseAddress,
                    let columnCounts = columnCounts.baseAddress
                  else { return }
                  let work = Pooling(
                    isMaximum ? .maximum : .average,
                    input: lines(x, height: height, width: width, channels: channels),
                    output: lines(first, height: rows, width: columns, channels: channels),
                    lines: vertical, columns: horizontal, lineCounts: lineCounts,
                    columnCounts: columnCounts)
                  kernelsBaseline.vector.pixels.pool(work, 0..<images * rows)
                }
              }
            }
          }
        }
      }
      let expected = (0..<images * rows * columns * channels).map { place -> Double in
        let (pixel, channel) = place.quotientAndRemainder(dividingBy: channels)
        let (line, column) = pixel.quotientAndRemainder(dividingBy: columns)
        let (image, row) = line.quotientAndRemainder(dividingBy: rows)
        var (sum, largest) = (0.0, -Double.infinity)
        for i in vertical[2 * row]..<vertical[2 * row + 1] {
          for j in horizontal[2 * column]..<horizontal[2 * column + 1] {
            let source = (image * height + i) * width + j
            let number = Double(x[source * channels + channel])
            sum += number
            largest = max(largest, number)
          }
        }
        return isMaximum ? largest : sum / Double(lineCounts[row] * columnCounts[column])
      }
      outcome.expect(error(result, expected), within: 1e-6, "of \(channels) channels")
    }
  }
  outcome.report()
}

func testSmallProducts() {
  var outcome = Outcome("small products")
  var numbers = SampleNumbers(seed: 33)
  for _ in 0..<200 {
    let (rows, depth) = (numbers.next(in: 1...9), numbers.next(in: 1...9))
    let (columns, count) = (numbers.next(in: 1...19), numbers.next(in: 1...3))
    let a = numbers.next(count * rows * depth)
    let b = numbers.next(count * depth * columns)
    let result = written(count * rows * columns, canary: canary) { output in
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          guard let a = a.baseAddress, let b = b.baseAddress else { return }
          kernelsBaseline.vector.multiply(
            SmallProducts(a: a, b: b, output: output, rows: rows, depth: depth, columns: columns),
            count)
        }
      }
    }
    let expected = (0..<count * rows * columns).map { place -> Double in
      let (row, column) = place.quotientAndRemainder(dividingBy: columns)
      let matrix = row / rows
      var sum = 0.0
      for k in 0..<depth {
        let term = b[(matrix * depth + k) * columns + column]
        sum += Double(a[row * depth + k]) * Double(term)
      }
      return sum
    }
    outcome.expect(error(result, expected), within: 2e-6, "\(rows) × \(depth) × \(columns)")
  }
  outcome.report()
}
