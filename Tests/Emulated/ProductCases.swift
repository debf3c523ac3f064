import _KernelsBaseline
import _KernelsMicro

/// Extents that tiles and panels do not divide, and some that they do.
private let extents = [1, 2, 3, 4, 5, 7, 8, 11, 13, 16, 17, 23, 24, 29, 31, 37, 48, 64, 67, 97]

/// The number of elements of a packed matrix.
private func packedCount(depth: Int, columns: Int) -> Int {
  let width = kernelsBaseline.float32.panelWidth
  return (columns + width - 1) / width * width * depth
}

/// Packs a matrix in two calls.
private func pack(_ source: PackingSource, into target: UnsafeMutablePointer<Float>) {
  let panels = packedCount(depth: 1, columns: source.columns) / kernelsBaseline.float32.panelWidth
  kernelsBaseline.float32.pack(source, panels / 2..<panels, target)
  kernelsBaseline.float32.pack(source, 0..<panels / 2, target)
}

func testPacking() {
  var outcome = Outcome("packing")
  var numbers = SampleNumbers(seed: 1)
  let width = kernelsBaseline.float32.panelWidth
  for _ in 0..<300 {
    let (depth, columns) = (extents[numbers.next(in: 0...19)], extents[numbers.next(in: 0...19)])
    let gap = numbers.next(in: 0...3)
    let strides =
      switch numbers.next(in: 0...2) {
      case 0: (columns + gap, 1)
      case 1: (1, depth + gap)
      default: (2, 2 * depth + gap)
      }
    let matrix = numbers.next((depth - 1) * strides.0 + (columns - 1) * strides.1 + 1)
    let packed = written(packedCount(depth: depth, columns: columns), canary: canary) { target in
      matrix.withUnsafeBufferPointer { matrix in
        guard let elements = matrix.baseAddress else { return }
        pack(
          PackingSource(
            elements: elements, depthStride: strides.0, columnStride: strides.1, depth: depth,
            columns: columns), into: target)
      }
    }
    var isRight = packed.isInside
    for (i, element) in packed.elements.enumerated() {
      let (column, k) = (i / (width * depth) * width + i % width, i / width % depth)
      let expected = column < columns ? matrix[k * strides.0 + column * strides.1] : 0
      if element != expected { isRight = false }
    }
    outcome.expect(isRight, "\(depth) × \(columns), strides \(strides.0) and \(strides.1)")
  }
  outcome.report()
}

/// A product's operands, and which of its optional parts there are.
private struct ProductCase {
  let rows, columns, depth, gap, gateRows: Int
  let hasBias, hasResidual, hasGate, isInPlace: Bool
  let function: Activation
  let exact: (Double) -> Double
  let a, b, bias, residual, gate: [Float]

  init(_ numbers: inout SampleNumbers) {
    (rows, columns) = (extents[numbers.next(in: 0...19)], extents[numbers.next(in: 0...19)])
    (depth, gap) = (extents[numbers.next(in: 0...19)], numbers.next(in: 0...2))
    gateRows = numbers.next(in: 1...rows)
    hasBias = numbers.next(in: 0...1) == 1
    hasResidual = numbers.next(in: 0...1) == 1
    hasGate = numbers.next(in: 0...1) == 1
    isInPlace = numbers.next(in: 0...1) == 1
    switch numbers.next(in: 0...4) {
    case 0: (function, exact) = (.gelu, exactGELU)
    case 1: (function, exact) = (.geluTanh, exactGELUTanh)
    case 2: (function, exact) = (.silu, exactSiLU)
    default: (function, exact) = (.identity, { $0 })
    }
    a = numbers.next(rows * (depth + gap))
    b = numbers.next(columns * depth)
    bias = numbers.next(columns)
    residual = numbers.next(rows * (columns + gap))
    gate = numbers.next((rows + gateRows - 1) / gateRows * (columns + gap))
  }

  /// Computes the product in two calls, each of all columns or of all rows.
  func compute(_ packed: [Float]) -> Written<Float> {
    let stride = columns + gap
    return writtenRows(rows, columns, stride: stride) { output in
      if isInPlace && hasResidual {
        for i in 0..<rows * stride where i % stride < columns { output[i] = residual[i] }
      }
      a.withUnsafeBufferPointer { a in
        packed.withUnsafeBufferPointer { packed in
          bias.withUnsafeBufferPointer { bias in
            residual.withUnsafeBufferPointer { residual in
              gate.withUnsafeBufferPointer { gate in
                guard let a = a.baseAddress, let b = packed.baseAddress else { return }
                var product = Product(
                  a: a, aStride: depth + gap, b: b, depth: depth, columns: columns, output: output,
                  outputStride: stride)
                product.function = function
                if hasBias { product.bias = bias.baseAddress }
                if hasResidual {
                  product.residual = isInPlace ? UnsafePointer(output) : residual.baseAddress
                  product.residualStride = stride
                }
                if hasResidual && hasGate {
                  product.gate = gate.baseAddress
                  (product.gateStride, product.gateRows) = (stride, gateRows)
                }
                run(product)
              }
            }
          }
        }
      }
    }
  }

  private func run(_ product: Product) {
    let panels = packedCount(depth: 1, columns: columns) / kernelsBaseline.float32.panelWidth
    let tile = kernelsBaseline.vector.productScratch(rows, depth, columns)
    let scratch = written(tile, canary: canary) { scratch in
      if gap == 0 {
        kernelsBaseline.vector.product(product, 0..<rows / 2, 0..<panels, scratch)
        kernelsBaseline.vector.product(product, rows / 2..<rows, 0..<panels, scratch)
      } else {
        kernelsBaseline.vector.product(product, 0..<rows, panels / 2..<panels, scratch)
        kernelsBaseline.vector.product(product, 0..<rows, 0..<panels / 2, scratch)
      }
    }
    if !scratch.isInside { product.output.base.storeBytes(of: .nan, as: Float.self) }
  }

  /// The largest error, over what the summands of an element add up to.
  func error(_ result: Written<Float>) -> Double {
    guard result.isInside else { return .infinity }
    var dense: [Float] = []
    for i in 0..<rows { dense += a[i * (depth + gap)..<i * (depth + gap) + depth] }
    let sums = Reference.product(dense, b, rows: rows, columns: columns, depth: depth)
    var worst = 0.0
    for i in 0..<rows * columns {
      let (row, column) = (i / columns, i % columns)
      let bias = hasBias ? Double(bias[column]) : 0
      var expected = exact(sums.values[i] + bias)
      var magnitude = sums.magnitudes[i] + bias.magnitude
      if hasResidual {
        let residual = Double(residual[row * (columns + gap) + column])
        let gate = hasGate ? Double(gate[row / gateRows * (columns + gap) + column]) : 1
        expected = residual + gate * expected
        magnitude += residual.magnitude
      }
      let difference = (Double(result.elements[i]) - expected).magnitude
      worst = difference.isNaN ? .infinity : max(worst, difference / magnitude)
    }
    return worst
  }
}

func testProduct() {
  var outcome = Outcome("product")
  var numbers = SampleNumbers(seed: 2)
  for _ in 0..<600 {
    let test = ProductCase(&numbers)
    let count = packedCount(depth: test.depth, columns: test.columns)
    let packed = written(count, canary: canary) { target in
      test.b.withUnsafeBufferPointer { b in
        guard let elements = b.baseAddress else { return }
        pack(
          PackingSource(
            elements: elements, depthStride: 1, columnStride: test.depth, depth: test.depth,
            columns: test.columns), into: target)
      }
    }
    // Each of the additions of a sum rounds once.
    let bound = Double(test.depth + 16) / 0x1p24
    outcome.expect(
      test.error(test.compute(packed.elements)), within: bound,
      "\(test.rows) × \(test.columns) × \(test.depth), bias \(test.hasBias), "
        + "residual \(test.hasResidual), gate \(test.hasGate), in place \(test.isInPlace)")
  }
  outcome.report(" of the summands")
}
