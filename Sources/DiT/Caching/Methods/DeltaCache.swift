/// Δ-Cache: the offset of one run of blocks, kept in every `interval`-th step and reused in those
/// between.
///
/// Reference: [Chen et al., 2024](https://arxiv.org/abs/2406.01125), section 4.1; with the first,
/// middle or last blocks it is the ablation of their section 4.2.
public struct DeltaCache: NamedCacheMethod {
  /// Where some blocks lie in a model.
  public enum Position: String, Sendable, CaseIterable {
    /// The first blocks, which make the outline.
    case front
    /// As many blocks before as after, or one fewer before.
    case middle
    /// The last blocks, which make the detail.
    case rear

    /// The range of `count` of `depth` blocks, which has as many.
    func blocks(_ count: Int, depth: Int) -> Range<Int> {
      let first =
        switch self {
        case .front: 0
        case .middle: (depth - count) / 2
        case .rear: depth - count
        }
      return first..<first + count
    }
  }

  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "delta-cache", "Keeps the offset of one run of blocks and adds it in cheap steps.",
    source: "https://arxiv.org/abs/2406.01125",
    quality: "nc=50%", fast: "n=3", sample: "n=2,nc=1", idle: "n=1")

  /// The blocks; nil where they follow from the position and the number.
  public var blocks: Range<Int>?
  /// Where the cached blocks lie.
  public var position: Position
  /// How many blocks are cached.
  public var cachedBlocks: BlockCount
  /// One step in so many is computed in full, N in the paper.
  public var interval: Int

  /// Caches a run of blocks.
  public init(blocks: Range<Int>, interval: Int = 2) {
    (self.blocks, self.interval) = (blocks, interval)
    (position, cachedBlocks) = (.rear, .standard)
  }

  /// Caches some blocks at a place.
  public init(position: Position, cachedBlocks: BlockCount = .standard, interval: Int = 2) {
    (self.position, self.cachedBlocks, self.interval) = (position, cachedBlocks, interval)
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    interval = try p.interval(default: 2)
    blocks = try p.range("range", standard: "by position and nc", "cached blocks, from 0")
    position = try p.choice("position", default: .rear, "where the cached blocks lie")
    cachedBlocks = try p.blockCount("nc", "number of cached blocks") ?? .standard
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    let count = try cachedBlocks.resolved(depth: run.depth, method: Self.name)
    let blocks = blocks ?? position.blocks(count, depth: run.depth)
    return try offsetPlan(for: run, interval: interval) { _ in blocks }
  }
}
