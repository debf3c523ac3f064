import _KernelsBaseline
import _KernelsMicro

private func exact(_ operation: Reduction, _ row: [Double]) -> Double {
  let mean = row.reduce(0, +) / Double(row.count)
  return switch operation {
  case .sum: row.reduce(0, +)
  case .minimum: row.min() ?? .nan
  case .maximum: row.max() ?? .nan
  case .mean: mean
  case .variance: row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
  case .product: row.reduce(1, *)
  case .norm: row.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}

/// Three rows of whole numbers from -3 to 3, no sum of which is too large for eight bits, and of four of
/// them no product.
private func testReductions<Element: ExactElement>(
  _ kernels: ElementKernels<Element>, _ name: String, variance: Double?
) {
  var outcome = Outcome("reductions of \(name)")
  for count in [1, 2, 3, 4, 5, 7, 15, 16, 17, 31, 33, 64, 65, 127] {
    let rows = (0..<3 * count).map { Element(exact: Double(($0 * 37 + 5) % 7 - 3)) }
    let exactRows = (0..<3).map { row in rows[row * count..<(row + 1) * count].map { $0.exact } }
    for operation in Reduction.allCases {
      let isRounded = operation == .variance || operation == .norm
      if isRounded && variance == nil { continue }
      if operation == .product && count > 4 { continue }
      let result = written(3, canary: Element(exact: 125)) {
        kernels.reduce(operation, rows, 3, count, $0)
      }
      for row in 0..<3 {
        let expected = exact(operation, exactRows[row])
        let rounded = operation == .mean ? Element(exact: expected).exact : expected
        let error = (result.elements[row].exact - rounded).magnitude
        let bound = isRounded ? variance ?? 0 : 0
        outcome.expect(result.isInside ? error : .infinity, within: bound, "\(count) elements")
      }
    }
    for operation in [Reduction.minimum, .maximum] {
      let places = written(3, canary: Int64(-9)) {
        kernels.place(operation, rows, 3, count, $0)
      }
      let expected = exactRows.map { row in
        Int64(row.firstIndex(of: exact(operation, row)) ?? -1)
      }
      outcome.expect(places.isInside && places.elements == expected, "place of \(count)")
    }
  }
  testSingle(kernels, &outcome)
  outcome.report()
}

/// Rows of zeros but for one element, which no place may hide.
private func testSingle<Element: ExactElement>(
  _ kernels: ElementKernels<Element>, _ outcome: inout Outcome
) {
  for count in 1..<50 {
    for place in 0..<count {
      for (operation, element) in [(Reduction.maximum, 5.0), (.minimum, -5), (.sum, 5)] {
        var row = [Element](repeating: .zero, count: count)
        row[place] = Element(exact: element)
        var (result, found) = (Element.zero, Int64(-1))
        kernels.reduce(operation, row, 1, count, &result)
        if operation != .sum { kernels.place(operation, row, 1, count, &found) }
        outcome.expect(
          result == Element(exact: element) && found == (operation == .sum ? -1 : Int64(place)),
          "\(place) of \(count)")
      }
    }
  }
}

func testReductions() {
  testReductions(kernelsBaseline.vector.floatElements, "Float", variance: 1e-6)
  testReductions(kernelsBaseline.vector.doubleElements, "Double", variance: 1e-14)
  testReductions(int8Kernels, "Int8", variance: nil)
  testReductions(int32Kernels, "Int32", variance: nil)
  testReductions(int64Kernels, "Int64", variance: nil)
}
