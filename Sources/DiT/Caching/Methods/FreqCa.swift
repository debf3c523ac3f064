/// FreqCa: low frequencies of the tokens behind all blocks are reused, high ones forecast.
///
/// Reference: [Liu et al., 2025](https://arxiv.org/abs/2510.08669) and its code for FLUX: the cosine
/// transform over the map of tokens, and Hermite's polynomials with σ = 0.71. One value for all blocks
/// is kept, not one for each branch.
public struct FreqCa: NamedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "freqca",
    "Reuses the low frequencies of the tokens behind all blocks, and forecasts the high ones.",
    source: "https://arxiv.org/abs/2510.08669",
    quality: "n=3", fast: "n=9", sample: "n=3,cutoff=0.5", idle: "n=1",
    limits: CacheLimits(warmup: 3))

  /// One step in so many is computed in full.
  public var interval: Int
  /// The highest difference of high frequencies.
  public var order: Int
  /// Where high frequencies begin, as a share of the highest one.
  public var cutoff: Double
  /// The first steps, all of which are computed in full.
  public var warmup: Int

  /// FreqCa with these settings.
  public init(interval: Int = 6, order: Int = 2, cutoff: Double = 0.1, warmup: Int = 3) {
    (self.interval, self.order) = (interval, order)
    (self.cutoff, self.warmup) = (cutoff, warmup)
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    interval = try p.interval(default: 6)
    order = try p.order(default: 2, "the highest difference of high frequencies")
    cutoff = try p.number(
      "cutoff", in: 0...1, default: 0.1, "where high frequencies begin, of the highest one")
    warmup = p.limits.warmup
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    try CachePlan(
      for: run, sites: [.output(0..<run.depth)],
      schedule: .every(interval, after: warmup, stepCount: run.stepCount),
      predictor: BandSeries(
        TokenBands(grid: run.grid, cutoff: cutoff),
        high: DifferenceSeries(order: order, basis: .hermite(sigma: 0.71))))
  }
}
