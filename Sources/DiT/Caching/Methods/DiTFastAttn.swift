internal import Tensor

/// DiTFastAttn: each attention of each step shares what a calibration allows: the result of the step
/// before, one half of guidance for both, or what is beyond a window.
///
/// Reference: [Yuan et al., 2024](https://arxiv.org/abs/2406.08552). The plan goes by the error of the
/// attention itself, as that of [DiTFastAttnV2](https://arxiv.org/abs/2503.22796), instead of the
/// model's: so one run calibrates it.
public struct DiTFastAttn: CalibratedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "ditfastattn",
    "Shares attention between steps, between halves of guidance, and beyond a window.",
    source: "https://arxiv.org/abs/2406.08552",
    quality: "delta=0.05", fast: "delta=0.2", sample: "delta=2", idle: "delta=0",
    sharesStreams: true)
  /// The most steps that something is shared over.
  static let reach = 5

  /// The error of the last block's attention up to which it shares something, relative to its
  /// variance; those of the blocks before are less, in proportion to their number.
  public var delta: Double
  /// What was measured.
  public var calibration: CacheCalibration

  /// DiTFastAttn with a calibration.
  public init(delta: Double = 0.1, calibration: CacheCalibration) {
    (self.delta, self.calibration) = (delta, calibration)
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    delta = try p.threshold(
      "delta", default: 0.1,
      "relative error of the last block's attention up to which it shares something")
    calibration = try p.requireCalibration()
  }

  /// Measures the errors of each attention.
  public static func calibrate(_ runs: CalibrationRuns) throws -> [String: [[Double]]] {
    let errors = SharingErrors(reach: reach, tokens: runs.outline.architecture.tokenCount)
    let measured = try runs.measure(runs.outline.branchSites([.attention]), errors)
    return Dictionary(uniqueKeysWithValues: measured.map { ($0.description, $1) })
  }

  /// The plan of a run: blocks that do the same are a rule.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    var groups: [(modes: [SharedAttention.Mode], sites: [CacheSite])] = []
    for (block, site) in run.branchSites([.attention]).enumerated() {
      let errors = try calibration.table(
        site.description, of: Self.name, for: run, columns: 1 + 3 * Self.reach)
      let limit = delta * Double(block + 1) / Double(run.depth)
      let modes = modes(errors, limit: limit, for: run)
      if let index = groups.firstIndex(where: { $0.modes == modes }) {
        groups[index].sites.append(site)
      } else {
        groups.append((modes, [site]))
      }
    }
    return try CachePlan(
      for: run,
      rules: groups.map { modes, sites in
        .init(
          sites: sites, schedule: CacheSchedule(modes.map { $0 == .full ? .record : .reuse }),
          predictor: SharedAttention(modes, tokens: run.architecture.tokenCount))
      })
  }

  /// What an attention does in each step: the cheapest of what is within the limit.
  private func modes(
    _ errors: [[Double]], limit: Double, for run: RunOutline
  ) -> [SharedAttention.Mode] {
    let candidates = SharedAttention.Mode.cheapestFirst(for: run)
    var (modes, lastResult, lastFull) = ([SharedAttention.Mode.full], 0, 0)
    for step in 1..<max(run.stepCount, 1) {
      let mode = candidates.first { mode in
        let lag = step - (mode == .steps ? lastResult : lastFull)
        guard mode != .halves else { return errors[step][0] < limit }
        let kind = mode == .steps ? 0 : mode == .window ? 1 : 2
        return lag <= Self.reach && errors[step][3 * lag - 2 + kind] < limit
      }
      modes.append(mode ?? .full)
      if modes[step] != .steps { lastResult = step }
      if !modes[step].hasWindow, modes[step] != .steps { lastFull = step }
    }
    return modes
  }
}
