/// AdaCache: all blocks are reused for as many steps as the last measured change allows.
///
/// Reference: [Kahatapitiya et al., 2024](https://arxiv.org/abs/2411.02397) and its code, without the
/// term for the motion of videos. What a block in the middle makes in attention is compared between
/// the last two computed steps, before its gate; the codebook turns its change for each step into the
/// number of steps to the next computed one.
public struct AdaCache: NamedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "adacache",
    "Reuses all blocks for as many steps as a codebook allows for the last measured change.",
    source: "https://arxiv.org/abs/2411.02397",
    quality: "book=slow", fast: "threshold=1.5", sample: "threshold=10", idle: "threshold=0",
    limits: CacheLimits(cooldown: 2))

  /// The codebooks of the code: two for 30 steps, and one for 100.
  public static let codebooks = [
    "slow": "0.08:3;0.16:2;0.24:1", "fast": "0.08:6;0.16:5;0.24:4;0.32:3;0.4:2;1:1",
    "long": "0.03:12;0.05:10;0.07:8;0.09:6;0.11:4;1:3",
  ].compactMapValues(Codebook.init)

  /// The steps for a change; nil is the fast codebook.
  public var codebook: Codebook?
  /// What the codebook's changes are multiplied with.
  public var threshold: Double
  /// The block that is measured; nil is the one in the middle.
  public var block: Int?

  /// AdaCache with these settings.
  public init(codebook: Codebook? = nil, threshold: Double = 1, block: Int? = nil) {
    (self.codebook, self.threshold, self.block) = (codebook, threshold, block)
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    codebook = try p.text(
      "book", standard: "fast", allowed: "slow, fast, long or CHANGE:STEPS;… in falling steps",
      "steps to the next computed one, for the change of a step"
    ) { Self.codebooks[$0] ?? Codebook($0) }
    threshold = try p.threshold(default: 1, "factor of the codebook's changes")
    block = try p.integer(
      "block", in: 0...Int.max, standard: "the one in the middle", "block that is measured")
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    try run.requireBlocks(1, for: Self.name)
    let block = block ?? (run.depth - 1) / 2
    try Self.require("block", block, in: 0...run.depth - 1)
    guard let codebook = codebook ?? Self.codebooks["fast"] else {
      throw .inapplicable(method: Self.name, reason: "there is no codebook")
    }
    return try CachePlan(
      for: run, sites: [.blocks(0..<run.depth)],
      gate: CodebookGate(.branch(.attention, block: block), codebook, threshold: threshold))
  }
}
