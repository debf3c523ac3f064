internal import Tensor

/// ProfilingDiT: the offsets of a set of blocks are reused, for fewer and fewer steps.
///
/// Reference: [Ma et al., 2025](https://arxiv.org/abs/2504.03140), with the interval of its code. The
/// paper's profile tells blocks that look at a video's background from those of its foreground. Here
/// it is how much each block's offset changes from step to step, and the steadiest are reused.
public struct ProfilingDiT: CalibratedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "profiling-dit",
    "Reuses the offsets of the blocks that a profile finds steady, for fewer and fewer steps.",
    source: "https://arxiv.org/abs/2504.03140",
    quality: "share=40", fast: "share=75,shortest=3", sample: "share=50,longest=3,warmup=2",
    idle: "share=0", limits: CacheLimits(warmup: 6))

  /// The blocks that are reused; nil chooses them by the profile.
  public var blocks: [Int]?
  /// The share of the blocks that the profile chooses, in percent.
  public var share: Double
  /// The steps from the first full step behind the warm-up to the next one; nil is 24 % of all.
  public var longest: Int?
  /// The steps between the last two full steps.
  public var shortest: Int
  /// The first steps, all of which are computed in full.
  public var warmup: Int
  /// What was measured; nil where the blocks are given.
  public var calibration: CacheCalibration?

  /// ProfilingDiT with a profile.
  public init(
    share: Double = 60, longest: Int? = nil, shortest: Int = 2, warmup: Int = 6,
    calibration: CacheCalibration
  ) {
    (self.share, self.longest, self.shortest) = (share, longest, shortest)
    (self.warmup, self.calibration) = (warmup, calibration)
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    blocks = try p.list("blocks", standard: "by the calibration", "reused blocks, from 0")
    share = try p.percent("share", default: 60, of: "the blocks that the calibration chooses")
    longest = try p.integer(
      "longest", in: 1...10_000, standard: "24% of the steps", "steps of the first interval")
    shortest = try p.integer("shortest", in: 1...10_000, default: 2, "steps of the last interval")
    warmup = p.limits.warmup
    calibration = blocks == nil ? try p.requireCalibration() : p.calibration
  }

  /// Measures the relative change of each block's offset, the mean over images and streams.
  public static func calibrate(_ runs: CalibrationRuns) throws -> [String: [[Double]]] {
    let sites = (0..<runs.outline.depth).map { CacheSite.blocks($0..<$0 + 1) }
    let changes = Measurement(history: 1) { now, past, _ in
      let changes = past.map { relativeDistances(now.value, from: $0.value) }.first ?? [0]
      return [changes.reduce(0, +) / Double(changes.count)]
    }
    let measured = try runs.measure(sites, changes)
    return [
      "changes": runs.outline.steps.map { step in
        sites.map { measured[$0]?[step.index][0] ?? 0 }
      }
    ]
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    let longest = longest ?? max(shortest, run.steps(percent: 24))
    let warmup = min(warmup, run.stepCount)
    var (full, next) = (Set(0..<warmup), warmup)
    while next < run.stepCount {
      full.insert(next)
      let passed = Double(next - warmup) / Double(run.stepCount - warmup)
      next += Int((Double(longest) - Double(longest - shortest) * passed).rounded())
    }
    let schedule = CacheSchedule(stepCount: run.stepCount) { full.contains($0) }
    let sites = try runsOfBlocks(for: run).map { CacheSite.blocks($0) }
    return try CachePlan(for: run, sites: sites, schedule: schedule)
  }

  /// The reused blocks as ranges as long as possible, whose offsets are kept as one.
  private func runsOfBlocks(for run: RunOutline) throws(CacheError) -> [Range<Int>] {
    var chosen = blocks ?? []
    if let calibration, blocks == nil {
      let rows = try calibration.table("changes", of: Self.name, for: run, columns: run.depth)
      // The first step has nothing to compare with.
      let changes = (0..<run.depth).map { block in rows.dropFirst().reduce(0) { $0 + $1[block] } }
      let count = Int((share / 100 * Double(run.depth)).rounded())
      chosen = Array(changes.indices.sorted { changes[$0] < changes[$1] }.prefix(count))
    }
    return Array(RangeSet(chosen.map { $0..<$0 + 1 }).ranges)
  }
}
