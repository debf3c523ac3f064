import _KernelsBaseline
import _KernelsMicro

/// A scalar whose results are computed in `Double` and then become it.
protocol ExactElement: Arithmetic, Equatable {
  init(exact: Double)
  var exact: Double { get }
}

extension Float: ExactElement {
  init(exact: Double) { self = Float(exact) }
  var exact: Double { Double(self) }
}

extension Double: ExactElement {
  init(exact: Double) { self = exact }
  var exact: Double { self }
}

extension ExactElement where Self: FixedWidthInteger {
  init(exact: Double) { self = exact.isFinite ? Self(Int64(exact)) : 0 }
  var exact: Double { Double(Int64(self)) }
}

extension Int8: ExactElement {}
extension Int32: ExactElement {}
extension Int64: ExactElement {}

/// A loop of one row with the strides of two inputs and the output.
func withRow(_ count: Int, _ strides: [Int], _ body: (ElementLoop) -> Void) {
  [count].withUnsafeBufferPointer { extents in
    strides.withUnsafeBufferPointer { strides in
      guard let extents = extents.baseAddress, let base = strides.baseAddress else { return }
      body(ElementLoop(rank: 1, extents: extents, first: base, second: base + 1, output: base + 2))
    }
  }
}

private let strides = [
  [1, 1, 1], [1, 0, 1], [0, 1, 1], [0, 0, 1], [2, 1, 1], [1, -1, 1], [-1, -1, -1], [3, 2, 2],
]

private let counts = [0, 1, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 65]

/// Whole numbers from -11 to 11, whose products every type holds.
private func sample<Element: ExactElement>(_ i: Int) -> Element {
  Element(exact: Double((i * 37 + 5) % 23 - 11))
}

/// The first element of a row of `count` with a stride, in an array that begins with its lowest one.
private func start(_ count: Int, _ stride: Int) -> Int {
  stride < 0 ? -stride * max(count - 1, 0) : 0
}

/// Calls a kernel on one row, and says whether it wrote `expected` of the inputs' elements and
/// nothing else.
private func isRight<Element: ExactElement, Output: Equatable>(
  _ count: Int, _ strides: [Int], canary: Output, _ expected: (Double, Double) -> Output,
  _ kernel: (
    ElementLoop, UnsafePointer<Element>, UnsafePointer<Element>, UnsafeMutablePointer<Output>
  ) -> Void
) -> Bool {
  let elements: [Element] = (0..<3 * count + 1).map { sample($0) }
  let others: [Element] = (0..<3 * count + 1).map { sample($0 * 7 + 3) }
  let (a, b, c) = (start(count, strides[0]), start(count, strides[1]), start(count, strides[2]))
  let result = written(2 * count, canary: canary) { output in
    elements.withUnsafeBufferPointer { x in
      others.withUnsafeBufferPointer { y in
        guard let x = x.baseAddress, let y = y.baseAddress else { return }
        withRow(count, strides) { kernel($0, x + a, y + b, output + c) }
      }
    }
  }
  var remaining = [Output](repeating: canary, count: 2 * count)
  for i in 0..<count {
    remaining[c + i * strides[2]] = expected(
      elements[a + i * strides[0]].exact, others[b + i * strides[1]].exact)
  }
  return result.isInside && result.elements == remaining
}

private func exact(_ operation: BinaryOperation, _ x: Double, _ y: Double) -> Double {
  switch operation {
  case .add: x + y
  case .subtract: x - y
  case .multiply: x * y
  case .divide: x / y
  case .minimum: min(x, y)
  case .maximum: max(x, y)
  }
}

private func exact(_ comparison: Comparison, _ x: Double, _ y: Double) -> Bool {
  switch comparison {
  case .equal: x == y
  case .notEqual: x != y
  case .less: x < y
  case .lessOrEqual: x <= y
  }
}

private func testElementwise<Element: ExactElement>(
  _ kernels: ElementKernels<Element>, _ name: String
) {
  var outcome = Outcome("elementwise operations on \(name)")
  let canary = Element(exact: 125)
  for strides in strides {
    for count in counts {
      let label = "\(count) elements, strides \(strides[0]), \(strides[1]), \(strides[2])"
      for operation in BinaryOperation.allCases {
        let isRight = isRight(count, strides, canary: canary) {
          x, y in
          // Zero over zero is not a number, which is not equal to itself.
          let quotient = exact(operation, x, y)
          return quotient.isNaN ? canary : Element(exact: quotient)
        } _: { loop, x, y, z in
          kernels.binary(operation, loop, x, y, z)
          for i in 0..<count where Element.isNaN(z[i * strides[2]]) { z[i * strides[2]] = canary }
        }
        outcome.expect(isRight, label)
      }
      for operation in UnaryOperation.allCases {
        let isRight = isRight(count, strides, canary: canary) { x, _ in
          Element(exact: operation == .negate ? 0 - x : x.magnitude)
        } _: {
          kernels.unary(operation, $0, $1, $3)
        }
        outcome.expect(isRight, label)
      }
      for comparison in Comparison.allCases {
        for canary in [false, true] {
          let isRight = isRight(count, strides, canary: canary) {
            exact(comparison, $0, $1)
          } _: { (loop, x: UnsafePointer<Element>, y, z) in
            kernels.compare(comparison, loop, x, y, z)
          }
          outcome.expect(isRight, label)
        }
      }
    }
  }
  outcome.report()
}

func testElementwise() {
  testElementwise(kernelsBaseline.vector.floatElements, "Float")
  testElementwise(kernelsBaseline.vector.doubleElements, "Double")
  testElementwise(int8Kernels, "Int8")
  testElementwise(int32Kernels, "Int32")
  testElementwise(int64Kernels, "Int64")
}
