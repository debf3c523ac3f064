import _KernelsBaseline
import _KernelsMicro

/// Numbers of 64 bits.
private func doubles(_ count: Int, _ numbers: inout SampleNumbers) -> [Double] {
  numbers.next(count).map(Double.init)
}

/// The largest difference of what was written and what is expected; infinite where something else was.
private func difference(_ result: Written<Double>, _ expected: [Double]) -> Double {
  guard result.isInside else { return .infinity }
  return zip(result.elements, expected).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
}

func testVectors() {
  var outcome = Outcome("vectors of 64-bit numbers")
  var numbers = SampleNumbers(seed: 22)
  let kernels = kernelsBaseline.vector.columnOperations
  let canary = -1.234_567e300
  for count in [0, 1, 7, 8, 9, 31, 32, 33, 100] {
    let (x, y) = (doubles(count, &numbers), doubles(count, &numbers))
    let dot = zip(x, y).reduce(0.0) { $0 + $1.0 * $1.1 }
    outcome.expect((kernels.dot(x, y, count) - dot).magnitude, within: 1e-13, "dot of \(count)")
    let sum = written(count, canary: canary) { sum in
      for i in 0..<count { sum[i] = y[i] }
      kernels.addScaled(0.75, x, sum, count)
    }
    outcome.expect(
      difference(sum, (0..<count).map { y[$0] + 0.75 * x[$0] }), within: 1e-15, "sum of \(count)")
    let scaled = written(count, canary: canary) { scaled in
      for i in 0..<count { scaled[i] = x[i] }
      kernels.scale(-3, scaled, count)
    }
    outcome.expect(difference(scaled, x.map { -3 * $0 }), within: 0, "scaled, \(count)")
    var other = y
    let rotated = written(count, canary: canary) { rotated in
      for i in 0..<count { rotated[i] = x[i] }
      other.withUnsafeMutableBufferPointer { other in
        guard let other = other.baseAddress else { return }
        kernels.rotate(0.6, 0.8, rotated, other, count)
      }
    }
    outcome.expect(
      difference(rotated, (0..<count).map { 0.6 * x[$0] - 0.8 * y[$0] }), within: 1e-15,
      "first of two rotated, \(count)")
    outcome.expect(
      difference(
        Written(elements: other, isInside: true), (0..<count).map { 0.8 * x[$0] + 0.6 * y[$0] }),
      within: 1e-15, "second of two rotated, \(count)")
  }
  for (rows, depth, columns) in [(1, 1, 1), (4, 3, 16), (9, 300, 37), (5, 7, 15), (3, 0, 4)] {
    let (a, b) = (doubles(rows * depth, &numbers), doubles(depth * columns, &numbers))
    let base = doubles(rows * columns, &numbers)
    let product = written(rows * columns, canary: canary) { product in
      for i in base.indices { product[i] = base[i] }
      kernels.addProduct(a, b, product, rows, depth, columns)
    }
    let expected = base.indices.map { i in
      (0..<depth).reduce(base[i]) {
        $0 + a[i / columns * depth + $1] * b[$1 * columns + i % columns]
      }
    }
    outcome.expect(
      difference(product, expected), within: 1e-12, "product \(rows) × \(depth) × \(columns)")
  }
  outcome.report()
}
