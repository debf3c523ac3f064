internal import Foundation

/// FEB-Cache: feed-forward is reused early, attention late, both where that hardly changes the size of
/// the prediction, and the predicted noise is scaled.
///
/// Reference: [Zou and Zhao, 2025](https://arxiv.org/abs/2503.07120), Algorithm 1 and equation 3; its
/// threshold is relative here.
public struct FEBCache: CalibratedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "feb-cache",
    "Reuses feed-forward branches early and attention late, and scales the predicted noise.",
    source: "https://arxiv.org/abs/2503.07120",
    quality: "delta=0.03", fast: "delta=0.1", sample: "delta=5", idle: "delta=0")
  /// The most steps that a branch is reused for.
  static let reach = 3

  /// How far the norm of the scaled prediction may be from that without reuse, relative to it.
  public var delta: Double
  /// What the noise is multiplied with at the end of the early and of the late stage, b_h and b_l.
  public var scales: (early: Double, late: Double)
  /// What was measured.
  public var calibration: CacheCalibration

  /// FEB-Cache with a calibration.
  public init(
    delta: Double = 0.05, scales: (early: Double, late: Double) = (0.98, 0.96),
    calibration: CacheCalibration
  ) {
    (self.delta, self.scales, self.calibration) = (delta, scales, calibration)
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    delta = try p.threshold(
      "delta", default: 0.05,
      "relative change of the prediction's size up to which branches are reused")
    scales.early = try p.number("early", in: 0...2, default: 0.98, "factor of the noise at 60 %")
    scales.late = try p.number("late", in: 0...2, default: 0.96, "factor of the noise at 100 %")
    calibration = try p.requireCalibration()
  }

  /// Attention, of a text too, and feed-forward.
  private static func sites(_ run: RunOutline) -> [[CacheSite]] {
    [run.branchSites([.attention, .crossAttention]), run.branchSites([.feedForward])]
  }

  /// The share of the steps that are left; those with 40 % or more are early.
  private static func left(_ step: CacheStep) -> Double {
    1 - Double(step.index) / Double(step.count)
  }

  /// What both rules may do in a step instead of computing.
  private static func trials(_ step: CacheStep) -> [String: [CacheSchedule.Action]] {
    ["both": [.reuse, .reuse], "one": left(step) >= 0.4 ? [.record, .reuse] : [.reuse, .record]]
  }

  /// Measures the norms of predictions.
  public static func calibrate(_ runs: CalibrationRuns) throws -> [String: [[Double]]] {
    try runs.predictionNorms(sites(runs.outline), reach: reach, trials: trials)
  }

  /// The plan of a run: in each step what reuses most of what half of the images accept.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    let exact = try calibration.table("exact", of: Self.name, for: run)
    var (actions, lag) = ([[CacheSchedule.Action]](), 0)
    for step in run.steps {
      lag += 1
      var chosen: [CacheSchedule.Action]?
      for name in ["both", "one"] where chosen == nil && step.index > 0 && lag <= Self.reach {
        let norms = try calibration.table(
          "\(name) \(lag)", of: Self.name, for: run, columns: exact[step.index].count)[step.index]
        let votes = zip(norms, exact[step.index]).filter {
          abs(scale(step) * $0 / $1 - 1) < delta
        }
        if !votes.isEmpty, 2 * votes.count >= norms.count { chosen = Self.trials(step)[name] }
      }
      actions.append(chosen ?? [.record, .record])
      if chosen == nil { lag = 0 }
    }
    let rules = Self.sites(run).enumerated().map { rule, sites in
      CachePlan.Rule(sites: sites, schedule: CacheSchedule(actions.map { $0[rule] }))
    }
    var plan = try CachePlan(for: run, rules: rules)
    if !plan.rules.isEmpty { plan.noiseScales = run.steps.map { Float(scale($0)) } }
    return plan
  }

  /// What the noise is multiplied with in a step, b in the paper.
  private func scale(_ step: CacheStep) -> Double {
    let left = Self.left(step)
    return left >= 0.4
      ? scales.early + (1 - scales.early) * exp(-5 * (1 - left) / 0.6)
      : scales.late + (scales.early - scales.late) * exp(5 * (left - 0.4) / 0.6)
  }
}
