/// First-Block-Cache: the blocks behind the first are reused where the first has hardly changed.
///
/// Reference: [ParaAttention](https://github.com/chengzeyi/ParaAttention), `first_block_cache`, and
/// diffusers' `FirstBlockCacheConfig`.
public struct FirstBlockCache: NamedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "first-block-cache",
    "Reuses all blocks but the first where the first block's offset has hardly changed.",
    source: "https://github.com/chengzeyi/ParaAttention",
    quality: "threshold=0.05", fast: "threshold=0.12", sample: "threshold=2", idle: "threshold=0")

  /// How much the offset may change, relative to the last computed step.
  public var threshold: Double

  /// First-Block-Cache with a threshold.
  public init(threshold: Double = 0.08) { self.threshold = threshold }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    threshold = try p.threshold(
      default: 0.08, "relative change of the first block's offset below which blocks are reused")
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    try run.requireBlocks(for: Self.name)
    return try CachePlan(
      for: run, sites: [.blocks(1..<run.depth)],
      gate: DistanceGate(.offset(0..<1), threshold: threshold))
  }
}
