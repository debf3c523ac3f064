import DiT
import Testing

@Suite struct FittedPolynomialTests {
  private func fit(_ degree: Int, _ points: [(Double, Double)]) -> FittedPolynomial {
    FittedPolynomial(degree: degree, through: points.map { (x: $0, y: $1) })
  }

  @Test(arguments: 0...4) func reproducesPolynomials(_ degree: Int) {
    // Far from zero and close together, where powers of x would lose all digits.
    func f(_ x: Double) -> Double {
      (0...degree).reduce(0) { $0 * (x - 100.1) * 10 + Double($1 + 1) }
    }
    let places = (0..<9).map { 100 + 0.03 * Double($0) }
    let fitted = fit(degree, places.map { ($0, f($0)) })
    for x in places + [100.07, 100.5] { #expect(abs(fitted(x) - f(x)) < 1e-9 * (1 + abs(f(x)))) }
  }

  @Test func minimisesTheSquares() {
    // What is left of the points is orthogonal to 1, x and x².
    let points = [(0.0, 1.0), (1, 0), (2, 4), (3, 3), (4, 9)]
    let fitted = fit(2, points)
    for power in 0...2 {
      let product = points.reduce(0) { sum, point in
        sum + (point.1 - fitted(point.0)) * (0..<power).reduce(1) { p, _ in p * point.0 }
      }
      #expect(abs(product) < 1e-12)
    }
  }

  @Test func fewPlacesLowerTheDegree() {
    #expect(fit(4, [(2, 3)])(7) == 3)
    #expect(fit(4, [(1, 1), (1, 3)])(1) == 2)
    #expect(abs(fit(4, [(0, 1), (1, 2), (1, 4)])(2) - 5) < 1e-12)
  }

  @Test func magnitudesStayWithinWhatWasMeasured() {
    let fitted = fit(1, [(1, -1), (3, 3)])
    #expect(fitted.magnitude(at: 1) == 0)
    #expect(fitted.magnitude(at: 2.5) == 2)
    #expect(fitted.magnitude(at: 9) == 3)
  }
}
