/// Foresight: the tokens behind each block are reused where they changed little when they were last
/// computed.
///
/// Reference: [Adnan et al., 2025](https://arxiv.org/abs/2506.00329) and its code. Little is a share of
/// the block's own change in the last step of the warm-up. The tokens are reused as they are, so what
/// a step has computed before them only tells how much it changes.
public struct Foresight: NamedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "foresight",
    "Reuses the tokens behind each block that changed less than it did in the warm-up.",
    source: "https://arxiv.org/abs/2506.00329",
    quality: "threshold=4", balanced: "n=3,threshold=8", fast: "n=4,threshold=16",
    sample: "threshold=2,warmup=2", idle: "threshold=0", limits: CacheLimits(warmup: 5))

  /// The share of the warm-up's change below which tokens are reused, γ in the paper.
  public var threshold: Double
  /// One step in so many computes all blocks, R in the paper.
  public var interval: Int
  /// The first steps, all of which are computed in full; at least two.
  public var warmup: Int

  /// Foresight with these settings.
  public init(threshold: Double = 0.5, interval: Int = 2, warmup: Int = 5) {
    (self.threshold, self.interval, self.warmup) = (threshold, interval, warmup)
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    threshold = try p.threshold(
      default: 0.5, "share of the warm-up's change below which tokens are reused")
    interval = try p.interval(default: 2)
    warmup = p.limits.warmup
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    // Two steps make the first change.
    let warmup = max(warmup, 2)
    let schedule = CacheSchedule(
      (0..<run.stepCount).map { $0 < warmup || $0 % interval == 0 ? .record : .ask })
    return try CachePlan(
      for: run,
      rules: (0..<run.depth).map { block in
        .init(
          site: .output(block..<block + 1), schedule: schedule,
          gate: ForesightGate(block: block, warmup: warmup, threshold: threshold))
      })
  }
}
