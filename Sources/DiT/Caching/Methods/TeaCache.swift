internal import Tensor

/// TeaCache: all blocks are reused while the estimated changes of what they make add up to little.
///
/// Reference: [Liu et al., 2024](https://arxiv.org/abs/2411.19108). The change is estimated from that
/// of the first block's modulated input: as it is, or, with a calibration, by the polynomial that
/// comes nearest to the measured pairs, within the range of what was measured.
public struct TeaCache: CalibratedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "teacache", "Reuses all blocks while the changes of the first one's input add up to little.",
    source: "https://arxiv.org/abs/2411.19108",
    quality: "threshold=0.1", fast: "threshold=0.4", sample: "threshold=2", idle: "threshold=0",
    limits: CacheLimits(cooldown: 1))

  /// What the changes may add up to, δ in the paper.
  public var threshold: Double
  /// The degree of the polynomial.
  public var degree: Int
  /// What was measured; nil adds up the changes of the input as they are.
  public var calibration: CacheCalibration?

  /// TeaCache with these settings.
  public init(threshold: Double = 0.2, degree: Int = 4, calibration: CacheCalibration? = nil) {
    (self.threshold, self.degree, self.calibration) = (threshold, degree, calibration)
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    threshold = try p.threshold(
      default: 0.2, "sum of relative changes up to which blocks are reused")
    degree = try p.integer(
      "degree", in: 1...4, default: 4, "of the polynomial, where there is a calibration")
    calibration = p.calibration
  }

  /// Measures the changes of the input and of the offset of all blocks, pairs for each row.
  public static func calibrate(_ runs: CalibrationRuns) throws -> [String: [[Double]]] {
    let pairs = Measurement(history: 1, probes: [.modulatedInput]) { now, past, context in
      guard let before = past.first, let input = now.observed[.modulatedInput],
        let inputBefore = before.observed[.modulatedInput]
      else { return Array(repeating: 0, count: 2 * context.rows) }
      return zip(
        relativeDistances(input, from: inputBefore),
        relativeDistances(now.value, from: before.value)
      ).flatMap { [$0, $1] }
    }
    let site = CacheSite.blocks(0..<runs.outline.depth)
    return ["changes": try runs.measure([site], pairs)[site] ?? []]
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    let polynomial = try polynomial(for: run)
    return try CachePlan(
      for: run, sites: [.blocks(0..<run.depth)],
      gate: AccumulatedDistance(
        .modulatedInput, threshold: threshold,
        rescale: { polynomial?.magnitude(at: $0) ?? $0 }))
  }

  /// The polynomial of the calibration; nil without one.
  private func polynomial(for run: RunOutline) throws(CacheError) -> FittedPolynomial? {
    guard let calibration else { return nil }
    let first = try calibration.table("changes", of: Self.name, for: run)[0]
    let rows = try calibration.table(
      "changes", of: Self.name, for: run, columns: (first.count + 1) / 2 * 2)
    // A single step reuses nothing, and its row has nothing to fit.
    guard run.stepCount > 1 else { return nil }
    // The first step has nothing to compare with, and zeros.
    let numbers = rows.filter { $0.contains { $0 != 0 } }.flatMap { $0 }
    guard !numbers.isEmpty else {
      throw .inapplicable(method: Self.name, reason: "the calibration has measured no changes")
    }
    let pairs = stride(from: 0, to: numbers.count, by: 2).map { (numbers[$0], numbers[$0 + 1]) }
    return FittedPolynomial(degree: degree, through: pairs)
  }
}
