internal import Tensor

/// CacheQuant: Δ-Cache of the last blocks, with the steps that dynamic programming finds, and a kept
/// offset that is corrected channel by channel.
///
/// Reference: [Liu et al., 2025](https://arxiv.org/abs/2503.01323). The calibration has, for each step
/// and each of the steps before, how far the offsets of both are from each other, and the lines that
/// make one of the other: of a quantized model that of one in higher precision, where it is given.
public struct CacheQuant: CalibratedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "cache-quant",
    "Reuses the last blocks in steps that a program chooses, and corrects each channel's offset.",
    source: "https://arxiv.org/abs/2503.01323",
    quality: "warmup=4", fast: "n=3", sample: "n=2", idle: "n=1")
  /// Its lines lead to the values of a model in higher precision, where one is measured.
  public static let correctsQuantization = true
  /// The most steps that an offset is reused for.
  static let reach = 5

  /// The steps are cut into groups of so many on average, N in the paper, none shorter than half of
  /// it or longer than twice.
  public var interval: Int
  /// What was measured.
  public var calibration: CacheCalibration

  /// CacheQuant with a calibration.
  public init(interval: Int = 2, calibration: CacheCalibration) {
    (self.interval, self.calibration) = (interval, calibration)
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    interval = try p.interval(
      upTo: (Self.reach + 1) / 2, default: 2, "one step in so many is full, on average")
    calibration = try p.requireCalibration()
  }

  /// The last three quarters of the blocks.
  private static func site(_ run: RunOutline) -> CacheSite {
    .blocks(run.depth - Int((0.75 * Double(run.depth)).rounded())..<run.depth)
  }

  /// Measures the mean L1 distances of offsets, and fits the lines.
  public static func calibrate(_ runs: CalibrationRuns) throws -> [String: [[Double]]] {
    let (site, width) = (site(runs.outline), runs.outline.architecture.width)
    let references = try runs.referenceValues(of: site)
    let pairs = Measurement(history: reach) { now, past, context in
      let measured = past.map { old in
        let difference = (now.value - old.value).absolute().sum().item
        let target = references?[context.step.index] ?? now.value
        return [Double(difference) / Double(now.value.count)]
          + fittedLines(from: old.value, to: target)
      }
      // Where there is no step so far back, what is nearest stands in.
      let nearest = measured.last ?? [0] + AffineCorrection.Line.identity(channels: width)
      return (0..<reach).flatMap { $0 < measured.count ? measured[$0] : nearest }
    }
    return ["pairs": try runs.measure([site], pairs)[site] ?? []]
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    let size = 1 + 2 * run.architecture.width
    let rows = try calibration.table(
      "pairs", of: Self.name, for: run, columns: Self.reach * size)
    let groups = (run.stepCount + interval - 1) / interval
    let starts = cheapestGroups(
      of: run.stepCount, into: groups,
      lengths: min((interval + 1) / 2, run.stepCount / groups)...2 * interval, zero: 0,
      adding: { cost, group in
        group.dropFirst().reduce(cost) { $0 + rows[$1][($1 - group.lowerBound - 1) * size] }
      }, isLess: <)
    let schedule = CacheSchedule(stepCount: run.stepCount) { starts?.contains($0) ?? true }
    let correction = AffineCorrection { step, lag in
      AffineCorrection.Line(numbers: rows[step][((lag - 1) * size + 1)..<lag * size])
    }
    return try CachePlan(
      for: run, sites: [Self.site(run)], schedule: schedule, predictor: correction)
  }
}
