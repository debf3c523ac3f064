import _KernelsBaseline
import _KernelsMicro

/// Which optional parts a normalization has.
private struct Parts {
  let subtractsMean, hasWeight, hasBias, isModulated, isInPlace: Bool

  init(_ bits: Int) {
    (subtractsMean, hasWeight, hasBias) = (bits & 1 != 0, bits & 2 != 0, bits & 4 != 0)
    (isModulated, isInPlace) = (bits & 8 != 0, bits & 16 != 0)
  }
}

/// The four vectors of a normalization, and every how many rows the last two change.
private struct Vectors {
  let weight, bias, scale, shift: [Float]
  let stride, rows: Int

  /// Puts the parts to the normalization of plain rows.
  func apply(_ parts: Parts, to plain: [Double], columns: Int) -> [Double] {
    var result: [Double] = []
    for (i, element) in plain.enumerated() {
      let (row, column) = (i / columns, i % columns)
      var x = element
      if parts.hasWeight { x *= Double(weight[column]) }
      if parts.hasBias { x += Double(bias[column]) }
      if parts.isModulated {
        let place = row / rows * stride + column
        x = x * (1 + Double(scale[place])) + Double(shift[place])
      }
      result.append(x)
    }
    return result
  }

  func normalize(_ x: [Float], columns: Int, _ parts: Parts) -> Written<Float> {
    written(x.count, canary: canary) { output in
      if parts.isInPlace {
        for i in x.indices { output[i] = x[i] }
      }
      x.withUnsafeBufferPointer { x in
        weight.withUnsafeBufferPointer { weight in
          bias.withUnsafeBufferPointer { bias in
            scale.withUnsafeBufferPointer { scale in
              shift.withUnsafeBufferPointer { shift in
                guard let input = x.baseAddress else { return }
                var n = Normalization(
                  input: parts.isInPlace ? UnsafePointer(output) : input,
                  output: RowDestination(output, stride: columns),
                  columns: columns, epsilon: 1e-6, subtractsMean: parts.subtractsMean)
                if parts.hasWeight { n.weight = weight.baseAddress }
                if parts.hasBias { n.bias = bias.baseAddress }
                if parts.isModulated {
                  (n.scale, n.shift) = (scale.baseAddress, shift.baseAddress)
                  (n.modulationStride, n.modulationRows) = (stride, rows)
                }
                let count = x.count / columns
                kernelsBaseline.vector.normalize(n, count / 2..<count)
                kernelsBaseline.vector.normalize(n, 0..<count / 2)
              }
            }
          }
        }
      }
    }
  }
}

func testNormalization() {
  var outcome = Outcome("normalization")
  var numbers = SampleNumbers(seed: 5)
  for columns in [1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 33, 64, 65, 127, 192, 1003] {
    for bits in 0..<32 {
      let parts = Parts(bits)
      // No caller asks for a modulation together with a weight or a bias.
      if parts.isModulated && (parts.hasWeight || parts.hasBias) { continue }
      let x = numbers.next(5 * columns).map { 5 * $0 + 2 }
      let stride = columns + numbers.next(in: 0...3)
      let vectors = Vectors(
        weight: numbers.next(columns), bias: numbers.next(columns), scale: numbers.next(5 * stride),
        shift: numbers.next(5 * stride), stride: stride, rows: numbers.next(in: 1...5))
      let plain = Reference.normalized(
        x, columns: columns, epsilon: 1e-6, subtractsMean: parts.subtractsMean)
      outcome.expect(
        error(
          vectors.normalize(x, columns: columns, parts),
          vectors.apply(parts, to: plain, columns: columns)), within: 5e-6,
        "\(columns) columns, mean \(parts.subtractsMean), weight \(parts.hasWeight), "
          + "bias \(parts.hasBias), modulation \(parts.isModulated), in place \(parts.isInPlace)")
    }
  }
  outcome.report()
}
