/// FoCa: what all branches make is the solution of a differential equation, forecast step by step and
/// calibrated by the slope between full steps.
///
/// Reference: [Zheng et al., 2025](https://arxiv.org/abs/2508.16211), as
/// [cache-dit](https://github.com/vipshop/cache-dit) has it in `calibrators/foca.py`, with slopes for
/// each step and without its limit of three steps.
public struct FoCa: NamedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "foca",
    "Forecasts every branch as a differential equation, calibrated by the slope of full steps.",
    source: "https://arxiv.org/abs/2508.16211",
    quality: "n=3", fast: "n=5", sample: "n=3,warmup=2", idle: "n=1", limits: CacheLimits(warmup: 3)
  )

  /// One step in so many is computed in full.
  public var interval: Int
  /// What is forecast.
  public var target: ForecastTarget
  /// The first steps, all of which are computed in full.
  public var warmup: Int

  /// FoCa with these settings.
  public init(interval: Int = 4, target: ForecastTarget = .branches, warmup: Int = 3) {
    (self.interval, self.target, self.warmup) = (interval, target, warmup)
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    interval = try p.interval(default: 4)
    warmup = p.limits.warmup
    target = try p.forecastTarget()
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    try CachePlan(
      for: run, sites: target.sites(of: run),
      schedule: .every(interval, after: warmup, stepCount: run.stepCount),
      predictor: CalibratedForecast())
  }
}
