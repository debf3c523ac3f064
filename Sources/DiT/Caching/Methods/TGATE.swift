/// TGATE: from a gate step on, cross-attention is the mean of what both streams of guidance made of it
/// in the step before, and the unconditional stream is left out.
///
/// Reference: [Zhang et al., 2024](https://arxiv.org/abs/2404.02747) and its code: before the gate,
/// self-attention is computed in every `interval`-th step behind the warm-up. A model without
/// cross-attention has guidance until the gate, and the same self-attention.
public struct TGATE: NamedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "tgate", "Freezes cross-attention and leaves out the unconditional stream from a gate step on.",
    source: "https://arxiv.org/abs/2404.02747",
    quality: "gate=60,n=3", fast: "gate=32", sample: "gate=65,n=3,warmup=1", idle: "gate=100,n=1",
    limits: CacheLimits(warmup: 2), sharesStreams: true)

  /// The share of the steps before the gate, in percent: the code's 10 of 25 steps.
  public var gate: Double
  /// One step in so many computes self-attention before the gate.
  public var interval: Int
  /// The first steps, all of which are computed in full.
  public var warmup: Int

  /// TGATE with these settings.
  public init(gate: Double = 40, interval: Int = 5, warmup: Int = 2) {
    (self.gate, self.interval, self.warmup) = (gate, interval, warmup)
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    gate = try p.percent("gate", default: 40, of: "the steps before the gate")
    interval = try p.interval(
      default: 5, "one step in so many computes self-attention before the gate")
    warmup = p.limits.warmup
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    let hasText = run.branches.contains(.crossAttention)
    guard hasText || run.isGuided || interval > 1 else {
      throw .inapplicable(
        method: Self.name,
        reason: "the model has no cross-attention, guidance is off, and n=1 reuses no attention")
    }
    let gate = max(run.steps(percent: gate), 1)
    let frozen = CacheSchedule(stepCount: run.stepCount) { $0 < gate }
    let planning = CacheSchedule(stepCount: run.stepCount) {
      $0 <= warmup || $0 >= gate - 1 || $0 % interval == 0
    }
    return try CachePlan(
      for: run,
      rules: [
        .init(sites: run.branchSites([.attention]), schedule: planning),
        .init(
          sites: run.branchSites([.crossAttention]), schedule: frozen,
          predictor: StreamMean(streams: run.rowsOfImage)),
        .init(
          sites: run.isGuided ? [.unconditional] : [], schedule: frozen,
          predictor: ConditionalPrediction()),
      ])
  }
}
