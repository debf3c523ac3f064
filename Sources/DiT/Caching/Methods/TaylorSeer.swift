/// TaylorSeer: what all branches make, forecast from the differences between full steps.
///
/// Reference: [Liu et al., 2025](https://arxiv.org/abs/2503.06923), with the settings of its code
/// for DiT.
public struct TaylorSeer: NamedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "taylorseer", "Forecasts every branch by a Taylor series over the full steps.",
    source: "https://arxiv.org/abs/2503.06923",
    quality: "n=3,order=3", fast: "n=5,order=4", sample: "n=3,order=2,warmup=2", idle: "n=1",
    limits: CacheLimits(warmup: 2))

  /// One step in so many is computed in full.
  public var interval: Int
  /// The highest difference.
  public var order: Int
  /// What is forecast.
  public var target: ForecastTarget
  /// The first steps, all of which are computed in full.
  public var warmup: Int

  /// TaylorSeer with these settings.
  public init(
    interval: Int = 4, order: Int = 4, target: ForecastTarget = .branches, warmup: Int = 2
  ) {
    (self.interval, self.order, self.target) = (interval, order, target)
    self.warmup = warmup
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    interval = try p.interval(default: 4)
    order = try p.order(default: 4)
    warmup = p.limits.warmup
    target = try p.forecastTarget()
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    try CachePlan(
      for: run, sites: target.sites(of: run),
      schedule: .every(interval, after: warmup, stepCount: run.stepCount),
      predictor: DifferenceSeries(order: order))
  }
}
