import Foundation
import Tensor
import Testing

/// Functions of `Float` that are computed in `Double` side by side, against those of the C library.
@Suite struct WideFunctionTests {
  /// Numbers of every size and sign, more than a piece of them, and what is none.
  static let numbers: [Float] = {
    var numbers: [Float] = [0, -0.0, .infinity, -.infinity, .nan, 1, -1, 0.5, 3]
    numbers.append(.greatestFiniteMagnitude)
    for i in 0..<3001 { numbers.append(Float((i * 7919) % 3001 - 1500) / 16) }
    for power in -149...127 {
      let size = pow(2, Float(power))
      numbers += [1.3 * size, -1.7 * size]
    }
    return numbers
  }()

  /// Units in the last place between a result and the exact one.
  func error(_ result: Float, _ exact: Double) -> Double {
    if result.isNaN && exact.isNaN || Double(result) == exact { return 0 }
    if result.isInfinite && Float(exact) == result { return 0 }
    return (Double(result) - exact).magnitude / Double(Float(exact).ulp)
  }

  @Test func anglesAreRoundedOnce() {
    let x = Tensor(Self.numbers)
    let functions: [(Tensor<Float>, (Double) -> Double)] = [
      (x.sin(), { sin($0) }), (x.cos(), { cos($0) }), (x.tan(), { tan($0) }),
    ]
    for (result, exact) in functions {
      for (x, y) in zip(Self.numbers, result.elements) {
        // Large ones are the C library's.
        let bound = x.magnitude > 0x1p20 ? 1.5 : 0.501
        #expect(error(y, exact(Double(x))) <= bound, "of \(x)")
      }
    }
    #expect(Tensor<Float>([-0.0]).sin().isSignMinus().elements == [true])
  }

  @Test func arctangentsAreRoundedOnce() {
    let others: [Float] = [0, -0.0, 1, -0.5, Float(0x1p-133), 3e38, .infinity, -.infinity, .nan]
    let y = Tensor(Self.numbers)
    for x in others {
      let results = zip(
        zip(Self.numbers, atan2(y, Tensor(scalar: x)).elements),
        atan2(Tensor(scalar: x), y).elements)
      for ((y, one), other) in results {
        let (exact, exactOther) = (atan2(Double(y), Double(x)), atan2(Double(x), Double(y)))
        #expect(error(one, exact) <= 0.501 && one.sign == exact.sign, "\(y), \(x)")
        #expect(error(other, exactOther) <= 0.501 && other.sign == exactOther.sign, "\(x), \(y)")
      }
    }
  }

  /// Quotients of every size, which all are exact.
  @Test func divisionsHaveTheBitsOfDouble() {
    let divisors: [Float] = [
      0.3, -0.3, 1, 3e-5, -7e20, Float(0x1p-140), 0, -0.0, .infinity, -.infinity, .nan,
    ]
    let x = Tensor(Self.numbers)
    let wide = x.converted(to: Double.self)
    func expect(_ result: Tensor<Float>, _ exact: Tensor<Double>, _ name: String) {
      for (i, (y, z)) in zip(result.elements, exact.elements).enumerated() {
        let isSame = y.bitPattern == Float(z).bitPattern || y.isNaN && z.isNaN
        #expect(isSame, "\(name) of \(Self.numbers[i]) is \(y), not \(z)")
      }
    }
    for divisor in divisors {
      let (b, c) = (Tensor(scalar: divisor), Tensor(scalar: Double(divisor)))
      expect(
        x.truncatingRemainder(dividingBy: b), wide.truncatingRemainder(dividingBy: c),
        "truncating remainder by \(divisor)")
      expect(
        x.flooredRemainder(dividingBy: b), wide.flooredRemainder(dividingBy: c),
        "remainder by \(divisor)")
      expect(
        x.flooredQuotient(dividingBy: b), wide.flooredQuotient(dividingBy: c),
        "quotient by \(divisor)")
    }
  }

  @Test func logarithmsOfSumsAreRoundedOnce() {
    let x = Tensor((0..<3 * 1003).map { Float(($0 * 37) % 101) / 3 - 20 }, shape: [3, 1003])
    for scale: Float in [0.001, 1, 30] {
      let result = (x * scale).logSumExp(axis: 1)
      for (row, y) in result.elements.enumerated() {
        let elements = (x * scale)[row].elements.map(Double.init)
        let largest = elements.max() ?? 0
        let exact = largest + log(elements.reduce(0) { $0 + exp($1 - largest) })
        #expect(error(y, exact) <= 0.51)
      }
    }
  }
}
