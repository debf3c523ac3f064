/// FORA: what both branches of every block make, kept in every `interval`-th step.
///
/// Reference: [Selvaraju et al., 2024](https://arxiv.org/abs/2407.01425). As in its code, steps
/// count from the last one: the last is full, and the first interval may be shorter.
public struct FORA: NamedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "fora", "Reuses what all branches of all blocks made in the last full step.",
    source: "https://arxiv.org/abs/2407.01425",
    quality: "n=2", fast: "n=5", sample: "n=3", idle: "n=1")

  /// One step in so many is computed in full.
  public var interval: Int

  /// FORA with an interval.
  public init(interval: Int = 3) { self.interval = interval }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    interval = try p.interval(default: 3)
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    let schedule = CacheSchedule(stepCount: run.stepCount) {
      (run.stepCount - 1 - $0) % interval == 0
    }
    return try CachePlan(for: run, sites: run.branchSites(), schedule: schedule)
  }
}
