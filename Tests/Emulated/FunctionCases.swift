import _KernelsBaseline
import _KernelsMicro

func exactGELU(_ x: Double) -> Double { x / 2 * erfc(-x / 2.0.squareRoot()) }

func exactGELUTanh(_ x: Double) -> Double {
  x / (1 + exp(-2 * (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
}

func exactSiLU(_ x: Double) -> Double { x / (1 + exp(-x)) }

/// A function, its exact value, where it is tested, and the units in the last place it may err.
private struct FunctionCase: Sendable {
  let name: String
  let function: ElementFunction
  let domain: ClosedRange<Double>
  let ulps: Double
  /// What the error is measured against below this magnitude of the result.
  var floor = Double(Float.leastNormalMagnitude)
  let exact: @Sendable (Double) -> Double

  /// The bounds are those of Micro/ElementaryFunctions.swift.
  static let all = [
    FunctionCase(name: "identity", function: .activation(.identity), domain: -9...9, ulps: 0) {
      $0
    },
    FunctionCase(name: "exp", function: .exp, domain: -87...88.7, ulps: 2) { exp($0) },
    FunctionCase(name: "log", function: .log, domain: 1e-45...4, ulps: 1) { log($0) },
    FunctionCase(name: "log near 1", function: .log, domain: 0.7...1.5, ulps: 1) { log($0) },
    FunctionCase(name: "log of tiny", function: .log, domain: 1e-45...1e-37, ulps: 1) { log($0) },
    FunctionCase(name: "log of large", function: .log, domain: 1...3.4e38, ulps: 1) { log($0) },
    FunctionCase(name: "tanh", function: .tanh, domain: -12...12, ulps: 3) { tanh($0) },
    FunctionCase(name: "erf", function: .erf, domain: -5...5, ulps: 7) { erf($0) },
    FunctionCase(name: "square root", function: .squareRoot, domain: 0...1e6, ulps: 0.5) {
      $0.squareRoot()
    },
    FunctionCase(name: "rounded", function: .rounded, domain: -999...999, ulps: 0) {
      $0.rounded(.toNearestOrEven)
    },
    FunctionCase(
      name: "silu", function: .activation(.silu), domain: -120...120, ulps: 4, floor: 0x1p-100,
      exact: exactSiLU),
    // In absolute terms where the error function cancels.
    FunctionCase(
      name: "gelu", function: .activation(.gelu), domain: -12...12, ulps: 9, floor: 1,
      exact: exactGELU),
    FunctionCase(
      name: "gelu by tanh", function: .activation(.geluTanh), domain: -12...12, ulps: 4, floor: 1,
      exact: exactGELUTanh),
  ]
}

private func mapped(_ function: ElementFunction, _ x: [Float], inPlace: Bool) -> Written<Float> {
  written(x.count, canary: canary) { output in
    if inPlace {
      for i in x.indices { output[i] = x[i] }
    }
    x.withUnsafeBufferPointer { input in
      guard let input = input.baseAddress else { return }
      kernelsBaseline.vector.map(function, inPlace ? UnsafePointer(output) : input, output, x.count)
    }
  }
}

func testElementFunctions() {
  for test in FunctionCase.all {
    var outcome = Outcome(test.name)
    let (low, high) = (test.domain.lowerBound, test.domain.upperBound)
    let count = 20_011
    var x = (0..<count).map { Float(low + (high - low) * Double($0) / Double(count - 1)) }
    x += x.prefix(999).map { $0 * 1e-3 } + [0, -0.0, 1e-30, -1e-30].filter { Double($0) >= low }
    let y = mapped(test.function, x, inPlace: false)
    outcome.expect(y.isInside, "writes outside")
    for i in x.indices {
      let exact = test.exact(Double(x[i]))
      let unit = Double(Float(max(exact.magnitude, test.floor)).ulp)
      let difference = (Double(y.elements[i]) - exact).magnitude
      // Both are minus infinity where a logarithm is of nothing.
      let error = Double(y.elements[i]) == exact ? 0 : difference / unit
      outcome.expect(error, within: test.ulps, "of \(x[i])")
    }
    // The tail of a row is computed by other code than its body, to the same bits.
    for count in 0..<19 {
      for inPlace in [false, true] {
        let part = mapped(test.function, Array(x[1000..<1000 + count]), inPlace: inPlace)
        let isSame = part.elements == Array(y.elements[1000..<1000 + count])
        outcome.expect(isSame && part.isInside, "\(count) elements, in place \(inPlace)")
      }
    }
    outcome.report(" ulp")
  }
  testEnds()
}

/// Infinities, the numbers beyond a function's range, and what is not a number.
private func testEnds() {
  var outcome = Outcome("ends of the functions")
  func expect(_ function: ElementFunction, _ name: String, _ expected: [Float]) {
    let x: [Float] = [.infinity, -.infinity, 1e30, -1e30, .nan, 1]
    let y = mapped(function, x, inPlace: false).elements
    for i in 0..<5 {
      let isRight = expected[i].isNaN ? y[i].isNaN : y[i] == expected[i]
      outcome.expect(isRight, "\(name) of \(x[i]) is \(y[i])")
    }
  }
  expect(.exp, "exp", [.infinity, 0, .infinity, 0, .nan])
  expect(.tanh, "tanh", [1, -1, 1, -1, .nan])
  expect(.erf, "erf", [1, -1, 1, -1, .nan])
  expect(.squareRoot, "square root", [.infinity, .nan, 1e15, .nan, .nan])
  expect(.rounded, "rounded", [.infinity, -.infinity, 1e30, -1e30, .nan])
  outcome.report()
}
