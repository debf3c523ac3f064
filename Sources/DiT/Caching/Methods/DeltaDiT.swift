/// Δ-DiT: Δ-Cache of the last blocks while the outline forms, and of the first ones while the
/// detail does.
///
/// Reference: [Chen et al., 2024](https://arxiv.org/abs/2406.01125), section 4.3.
public struct DeltaDiT: NamedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "delta-dit",
    "Adds the kept offset of the last blocks in early cheap steps, of the first ones in late ones.",
    source: "https://arxiv.org/abs/2406.01125",
    quality: "nc=50%", fast: "n=3", sample: "n=2,nc=1,b=4", idle: "nc=0")

  /// One step in so many is computed in full, N in the paper.
  public var interval: Int
  /// The blocks that are not computed in the steps between, N_c in the paper.
  public var cachedBlocks: BlockCount
  /// The number of steps of the outline stage, b in the paper; nil is 0.6 of the steps.
  public var boundary: Int?
  /// The first block of the front range: 0 in the paper's figure, 1 in its text.
  public var frontStart: Int
  /// The share of the blocks' multiply-adds that N and N_c are found from; nil where they are given.
  public var target: Double?

  /// Δ-DiT with these settings; those of the paper by default.
  public init(
    interval: Int = 2, cachedBlocks: BlockCount = .standard, boundary: Int? = nil,
    frontStart: Int = 0
  ) {
    (self.interval, self.cachedBlocks) = (interval, cachedBlocks)
    (self.boundary, self.frontStart) = (boundary, frontStart)
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    let n = try p.integer(
      "n", in: 1...Int.max, standard: "2", "one step in so many is full")
    let nc = try p.blockCount("nc", "number of cached blocks")
    (interval, cachedBlocks) = (n ?? 2, nc ?? .standard)
    boundary = try p.integer(
      "b", in: 0...Int.max, standard: "60% of the steps", "steps that cache the last blocks")
    frontStart = try p.integer(
      "front", in: 0...Int.max, default: 0, "first of the cached front blocks")
    target = try p.number(
      "target", in: 0...1, standard: "none", "share of the multiply-adds to find n and nc from")
    guard target == nil || n == nil && nc == nil else {
      throw .value(
        key: "target", method: Self.name, found: "n, nc",
        expected: "given without n and nc, which it finds")
    }
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    var (interval, count) = (
      interval, try cachedBlocks.resolved(depth: run.depth, method: Self.name)
    )
    if let target {
      try run.requireBlocks(1, for: Self.name)
      let planner = DeltaPlanner(stepCount: run.stepCount, depth: run.depth, blockCost: 1)
      // The planner counts multiply-adds; a user gives shares.
      guard target > 0, (1 / target).rounded(.up) <= Double(run.stepCount) else {
        throw .value(
          key: "target", method: Self.name, found: "\(target)",
          expected: "a share from \(1 / Double(run.stepCount)) to 1 in \(run.stepCount) steps")
      }
      (interval, count) = try planner.settings(for: target * planner.fullCost)
    }
    let boundary = boundary ?? run.steps(percent: 60)
    try Self.require("b", boundary, in: 0...run.stepCount)
    try Self.require("front", frontStart, in: 0...run.depth - count)
    let front = frontStart..<frontStart + count
    let rear = run.depth - count..<run.depth
    return try offsetPlan(for: run, interval: interval) { $0 < boundary ? rear : front }
  }
}
