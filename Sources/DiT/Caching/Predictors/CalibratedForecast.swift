internal import Kernels
public import Tensor

/// A forecast from step to step, calibrated by the slope between the last computed values.
///
/// The forecast x steps after the computed value F starts from F and, by Heun's rule, takes the
/// mean of two slopes: that between the last two computed values, and that between the values of
/// the last two steps, computed or forecast (the second backward differentiation formula): `Pₓ = F
/// + x / 2 · (slope + P₍ₓ₋₁₎ - P₍ₓ₋₂₎)`. So every forecast is F plus a share of each of two slopes:
/// that between computed values, and that from the step before F to F.
///
/// Reference: [Zheng et al., 2025](https://arxiv.org/abs/2508.16211), FoCa.
public struct CalibratedForecast: CachePredictor {
  private var last: (value: Tensor<Float>, step: Int)?
  /// The slopes per step, between the last two computed values and into the last one.
  private var slopes: (between: Tensor<Float>, into: Tensor<Float>)?

  /// A predictor that has seen nothing yet.
  public init() {}

  /// Keeps what it needs of a computed value.
  public mutating func record(_ value: Tensor<Float>, _ context: CacheContext) {
    if let last {
      let distance = context.step.index - last.step
      func slope(from old: Tensor<Float>, over steps: Int) -> Tensor<Float> {
        let factor = 1 / Float(steps)
        return linearCombination([(factor, value), (-factor, old)], in: context.workspace)
      }
      let between = slope(from: context.rows(of: last.value), over: distance)
      let isForecast = slopes != nil && distance > 1
      slopes = (
        between,
        isForecast ? slope(from: forecast(distance - 1, context), over: 1) : between
      )
    }
    last = (value, context.step.index)
  }

  /// The forecast.
  public mutating func value(_ context: CacheContext) -> Tensor<Float> {
    forecast(context.step.index - (last?.step ?? 0), context)
  }

  /// The forecast so many steps after the last computed value.
  private func forecast(_ distance: Int, _ context: CacheContext) -> Tensor<Float> {
    let last = context.rows(of: require(last, "forecast: there is no value to go on from").value)
    guard let slopes else { return last }
    let shares = Self.shares(at: distance)
    return linearCombination(
      [
        (1, last), (shares.between, context.rows(of: slopes.between)),
        (shares.into, context.rows(of: slopes.into)),
      ], in: context.workspace)
  }

  /// The shares of both slopes in the forecast, by the number of steps after the last computed
  /// value.
  static func shares(at distance: Int) -> (between: Float, into: Float) {
    var (value, slope) = (SIMD2<Double>(), SIMD2<Double>(0, 1))
    for x in stride(from: 1, through: distance, by: 1) {
      let next = Double(x) / 2 * (SIMD2(1, 0) + slope)
      (value, slope) = (next, next - value)
    }
    return (Float(value.x), Float(value.y))
  }

  /// Forgets everything.
  public mutating func reset() { (last, slopes) = (nil, nil) }

  /// True.
  public var keepsHistory: Bool { true }
  /// The bytes of the value and both slopes.
  public var byteCount: Int {
    (last?.value.byteCount ?? 0)
      + (slopes.map { $0.between.byteCount + $0.into.byteCount } ?? 0)
  }
  /// The value and both slopes.
  public func capacity(elements: Int, inputs: Int) -> Int { 3 * elements }
}
