/// FasterCache's cache of guidance: in most late steps the unconditional prediction is made of the
/// conditional one.
///
/// Reference: [Lv et al., 2024](https://arxiv.org/abs/2410.19355), section 3.3, with the ranges of
/// its code for 50 steps as shares of the steps.
public struct FasterCacheGuidance: NamedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "faster-cache-guidance",
    "Makes the unconditional prediction of the conditional one, by their last difference.",
    source: "https://arxiv.org/abs/2410.19355",
    quality: "n=3,start=50", fast: "n=6,start=24", sample: "n=3,start=25", idle: "n=1",
    sharesStreams: true)

  /// One step in so many computes both predictions.
  public var interval: Int
  /// The share of the steps before the first reuse, in percent.
  public var start: Double
  /// The share of the steps after which high frequencies are raised instead of low ones, in
  /// percent.
  public var turn: Double
  /// What the raised difference is multiplied with, once more in each step after a full one.
  public var weight: Double

  /// The cache of guidance with these settings.
  public init(interval: Int = 5, start: Double = 36, turn: Double = 90, weight: Double = 1.1) {
    (self.interval, self.start, self.turn, self.weight) = (interval, start, turn, weight)
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    interval = try p.interval(default: 5)
    start = try p.start(default: 36)
    turn = try p.percent(
      "turn", default: 90, of: "the steps after which high frequencies are raised, not low ones")
    weight = try p.number(
      "weight", in: 0...10, default: 1.1, "factor of the raised frequencies in each step")
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    guard run.isGuided else {
      throw .inapplicable(
        method: Self.name, reason: "guidance is off, so there is no unconditional prediction")
    }
    let first = run.steps(percent: start, rounded: .up)
    let schedule = CacheSchedule(stepCount: run.stepCount) { $0 < first || $0 % interval == 0 }
    let turn = run.steps(percent: turn, rounded: .up)
    let weight = weight
    // The factor compounds over the steps since the last full one.
    let powers = schedule.actions.indices.map { step -> (low: Float, high: Float) in
      let since = schedule.actions[...step].reversed().prefix { $0 == .reuse }.count
      var powers = (low: Float(1), high: Float(1))
      for reused in (step - since + 1)..<(step + 1) {
        if reused < turn { powers.low *= Float(weight) } else { powers.high *= Float(weight) }
      }
      return powers
    }
    return try CachePlan(
      for: run, sites: [.unconditional], schedule: schedule,
      predictor: FrequencyBias { powers[$0.index] })
  }
}
