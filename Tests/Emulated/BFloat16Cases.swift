import _KernelsBaseline
import _KernelsMicro

/// The nearest number that bfloat16 can hold, ties to even; zero for a subnormal one.
private func nearestBFloat16(_ x: Float) -> Float {
  let spacing: Float = x == 0 ? 1 : 0x1p-7 * x.binade.magnitude
  let rounded = (x / spacing).rounded(.toNearestOrEven) * spacing
  return rounded.magnitude < .leastNormalMagnitude ? 0 : rounded
}

func testBFloat16Rows() {
  var outcome = Outcome("rows rounded to bfloat16")
  var numbers = SampleNumbers(seed: 12)
  let kernels = kernelsBaseline.bfloat16
  for columns in [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 64, 65] {
    let gap = numbers.next(in: 0...3)
    var x = numbers.next(5 * (columns + gap))
    x[0] = 1 + 0x1p-8  // a tie
    x[columns - 1] = 0x1p-130  // subnormal
    let result = written(5 * columns, canary: canary) { output in
      x.withUnsafeBufferPointer { x in
        guard let first = x.baseAddress else { return }
        let rows = RowDestination(output, stride: columns, layout: kernels.layout)
        kernels.write(first, columns + gap, 2..<5, columns, rows)
        kernels.write(first, columns + gap, 0..<2, columns, rows)
      }
    }
    var isRight = result.isInside
    for (i, element) in result.elements.enumerated() {
      let source = x[i / columns * (columns + gap) + i % columns]
      if element != nearestBFloat16(source) { isRight = false }
    }
    outcome.expect(isRight, "\(columns) columns")
  }
  outcome.report()
}

func testBFloat16Product() {
  var outcome = Outcome("product of bfloat16")
  var numbers = SampleNumbers(seed: 13)
  let extents = [1, 2, 5, 8, 13, 16, 17, 31, 33, 64, 97]
  for _ in 0..<200 {
    let (rows, columns) = (extents[numbers.next(in: 0...10)], extents[numbers.next(in: 0...10)])
    let depth = extents[numbers.next(in: 0...10)] * numbers.next(in: 1...20)
    let a = numbers.next(rows * depth).map(nearestBFloat16)
    let (b, bias) = (numbers.next(columns * depth), numbers.next(columns))
    let sums = Reference.product(
      a, b.map(nearestBFloat16), rows: rows, columns: columns, depth: depth)
    var worst = 0.0
    let result = product(a, b, bias: bias, rows: rows, columns: columns, depth: depth)
    for i in 0..<rows * columns {
      let added = Double(bias[i % columns])
      let difference = (Double(result.elements[i]) - sums.values[i] - added).magnitude
      let relative = difference / (sums.magnitudes[i] + added.magnitude)
      worst = difference.isNaN || !result.isInside ? .infinity : max(worst, relative)
    }
    // The products of rounded numbers are exact; each of the additions of a sum rounds once.
    outcome.expect(
      worst, within: Double(depth + 16) / 0x1p24, "\(rows) × \(columns) × \(depth)")
  }
  outcome.report(" of the summands")
}

/// The product of rows that are rounded already and a matrix that packing rounds, in two parts.
private func product(
  _ a: [Float], _ b: [Float], bias: [Float], rows: Int, columns: Int, depth: Int
) -> Written<Float> {
  let kernels = kernelsBaseline.bfloat16
  let panels = kernels.panels(columns)
  var (isInside, packed) = (false, [UInt16]())
  b.withUnsafeBufferPointer { b in
    guard let elements = b.baseAddress else { return }
    let source = PackingSource(
      elements: elements, depthStride: 1, columnStride: depth, depth: depth, columns: columns)
    let panelsWritten = written(
      panels * kernels.panelBytes(depth) / 2, canary: UInt16(0x7FC1)
    ) { target in
      kernels.pack(source, panels / 2..<panels, target)
      kernels.pack(source, 0..<panels / 2, target)
    }
    (isInside, packed) = (panelsWritten.isInside, panelsWritten.elements)
  }
  var result = written(rows * columns, canary: canary) { output in
    a.withUnsafeBufferPointer { a in
      packed.withUnsafeBufferPointer { packed in
        bias.withUnsafeBufferPointer { bias in
          guard let a = a.baseAddress, let b = packed.baseAddress else { return }
          var product = Product(
            a: a, aStride: depth, b: b, depth: depth, columns: columns, output: output,
            outputStride: columns)
          (product.format, product.bias) = (.bfloat16, bias.baseAddress)
          let count = kernels.productScratch(rows, depth, columns)
          let scratch = written(count, canary: canary) { scratch in
            kernels.product(product, rows / 2..<rows, 0..<panels, scratch)
            kernels.product(product, 0..<rows / 2, 0..<panels, scratch)
          }
          isInside = isInside && scratch.isInside
        }
      }
    }
  }
  result.isInside = result.isInside && isInside
  return result
}
