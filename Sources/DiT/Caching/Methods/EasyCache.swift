/// EasyCache: the prediction's offset from the sample, reused while the sample changes little.
///
/// Reference: [Zhou et al., 2025](https://arxiv.org/abs/2507.02860), as stable-diffusion.cpp has it
/// in `easycache.hpp`: the change of the prediction is estimated from that of the sample since the
/// last computed step, and added up.
public struct EasyCache: NamedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "easycache",
    "Reuses the prediction's offset from the sample while its estimated change adds up to little.",
    source: "https://arxiv.org/abs/2507.02860",
    quality: "threshold=0.1", fast: "threshold=0.3", sample: "threshold=0.5,start=20",
    idle: "threshold=0")

  /// The estimated change at which the prediction is computed anew.
  public var threshold: Double
  /// The part of the steps in which predictions may be reused, in percent.
  public var window: ClosedRange<Double>

  /// EasyCache with these settings.
  public init(threshold: Double = 0.2, window: ClosedRange<Double> = 15...95) {
    (self.threshold, self.window) = (threshold, window)
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    threshold = try p.threshold(
      default: 0.2, "estimated relative change of the prediction up to which it is reused")
    let start = try p.start(default: 15)
    let end = try p.percent("end", default: 95, of: "the steps before the last reuse")
    window = min(start, end)...max(start, end)
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    let schedule = CacheSchedule(
      (0..<run.stepCount).map { step in
        let percent = 100 * Double(step) / Double(run.stepCount)
        // Two computed steps make the first rate.
        return step >= 2 && window.contains(percent) ? .ask : .record
      })
    return try CachePlan(
      for: run, sites: [.prediction], schedule: schedule, predictor: InputOffset(),
      gate: RateGate(threshold: threshold))
  }
}
