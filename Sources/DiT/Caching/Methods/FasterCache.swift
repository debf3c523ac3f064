/// FasterCache: attention goes on in a straight line from its last two values, and the unconditional
/// prediction is made of the conditional one.
///
/// Reference: [Lv et al., 2024](https://arxiv.org/abs/2410.19355), sections 3.2 and 3.3, with the
/// ranges of its code for Latte as shares of the steps. The second half alone is
/// `faster-cache-guidance`. Where both streams are computed again, attention is too, and its line
/// begins anew: what was kept of one stream does not serve both.
public struct FasterCache: NamedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "faster-cache",
    "Extrapolates attention, and makes the unconditional prediction of the conditional one.",
    source: "https://arxiv.org/abs/2410.19355",
    quality: "start=50,guidance=3,guidance-start=50", fast: "n=3,guidance=6",
    sample: "start=25,guidance=3,guidance-start=25", idle: "n=1,guidance=1", sharesStreams: true)

  /// One step in so many computes attention.
  public var interval: Int
  /// The share of the steps before attention is first reused, in percent.
  public var start: Double
  /// How much of the way to the extrapolated value to go; 1 is the code's 0.5 at an interval of 2.
  public var weight: Double
  /// The cache of the unconditional prediction.
  public var guidance: FasterCacheGuidance

  /// FasterCache with these settings.
  public init(
    interval: Int = 2, start: Double = 32, weight: Double = 1,
    guidance: FasterCacheGuidance = FasterCacheGuidance()
  ) {
    (self.interval, self.start, self.weight) = (interval, start, weight)
    self.guidance = guidance
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    interval = try p.interval(default: 2, "one step in so many computes attention")
    start = try p.start(default: 32, of: "attention is reused")
    weight = try p.number(
      "weight", in: 0...2, default: 1, "how much of the way to the extrapolated value to go")
    guidance = FasterCacheGuidance(
      interval: try p.interval(
        "guidance", default: 5, "one step in so many computes both streams"),
      start: try p.percent(
        "guidance-start", default: 36, of: "the steps before the unconditional stream is reused"))
  }

  /// The plan of a run; of attention alone where guidance is off.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    let streams = try run.isGuided ? guidance.plan(for: run) : CachePlan(computingEverything: run)
    let first = run.steps(percent: start, rounded: .up)
    let schedule = CacheSchedule(stepCount: run.stepCount) { $0 < first || $0 % interval == 0 }
    return try streams.joined(
      with: CachePlan(
        for: run, sites: run.branchSites([.attention]),
        schedule: schedule.serving(streams.rules.first?.schedule),
        predictor: Extrapolation(count: 2, weight: Float(weight))))
  }
}
