/// DBCache: the blocks in the middle are reused where the first ones have hardly changed.
///
/// Reference: [cache-dit](https://github.com/vipshop/cache-dit), `DBCacheConfig`; with one block in
/// front and none behind it is First-Block-Cache.
public struct DBCache: NamedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "dbcache", "Reuses the blocks between where the offset of the first ones has hardly changed.",
    source: "https://github.com/vipshop/cache-dit",
    quality: "threshold=0.12", balanced: "threshold=0.2", fast: "threshold=0.3,warmup=4,most=4",
    sample: "front=1,back=1,threshold=2,warmup=2", idle: "threshold=0",
    limits: CacheLimits(warmup: 8))

  /// The first blocks, always computed; nil is eight, or a third of the blocks where that is less.
  public var front: Int?
  /// The last blocks, always computed.
  public var back: Int
  /// How much the offset of the first blocks may change, relative to the last computed step.
  public var threshold: Double
  /// The differences that the offset between goes on with; 0 is the last offset.
  public var order: Int

  /// DBCache with these settings.
  public init(front: Int? = nil, back: Int = 0, threshold: Double = 0.08, order: Int = 0) {
    (self.front, self.back, self.threshold, self.order) = (front, back, threshold, order)
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    front = try p.integer(
      "front", in: 1...Int.max, standard: "8, a third at the most", "first blocks, computed")
    back = try p.integer("back", in: 0...Int.max, default: 0, "last blocks, computed")
    threshold = try p.threshold(
      default: 0.08,
      "relative change of the first blocks' offset below which those between are reused")
    order = try p.offsetOrder()
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    try run.requireBlocks(for: Self.name)
    try Self.require("back", back, in: 0...run.depth - 2)
    let most = run.depth - back - 1
    let front = front ?? min(8, max(1, run.depth / 3), most)
    try Self.require("front", front, in: 1...most)
    return try CachePlan(
      for: run, sites: [.blocks(front..<run.depth - back)],
      predictor: DifferenceSeries(order: order),
      gate: DistanceGate(.offset(0..<front), threshold: threshold))
  }
}
