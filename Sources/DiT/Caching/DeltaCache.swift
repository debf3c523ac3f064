/// A method of caching: it makes the plan of a run.
public protocol CacheMethod: Sendable, CustomStringConvertible {
  /// The plan for a model of `depth` blocks and a run of `stepCount` steps.
  ///
  /// - Throws: `CacheError` where the method does not apply to them.
  func plan(stepCount: Int, depth: Int) throws(CacheError) -> CachePlan
}

/// Δ-Cache: the offset of one run of blocks, kept in every `interval`-th step and reused in those
/// between.
///
/// Reference: [Chen et al., 2024](https://arxiv.org/abs/2406.01125), section 4.1; with the first,
/// middle or last blocks it is the ablation of their section 4.2.
public struct DeltaCache: CacheMethod {
  /// The blocks, the first one being 0.
  public var blocks: Range<Int>
  /// One step in so many is computed in full, N in the paper.
  public var interval: Int

  /// Caches a run of blocks.
  public init(blocks: Range<Int>, interval: Int = 2) {
    (self.blocks, self.interval) = (blocks, interval)
  }

  /// Where `count` blocks lie in a model.
  public enum Position: String, Sendable, CaseIterable {
    /// The first blocks, which make the outline.
    case front
    /// As many blocks before as after, or one fewer before.
    case middle
    /// The last blocks, which make the detail.
    case rear

    /// The range of `count` of `depth` blocks.
    ///
    /// - Throws: `CacheError.blockCount` where the model has fewer.
    public func blocks(_ count: Int, depth: Int) throws(CacheError) -> Range<Int> {
      guard (0...depth).contains(count) else { throw .blockCount(count, depth: depth) }
      let first =
        switch self {
        case .front: 0
        case .middle: (depth - count) / 2
        case .rear: depth - count
        }
      return first..<first + count
    }
  }

  /// The plan of a run; see `CacheMethod`.
  public func plan(stepCount: Int, depth: Int) throws(CacheError) -> CachePlan {
    guard blocks.lowerBound >= 0, blocks.upperBound <= depth else {
      throw .range(blocks, depth: depth)
    }
    return try deltaPlan(stepCount: stepCount, depth: depth, interval: interval) { _ in blocks }
  }

  /// The settings, as the command line takes them.
  public var description: String {
    blocks.isEmpty
      ? "delta-cache:position=front,nc=0,n=\(interval)"
      : "delta-cache:range=\(blocks.lowerBound)-\(blocks.upperBound - 1),n=\(interval)"
  }
}

/// Δ-DiT: Δ-Cache of the last blocks while the outline forms, and of the first ones while the
/// detail does.
///
/// Reference: [Chen et al., 2024](https://arxiv.org/abs/2406.01125), section 4.3.
public struct DeltaDiT: CacheMethod {
  /// One step in so many is computed in full, N in the paper.
  public var interval: Int
  /// The blocks that are not computed in the steps between, N_c in the paper.
  public var cachedBlocks: Int
  /// The number of steps of the outline stage, b in the paper.
  public var boundary: Int
  /// The first block of the front range: 0 in the paper's figure, 1 in its text.
  public var frontStart: Int

  /// Δ-DiT with these settings.
  public init(interval: Int = 2, cachedBlocks: Int, boundary: Int, frontStart: Int = 0) {
    (self.interval, self.cachedBlocks) = (interval, cachedBlocks)
    (self.boundary, self.frontStart) = (boundary, frontStart)
  }

  /// The paper's proportions: N = 2, N_c = ¾ of the blocks, b = 0.6 of the steps.
  public init(stepCount: Int, depth: Int) {
    self.init(
      cachedBlocks: Int((0.75 * Double(depth)).rounded()),
      boundary: Int((0.6 * Double(stepCount)).rounded()))
  }

  /// The plan of a run; see `CacheMethod`.
  public func plan(stepCount: Int, depth: Int) throws(CacheError) -> CachePlan {
    guard (0...depth).contains(cachedBlocks) else {
      throw .blockCount(cachedBlocks, depth: depth)
    }
    guard (0...stepCount).contains(boundary) else {
      throw .boundary(boundary, stepCount: stepCount)
    }
    guard (0...depth - cachedBlocks).contains(frontStart) else {
      throw .frontStart(frontStart, allowed: 0...depth - cachedBlocks)
    }
    let front = frontStart..<frontStart + cachedBlocks
    let rear = depth - cachedBlocks..<depth
    return try deltaPlan(stepCount: stepCount, depth: depth, interval: interval) { step in
      step < boundary ? rear : front
    }
  }

  /// The settings, as the command line takes them.
  public var description: String {
    "delta-dit:n=\(interval),nc=\(cachedBlocks),b=\(boundary)"
      + (frontStart == 0 ? "" : ",front=\(frontStart)")
  }
}

/// A plan whose every `interval`-th step is full and keeps the offsets that the steps up to the
/// next full one reuse.
///
/// Where the range changes between two full steps, the full one keeps both offsets: no step more
/// is computed than the interval says.
private func deltaPlan(
  stepCount: Int, depth: Int, interval: Int, blocks: (Int) -> Range<Int>
) throws(CacheError) -> CachePlan {
  guard interval >= 1 else { throw .interval(interval) }
  var ranges: [Range<Int>] = []
  var actions: [Range<Int>: [CacheSchedule.Action]] = [:]
  for step in 0..<stepCount where step % interval != 0 {
    let range = blocks(step)
    if range.isEmpty { continue }
    if actions[range] == nil { ranges.append(range) }
    actions[range, default: .init(repeating: .compute, count: stepCount)][step] = .reuse
    actions[range]?[step - step % interval] = .record
  }
  return try CachePlan(
    stepCount: stepCount, depth: depth,
    rules: ranges.map {
      .init(site: .blocks($0), schedule: CacheSchedule(actions[$0] ?? []))
    })
}
