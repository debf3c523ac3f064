internal import Tensor

/// MagCache: all blocks are reused while their offset is known to keep its size.
///
/// Reference: [Ma et al., 2025](https://arxiv.org/abs/2506.09045). The calibration has, for each step,
/// the ratio of the magnitude of a token's offset to that in the step before, the mean over tokens
/// and images. So the steps that reuse are known before the run.
public struct MagCache: CalibratedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "magcache", "Reuses all blocks while the calibrated size of their offset hardly changes.",
    source: "https://arxiv.org/abs/2506.09045",
    quality: "threshold=0.06", fast: "threshold=0.24,start=10,most=5",
    sample: "threshold=2,start=10", idle: "threshold=0", limits: CacheLimits(most: 3))

  /// What the errors of the size may add up to, δ in the paper.
  public var threshold: Double
  /// The share of the steps before the first reuse, in percent.
  public var start: Double
  /// The first steps that are computed, and the most in a row that reuse, K in the paper.
  public var limits: CacheLimits
  /// What was measured.
  public var calibration: CacheCalibration

  /// MagCache with a calibration.
  public init(
    threshold: Double = 0.12, start: Double = 20, limits: CacheLimits = MagCache.limits,
    calibration: CacheCalibration
  ) {
    (self.threshold, self.start, self.limits) = (threshold, start, limits)
    self.calibration = calibration
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    threshold = try p.threshold(
      default: 0.12, "sum of relative errors of the offset's size up to which blocks are reused")
    start = try p.start(default: 20)
    limits = p.limits
    calibration = try p.requireCalibration()
  }

  /// Measures the ratios.
  public static func calibrate(_ runs: CalibrationRuns) throws -> [String: [[Double]]] {
    @Sendable func sizes(_ value: Tensor<Float>) -> [Double] {
      (value * value).sum(axes: [2]).elements.map { Double($0).squareRoot() }
    }
    let ratios = Measurement(history: 1) { now, past, _ in
      guard let before = past.first else { return [1] }
      let pairs = zip(sizes(now.value), sizes(before.value)).filter { $0.1 > 0 }
      return [pairs.isEmpty ? 1 : pairs.reduce(0) { $0 + $1.0 / $1.1 } / Double(pairs.count)]
    }
    let site = CacheSite.blocks(0..<runs.outline.depth)
    return ["ratios": try runs.measure([site], ratios)[site] ?? []]
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    let ratios = try calibration.table("ratios", of: Self.name, for: run, columns: 1)
    let first = max(run.steps(percent: start), limits.warmup, 1)
    // The product of the ratios since the last computed step, and its errors added up.
    var (size, error, reused) = (1.0, 0.0, 0)
    let schedule = CacheSchedule(stepCount: run.stepCount) { step in
      guard step >= first else { return true }
      size *= ratios[step].first ?? 1
      error += abs(1 - size)
      if error < threshold, reused < limits.most ?? .max {
        reused += 1
        return false
      }
      (size, error, reused) = (1, 0, 0)
      return true
    }
    return try CachePlan(for: run, sites: [.blocks(0..<run.depth)], schedule: schedule)
  }
}
