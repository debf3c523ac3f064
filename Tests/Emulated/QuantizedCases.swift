import _KernelsBaseline
import _KernelsMicro
import _KernelsNEONDot

/// Weights and what the tests need of them.
private struct Weights {
  let elements: [Int8]
  let scales: [Float]
  let groups: TermGroups
  let columns: Int

  /// Random weights, quantized by the kernels.
  init(_ numbers: inout SampleNumbers, columns: Int, _ groups: TermGroups, levels: Float) {
    let weights = numbers.next(columns * groups.depth)
    var elements = [Int8](repeating: 0, count: weights.count)
    var scales = [Float](repeating: 0, count: columns * groups.count)
    weights.withUnsafeBufferPointer { weights in
      elements.withUnsafeMutableBufferPointer { elements in
        scales.withUnsafeMutableBufferPointer { scales in
          guard let x = weights.baseAddress, let q = elements.baseAddress,
            let s = scales.baseAddress
          else { return }
          for row in 0..<columns {
            kernelsBaseline.vector.quantizeWeights(
              x + row * groups.depth, groups, levels, q + row * groups.depth,
              s + row * groups.count)
          }
        }
      }
    }
    (self.elements, self.scales) = (elements, scales)
    (self.groups, self.columns) = (groups, columns)
  }

  /// The product of some rows by them, without a bias.
  func product(_ a: [Float], rows: Int, _ kernels: QuantizedKernels) -> Written<Float> {
    let panels = kernels.panels(columns)
    var packed = [UInt8](repeating: 0, count: panels * kernels.panelBytes(groups))
    var scratch = [Float](
      repeating: 0, count: kernels.productScratch(rows, columns, groups))
    return written(rows * columns, canary: canary) { output in
      a.withUnsafeBufferPointer { a in
        elements.withUnsafeBufferPointer { elements in
          scales.withUnsafeBufferPointer { scales in
            packed.withUnsafeMutableBytes { packed in
              scratch.withUnsafeMutableBufferPointer { scratch in
                guard let a = a.baseAddress, let q = elements.baseAddress,
                  let s = scales.baseAddress, let b = packed.baseAddress,
                  let room = scratch.baseAddress
                else { return }
                kernels.pack(
                  QuantizedSource(elements: q, scales: s, columns: columns, groups: groups),
                  0..<panels, b)
                var product = Product(
                  a: a, aStride: groups.depth, b: b, depth: groups.depth, columns: columns,
                  output: output, outputStride: columns)
                (product.format, product.groupSize) = (kernels.format, groups.size)
                kernels.product(product, 0..<rows, 0..<panels, room)
              }
            }
          }
        }
      }
    }
  }
}

func testInt8Products() {
  testInt8Product(kernelsBaseline)
  testInt8Product(kernelsNEONDot)
}

private func testInt8Product(_ table: KernelTable) {
  var outcome = Outcome("product of 8-bit whole numbers, \(table.name)")
  var numbers = SampleNumbers(seed: 14)
  let extents = [1, 2, 5, 8, 13, 16, 17, 31, 33, 64, 97]
  for _ in 0..<100 {
    let (rows, columns) = (extents[numbers.next(in: 0...10)], extents[numbers.next(in: 0...10)])
    let depth = extents[numbers.next(in: 0...10)] * numbers.next(in: 1...6)
    let groups = TermGroups(depth: depth, size: [1, 3, 32, 128, 1000][numbers.next(in: 0...4)])
    let weights = Weights(&numbers, columns: columns, groups, levels: 127)
    let a = numbers.next(rows * depth)
    let result = weights.product(a, rows: rows, table.int8)
    var isRight = result.isInside
    for row in 0..<rows {
      let expected = ReferenceQuantization.product(
        a[row * depth..<(row + 1) * depth], elements: weights.elements, scales: weights.scales,
        groupSize: groups.size)
      for column in 0..<columns where result.elements[row * columns + column] != expected[column] {
        isRight = false
      }
    }
    outcome.expect(isRight, "\(rows) × \(columns) × \(depth) in groups of \(groups.size)")
  }
  outcome.report()
}

func testQuantizedWeights() {
  for (name, levels, kernels) in [
    ("weights of 8 bits", 127, kernelsBaseline.vector.weights8),
    ("weights of 4 bits", 7, kernelsBaseline.vector.weights4),
  ] as [(String, Float, QuantizedKernels)] {
    var outcome = Outcome(name)
    var numbers = SampleNumbers(seed: 15)
    let extents = [1, 2, 5, 8, 13, 16, 17, 31, 33, 64, 97]
    for _ in 0..<50 {
      let (rows, columns) = (extents[numbers.next(in: 0...10)], extents[numbers.next(in: 0...10)])
      let depth = extents[numbers.next(in: 0...10)] * numbers.next(in: 1...6)
      let groups = TermGroups(depth: depth, size: [3, 32, 128][numbers.next(in: 0...2)])
      let weights = Weights(&numbers, columns: columns, groups, levels: levels)
      let a = numbers.next(rows * depth)
      var b: [Float] = []
      for i in 0..<columns * depth {
        let scale = weights.scales[i / depth * groups.count + i % depth / groups.size]
        b.append(Float(weights.elements[i]) * scale)
      }
      let sums = Reference.product(a, b, rows: rows, columns: columns, depth: depth)
      let result = weights.product(a, rows: rows, kernels)
      var worst = 0.0
      for i in 0..<rows * columns {
        let difference = (Double(result.elements[i]) - sums.values[i]).magnitude
        let relative = difference / (sums.magnitudes[i] + 1e-30)
        worst = difference.isNaN || !result.isInside ? .infinity : max(worst, relative)
      }
      outcome.expect(
        worst, within: Double(depth + 16) / 0x1p24,
        "\(rows) × \(columns) × \(depth) in groups of \(groups.size)")
    }
    outcome.report()
  }
}
