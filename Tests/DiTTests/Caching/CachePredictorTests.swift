import DiT
import Kernels
import Tensor
import Testing

/// Predictors on values that are polynomials of the step.
@Suite struct CachePredictorTests {
  private let workspace = Workspace(threads: 1)

  private func context(_ step: Int, _ input: Float = 0) -> CacheContext {
    CacheContext(
      step: CacheStep(index: step, count: 20, timestep: 0), rows: 1, isGuided: false,
      input: Tensor(repeating: input, shape: [1, 2]), workspace: workspace)
  }

  private func forecast(
    _ predictor: some CachePredictor, _ f: (Double) -> Double, at steps: [Int], for x: Int
  ) -> Double {
    var predictor = predictor
    for step in steps {
      predictor.record(Tensor(repeating: Float(f(Double(step))), shape: [1, 2]), context(step))
    }
    return Double(predictor.value(context(x)).elements[0])
  }

  @Test func seriesReproducePolynomials() {
    // A linear series, forwards in steps: extrapolating backwards is the known bug of ports.
    #expect(
      abs(forecast(DifferenceSeries(order: 1), { 3 * $0 + 1 }, at: [0, 4], for: 6) - 19) < 1e-5)
    #expect(forecast(DifferenceSeries(order: 0), { $0 }, at: [0, 4], for: 6) == 4)
    #expect(forecast(LastValue(), { $0 }, at: [0, 4], for: 6) == 4)
    // The formulas of the paper, by hand: differences over steps of four of x² are 16 - 0 over 4, …
    let second = forecast(DifferenceSeries(order: 2), { $0 * $0 }, at: [0, 4, 8], for: 10)
    #expect(abs(second - (64 + 2 * 12 + 2 * 2 / 2 * 2)) < 1e-4)
  }

  @Test(arguments: 1...5) func extrapolationReproducesPolynomials(_ count: Int) {
    func f(_ x: Double) -> Double {
      (0..<count).reduce(0) { sum, power in
        sum + Double(power + 1) * (0..<power).reduce(1) { product, _ in product * x / 10 }
      }
    }
    let steps = [0, 1, 3, 4, 7]
    let value = forecast(Extrapolation(count: count), f, at: Array(steps.suffix(count)), for: 9)
    #expect(abs(value / f(9) - 1) < 1e-4)
    // One step after steps in a row: binomial weights.
    let binomial = forecast(Extrapolation(count: 3), { $0 * $0 }, at: [4, 5, 6], for: 7)
    #expect(abs(binomial - 49) < 1e-4)
  }

  @Test func aWeightGoesAShareOfTheWay() {
    #expect(
      abs(forecast(Extrapolation(count: 2, weight: 0.5), { $0 }, at: [2, 4], for: 6) - 5) < 1e-5)
  }

  @Test func hermiteFunctionsAreThoseOfTheBooks() {
    // σʲ·Hⱼ(σx) at σ = 1/2, x = 2: H₀ = 1, H₁(1) = 2, H₂(1) = 2.
    let value = forecast(
      DifferenceSeries(order: 2, basis: .hermite(sigma: 0.5)), { $0 * $0 }, at: [0, 2, 4], for: 6)
    // D₀ = 16, D₁ = (16 - 4) / 2 = 6, D₂ = (6 - 2) / 2 = 2.
    #expect(abs(value - (16 + 6 * 1 + 2 * 0.5 / 2)) < 1e-5)
  }

  @Test func calibratedForecastsGoOnAsHeunDoes() {
    // A line is reproduced.
    #expect(abs(forecast(CalibratedForecast(), { 3 * $0 + 1 }, at: [0, 1, 4], for: 9) - 28) < 1e-4)
    // x² at 0, 1 and 4, one and two steps on, by hand. Slopes are 1 before step 1; the forecasts of
    // steps 2 and 3 are 1 + 1 and 1 + 2. So step 4 is reached from 3 by 13, and the slope from 1 is 5.
    func f(_ x: Double) -> Double { x * x }
    #expect(abs(forecast(CalibratedForecast(), f, at: [0, 1, 4], for: 5) - 25) < 1e-4)
    #expect(abs(forecast(CalibratedForecast(), f, at: [0, 1, 4], for: 6) - (16 + 5 + 9)) < 1e-4)
  }

  @Test func offsetsFollowTheInput() {
    var predictor = InputOffset()
    predictor.record(Tensor([5, 7, 9], shape: [1, 3]), context(0, 1))
    #expect(predictor.value(context(1, 3)).elements == [7, 9, 9])
    #expect(predictor.byteCount == 12)
  }
}
