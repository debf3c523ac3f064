internal import Tensor

/// LeMiCa: the steps that are computed are those that keep the worst error of the finished image
/// least, then the second worst, and so on.
///
/// Reference: [Gao et al., 2025](https://arxiv.org/abs/2511.00090), equations 4 and 5. The calibration
/// has, for each step and each number of steps after it that reuse its offset of all blocks, how
/// far the finished sample is from that without reuse, the mean over its numbers.
public struct LeMiCa: CalibratedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "lemica",
    "Reuses all blocks in the steps whose worst calibrated error of the finished image is least.",
    source: "https://arxiv.org/abs/2511.00090",
    quality: "share=52", fast: "share=30", sample: "share=40", idle: "share=100")
  /// The most steps in a row that reuse.
  static let reach = 6

  /// The share of the steps that are computed in full, in percent; B in the paper is their number.
  public var share: Double
  /// What was measured.
  public var calibration: CacheCalibration

  /// LeMiCa with a calibration.
  public init(share: Double = 40, calibration: CacheCalibration) {
    (self.share, self.calibration) = (share, calibration)
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    share = try p.percent("share", default: 40, of: "the steps that are computed")
    calibration = try p.requireCalibration()
  }

  /// Measures what each reuse does to the finished sample, each in a run that goes on from there.
  public static func calibrate(_ runs: CalibrationRuns) throws -> [String: [[Double]]] {
    let count = runs.outline.stepCount
    func finished(_ walk: CalibrationWalk, from step: Int) throws -> Tensor<Float> {
      var walk = walk
      for _ in step..<count { try walk.step([.compute]) }
      return walk.samples
    }
    var walk = try runs.walk([[.blocks(0..<runs.outline.depth)]])
    let exact = try finished(walk, from: 0)
    return [
      "errors": try (0..<count).map { start in
        try walk.step([.record])
        var (fork, error) = (walk, 0.0)
        return try (1...reach).map { length in
          // Where there are no so many steps, what is nearest stands in.
          guard start + length < count else { return error }
          try fork.step([.reuse])
          let difference = try finished(fork, from: start + length + 1) - exact
          error = Double(difference.absolute().sum().item) / Double(difference.count)
          return error
        }
      }
    ]
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    let errors = try calibration.table("errors", of: Self.name, for: run, columns: Self.reach)
    // The last step is computed too, and ends the last group.
    let last = run.stepCount - 1
    let full = run.steps(percent: share)
    guard
      let starts = cheapestGroups(
        of: last, into: max(full - 1, min(last, 1)), lengths: 1...Self.reach + 1, zero: [Double](),
        adding: { worst, group in
          let error = group.count > 1 ? [errors[group.lowerBound][group.count - 2]] : []
          return (worst + error).sorted(by: >)
        }, isLess: { $0.lexicographicallyPrecedes($1) })
    else {
      let least = (last + Self.reach) / (Self.reach + 1) + 1
      throw .value(
        key: "share", method: Self.name, found: "\(share)",
        expected: "from \(100 * least / run.stepCount) to 100 in \(run.stepCount) steps")
    }
    let schedule = CacheSchedule(stepCount: run.stepCount) { $0 == last || starts.contains($0) }
    return try CachePlan(for: run, sites: [.blocks(0..<run.depth)], schedule: schedule)
  }
}
