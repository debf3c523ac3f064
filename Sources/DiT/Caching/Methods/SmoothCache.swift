/// SmoothCache: branches of a kind are reused as far as their measured error allows.
///
/// Reference: [Liu et al., 2024](https://arxiv.org/abs/2411.10510). The calibration has, for each
/// kind of branch and each step, the relative L1 distance from the values one to `reach` steps
/// before, the mean over blocks and samples.
public struct SmoothCache: CalibratedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "smoothcache",
    "Reuses all branches of a kind for as many steps as their calibrated error allows.",
    source: "https://arxiv.org/abs/2411.10510",
    quality: "alpha=0.08", fast: "alpha=0.22", sample: "alpha=2", idle: "alpha=0",
    limits: CacheLimits(cooldown: 1))
  /// The most steps that a calibration looks back.
  static let reach = 5

  /// The error up to which a branch is reused, α in the paper.
  public var alpha: Double
  /// The most steps in a row that reuse, K in the paper.
  public var reach: Int
  /// What was measured.
  public var calibration: CacheCalibration

  /// SmoothCache with a calibration.
  public init(alpha: Double = 0.18, reach: Int = 3, calibration: CacheCalibration) {
    (self.alpha, self.reach, self.calibration) = (alpha, reach, calibration)
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    alpha = try p.threshold("alpha", default: 0.18, "error up to which branches are reused")
    reach = try p.integer(
      "reach", in: 1...Self.reach, default: 3, "most steps in a row that the error is known for")
    calibration = try p.requireCalibration()
  }

  /// Measures a model.
  public static func calibrate(_ runs: CalibrationRuns) throws -> [String: [[Double]]] {
    let distances = Measurement(history: reach) { now, past, _ in
      let measured = past.map { meanRelativeDistance(now.value, from: $0.value) }
      return measured + Array(repeating: 0, count: reach - measured.count)
    }
    let measured = try runs.measure(runs.outline.branchSites(), distances)
    var tables: [String: [[Double]]] = [:]
    for branch in runs.outline.branches {
      tables[branch.rawValue] = mean(
        runs.outline.branchSites([branch]).compactMap { measured[$0] })
    }
    return tables
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    var rules: [CachePlan.Rule] = []
    for branch in run.branches {
      let errors = try calibration.table(
        branch.rawValue, of: Self.name, for: run, columns: Self.reach)
      var (actions, step) = ([CacheSchedule.Action](), 0)
      while step < run.stepCount {
        // The longest reuse whose last step is within the error; the errors of step s + k are those
        // of what step s made.
        let length = (1...reach).last {
          step + $0 < run.stepCount && errors[step + $0][$0 - 1] < alpha
        }
        actions += [.record] + Array(repeating: .reuse, count: length ?? 0)
        step = actions.count
      }
      rules.append(.init(sites: run.branchSites([branch]), schedule: CacheSchedule(actions)))
    }
    return try CachePlan(for: run, rules: rules)
  }
}
