/// Faster Diffusion on a DiT: the tokens behind the first blocks are reused as they are.
///
/// Reference: [Li et al., 2023](https://arxiv.org/abs/2312.09608), who reuse the encoder of a U-Net; for
/// models without long skips as the baseline of Δ-DiT's paper
/// ([Chen et al., 2024](https://arxiv.org/abs/2406.01125), table 4). What a cheap step knows of its
/// own sample is lost; Δ-Cache of the first blocks costs the same and keeps it.
public struct FasterDiffusion: NamedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "faster-diffusion", "Reuses the tokens behind the first blocks as they are.",
    source: "https://arxiv.org/abs/2312.09608",
    quality: "nc=50%", fast: "n=3", sample: "n=2,nc=2", idle: "n=1")

  /// One step in so many is computed in full.
  public var interval: Int
  /// The first blocks that are not computed in the steps between, I in Δ-DiT's paper.
  public var cachedBlocks: BlockCount

  /// Faster Diffusion with these settings; those of Δ-DiT's paper by default.
  public init(interval: Int = 2, cachedBlocks: BlockCount = .standard) {
    (self.interval, self.cachedBlocks) = (interval, cachedBlocks)
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    interval = try p.interval(default: 2)
    cachedBlocks = try p.blockCount("nc", "number of cached blocks") ?? .standard
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    let count = try cachedBlocks.resolved(depth: run.depth, method: Self.name)
    return try CachePlan(
      for: run, sites: count > 0 ? [.output(0..<count)] : [],
      schedule: .every(interval, stepCount: run.stepCount))
  }
}
