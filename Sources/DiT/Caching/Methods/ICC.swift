internal import Kernels
internal import Tensor

/// ICC: linear layers are reused, and corrected for the change of their input by weights of low rank.
///
/// Reference: [Chen et al., 2025](https://arxiv.org/abs/2505.05829). Attention and activations are
/// always computed. The weights are cut down by a singular value decomposition; with a calibration
/// it is aware of channels: they count by the root of their mean magnitude.
public struct ICC: CalibratedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "icc", "Reuses linear layers, corrected for the change of their input by weights of low rank.",
    source: "https://arxiv.org/abs/2505.05829",
    quality: "rank=256", fast: "n=3", sample: "rank=2", idle: "n=1")

  /// One step in so many is full.
  public var interval: Int
  /// The rank of the correction, r in the paper.
  public var rank: Int
  /// What was measured; nil counts all channels the same.
  public var calibration: CacheCalibration?

  /// ICC with these settings.
  public init(interval: Int = 2, rank: Int = 128, calibration: CacheCalibration? = nil) {
    (self.interval, self.rank, self.calibration) = (interval, rank, calibration)
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    interval = try p.interval(default: 2)
    rank = try p.integer("rank", in: 1...Int.max, default: 128, "rank of the correction")
    calibration = p.calibration
  }

  private static func sites(_ run: RunOutline) -> [CacheSite] {
    (0..<run.depth).flatMap { block in BlockLinear.allCases.map { .linear($0, block: block) } }
  }

  /// Measures the mean magnitudes of the outputs of each layer, and behind them of its inputs, over
  /// all steps; they are in the first row.
  public static func calibrate(_ runs: CalibrationRuns) throws -> [String: [[Double]]] {
    let magnitudes = Measurement(history: 1) { now, _, context in
      [now.value, context.input].flatMap {
        $0.absolute().mean(axes: [0, 1]).elements.map(Double.init)
      }
    }
    let count = runs.outline.stepCount
    return Dictionary(
      uniqueKeysWithValues: try runs.measure(sites(runs.outline), magnitudes).map { site, rows in
        let means = mean(rows.map { [$0] })[0]
        return (site.description, [means] + Array(repeating: [], count: count - 1))
      })
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    let schedule = CacheSchedule.every(interval, stepCount: run.stepCount)
    guard schedule.canReuse else { return CachePlan(computingEverything: run) }
    var factors: [CacheSite: LowRankFactors] = [:]
    for site in Self.sites(run) { factors[site] = try self.factors(of: site, for: run) }
    return try CachePlan(
      for: run, sites: Self.sites(run), schedule: schedule, predictor: LowRankCorrection(factors))
  }

  private func factors(
    of site: CacheSite, for run: RunOutline
  ) throws(CacheError) -> LowRankFactors? {
    guard case .linear(let layer, let block) = site else { return nil }
    guard let weight = run.weight(layer, block) else {
      throw .inapplicable(method: Self.name, reason: "the model does not show its linear layers")
    }
    let magnitudes = try calibration?.table(site.description, of: Self.name, for: run).first
    guard [nil, weight.shape.reduce(0, +)].contains(magnitudes?.count) else {
      throw .calibration(
        method: Self.name, what: "'\(site)' with rows of", expected: "\(weight.shape.reduce(0, +))",
        found: "\(magnitudes?.count ?? 0)")
    }
    do {
      return try LowRankFactors(
        weight, parts: layer == .qkv ? 3 : 1, rank: rank,
        magnitudes: magnitudes)
    } catch {
      throw .inapplicable(method: Self.name, reason: "\(site): \(error)")
    }
  }
}
