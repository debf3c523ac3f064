import Foundation
import Testing
import _KernelsActive
import _KernelsMicro

@Suite struct ElementaryFunctionTests {
  /// A function, its exact value, where it is tested, and the units in the last place it may err.
  struct Case: CustomTestStringConvertible, Sendable {
    let function: ElementFunction
    let exact: @Sendable (Double) -> Double
    let domain: ClosedRange<Double>
    let ulps: Double
    /// What the error is measured against below this magnitude of the result.
    var floor = Double(Float.leastNormalMagnitude)
    var testDescription: String { "\(function)" }
  }

  static let cases = [
    Case(function: .exp, exact: { exp($0) }, domain: -87...88.7, ulps: 2),
    Case(function: .log, exact: { log($0) }, domain: 1e-45...4, ulps: 1),
    Case(function: .log, exact: { log($0) }, domain: 0.7...1.5, ulps: 1),
    Case(function: .log, exact: { log($0) }, domain: 1e-45...1e-37, ulps: 1),
    Case(function: .log, exact: { log($0) }, domain: 1...3.4e38, ulps: 1),
    Case(function: .tanh, exact: { tanh($0) }, domain: -12...12, ulps: 3),
    Case(function: .erf, exact: { erf($0) }, domain: -5...5, ulps: 7),
    Case(function: .squareRoot, exact: { $0.squareRoot() }, domain: 0...1e6, ulps: 0.5),
    Case(
      function: .activation(.silu), exact: { $0 / (1 + exp(-$0)) }, domain: -120...120, ulps: 4,
      floor: 0x1p-100),
    // In absolute terms where the error function cancels.
    Case(
      function: .activation(.gelu), exact: { $0 / 2 * erfc(-$0 / 2.0.squareRoot()) },
      domain: -12...12, ulps: 9,
      floor: 1),
    Case(
      function: .activation(.geluTanh),
      exact: { x in
        x / (1 + exp(-2 * (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
      }, domain: -12...12, ulps: 4, floor: 1),
    Case(function: .activation(.relu), exact: { max($0, 0) }, domain: -9...9, ulps: 0),
    Case(
      function: .activation(.quickGELU), exact: { $0 / (1 + exp(-1.702 * $0)) },
      domain: -50...50, ulps: 4, floor: 1),
    Case(
      function: .activation(.sigmoid), exact: { 1 / (1 + exp(-$0)) }, domain: -86...30, ulps: 5),
    Case(
      function: .activation(.elu(alpha: 1)), exact: { $0 < 0 ? expm1($0) : $0 },
      domain: -20...5, ulps: 7),
    Case(
      function: .activation(.softplus), exact: { max($0, 0) + log1p(exp(-abs($0))) },
      domain: -80...80, ulps: 7),
    Case(
      function: .activation(.mish), exact: { $0 * tanh(max($0, 0) + log1p(exp(-abs($0)))) },
      domain: -80...80, ulps: 9, floor: 0x1p-100),
  ]

  @Test(arguments: KernelTable.supported, cases)
  func staysWithinItsError(_ table: KernelTable, _ test: Case) {
    let count = 100_003
    let (low, high) = (test.domain.lowerBound, test.domain.upperBound)
    var x = (0..<count).map { Float(low + (high - low) * Double($0) / Double(count - 1)) }
    x += x.prefix(1000).map { $0 * 1e-3 } + [0, -0.0, 1e-30, -1e-30].filter { Double($0) >= low }
    var y = [Float](repeating: 0, count: x.count)
    table.map(test.function, x, &y, x.count)
    var worst = 0.0
    for (x, y) in zip(x, y) {
      let exact = test.exact(Double(x))
      let unit = Double(Float(max(exact.magnitude, test.floor)).ulp)
      worst = max(worst, (Double(y) - exact).magnitude / unit)
    }
    #expect(worst <= test.ulps)
  }

  /// The tail of a row is computed by other code than its body, to the same bits.
  @Test(arguments: KernelTable.supported, cases)
  func tailsEqualBodies(_ table: KernelTable, _ test: Case) {
    let x = (0..<67).map { Float($0) / 11 }
    var all = x
    table.map(test.function, x, &all, x.count)
    for index in x.indices {
      var one: [Float] = [0]
      table.map(test.function, [x[index]], &one, 1)
      #expect(one[0].bitPattern == all[index].bitPattern)
    }
  }

  @Test(arguments: KernelTable.supported)
  func knowsTheEnds(_ table: KernelTable) {
    let x: [Float] = [.infinity, -.infinity, 1e30, -1e30, .nan]
    func values(_ function: ElementFunction) -> [Float] {
      var y = x
      table.map(function, x, &y, x.count)
      return y
    }
    #expect(values(.exp).dropLast() == [.infinity, 0, .infinity, 0])
    #expect(values(.log)[0] == .infinity && values(.log)[1].isNaN && values(.log)[3].isNaN)
    #expect(values(.tanh).dropLast() == [1, -1, 1, -1])
    #expect(values(.erf).dropLast() == [1, -1, 1, -1])
    #expect(values(.activation(.geluTanh))[2] == 1e30 && values(.activation(.geluTanh))[3] == 0)
    #expect(values(.activation(.gelu))[2] == 1e30)
    let activations: [ElementFunction] = [.gelu, .geluTanh, .silu].map { .activation($0) }
    for function in [.exp, .log, .tanh, .erf] + activations {
      #expect(values(function)[4].isNaN)
    }
  }
}
