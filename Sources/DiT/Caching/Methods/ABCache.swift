/// AB-Cache: the prediction, extrapolated from those before as Adams and Bashforth do.
///
/// Reference: [Yu et al., 2025](https://arxiv.org/abs/2504.10540). The polynomial goes through the
/// last computed predictions at their steps; where they follow each other its weights are the
/// paper's, `2F₁ - F₂` and so on.
public struct ABCache: NamedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "ab-cache", "Extrapolates the prediction from the last computed ones.",
    source: "https://arxiv.org/abs/2504.10540",
    quality: "n=2", fast: "n=4,order=3", sample: "n=2,order=2,warmup=2", idle: "n=1",
    limits: CacheLimits(warmup: 3))

  /// One step in so many is computed.
  public var interval: Int
  /// The number of predictions that are combined.
  public var order: Int

  /// AB-Cache with these settings.
  public init(interval: Int = 3, order: Int = 2) {
    (self.interval, self.order) = (interval, order)
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    interval = try p.interval(default: 3, "one step in so many is computed")
    order = try p.integer("order", in: 1...4, default: 2, "predictions that are combined")
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    try CachePlan(
      for: run, sites: [.prediction], schedule: .every(interval, stepCount: run.stepCount),
      predictor: Extrapolation(count: order))
  }
}
