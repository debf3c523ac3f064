import DiT

/// Reuses the attention of late blocks in every other step.
struct LateAttention: NamedCacheMethod {
  static let about = CacheMethodDescription(
    "late-attention", "Reuses the attention of late blocks in every other step.",
    source: "https://example.org",
    quality: "share=25", fast: "share=75", sample: "share=50", idle: "share=0")

  /// The share of the blocks, in percent.
  var share: Double

  init(_ p: inout CacheParameters) throws(CacheError) {
    share = try p.number("share", in: 0...100, default: 50, "percent of the blocks")
  }

  func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    let count = Int((share / 100 * Double(run.depth)).rounded())
    return try CachePlan(
      for: run, sites: run.branchSites([.attention], blocks: run.depth - count..<run.depth),
      schedule: .every(2, stepCount: run.stepCount))
  }
}
