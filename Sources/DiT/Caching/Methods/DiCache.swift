/// DiCache: the first blocks of a step tell whether the others are computed, and how to combine what
/// two computed steps have kept of them.
///
/// Reference: [Bu et al., 2025](https://arxiv.org/abs/2508.17356) and its code for FLUX.
public struct DiCache: NamedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "dicache",
    "Reuses blocks while the changes behind the first ones add up to little, aligned by these.",
    source: "https://arxiv.org/abs/2508.17356",
    quality: "threshold=0.05", balanced: "threshold=0.1", fast: "threshold=0.15",
    sample: "threshold=2,start=10", idle: "threshold=0", limits: CacheLimits(cooldown: 1))

  /// What the changes may add up to.
  public var threshold: Double
  /// The first blocks, which every step computes.
  public var probe: Int
  /// The share of the steps before the first reuse, in percent.
  public var start: Double

  /// DiCache with these settings.
  public init(threshold: Double = 0.4, probe: Int = 1, start: Double = 20) {
    (self.threshold, self.probe, self.start) = (threshold, probe, start)
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    threshold = try p.threshold(
      default: 0.4,
      "sum of relative changes behind the first blocks up to which the others are reused")
    probe = try p.integer(
      "probe", in: 1...Int.max, default: 1, "first blocks, computed in every step")
    start = try p.start(default: 20)
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    try run.requireBlocks(for: Self.name)
    try Self.require("probe", probe, in: 1...run.depth - 1)
    let last = run.steps(percent: start, rounded: .down)
    return try CachePlan(
      for: run, sites: [.blocks(probe..<run.depth)],
      schedule: CacheSchedule((0..<run.stepCount).map { $0 <= last ? .record : .ask }),
      predictor: ProbeAlignment(behind: 0..<probe),
      gate: AccumulatedDistance(.output(0..<probe), threshold: threshold))
  }
}
