/// HiCache: TaylorSeer with Hermite's polynomials in the place of powers.
///
/// Reference: [Feng et al., 2025](https://arxiv.org/abs/2508.16984), with the settings of its code for
/// FLUX. The polynomials are contracted, `σʲ · Hⱼ(σx)`, so that they grow less than powers.
public struct HiCache: NamedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "hicache", "Forecasts every branch by contracted Hermite polynomials over the full steps.",
    source: "https://arxiv.org/abs/2508.16984",
    quality: "n=3", fast: "n=6,order=1", sample: "n=3,warmup=2", idle: "n=1",
    limits: CacheLimits(warmup: 3))

  /// One step in so many is computed in full.
  public var interval: Int
  /// The highest difference.
  public var order: Int
  /// The contraction, σ in the paper.
  public var sigma: Double
  /// What is forecast.
  public var target: ForecastTarget
  /// The first steps, all of which are computed in full.
  public var warmup: Int

  /// HiCache with these settings.
  public init(
    interval: Int = 5, order: Int = 2, sigma: Double = 0.5, target: ForecastTarget = .branches,
    warmup: Int = 3
  ) {
    (self.interval, self.order, self.sigma) = (interval, order, sigma)
    (self.target, self.warmup) = (target, warmup)
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    interval = try p.interval(default: 5)
    order = try p.order(default: 2)
    sigma = try p.number("sigma", in: 0...2, default: 0.5, "contraction of the polynomials")
    warmup = p.limits.warmup
    target = try p.forecastTarget()
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    try CachePlan(
      for: run, sites: target.sites(of: run),
      schedule: .every(interval, after: warmup, stepCount: run.stepCount),
      predictor: DifferenceSeries(order: order, basis: .hermite(sigma: sigma)))
  }
}
