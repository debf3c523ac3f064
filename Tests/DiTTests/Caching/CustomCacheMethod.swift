import DiT

/// Reuses the attention of late blocks in every other step.
struct LateAttention: NamedCacheMethod {
  static let name = "late-attention"
  static let summary = "Reuses the attention of late blocks in every other step."
  static let source = "https://example.org"
  static let presets = CachePresets(quality: "share=25", balanced: "", fast: "share=75")
  static let examples = (sample: "share=50", idle: "share=0")

  /// The share of the blocks, in percent.
  var share: Double

  init(_ p: inout CacheParameters) throws(CacheError) {
    share = try p.number("share", in: 0...100, default: 50, "percent of the blocks")
  }

  func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    let count = Int((share / 100 * Double(run.depth)).rounded())
    return try CachePlan(
      for: run,
      rules: [
        .init(
          sites: run.branchSites([.attention], blocks: run.depth - count..<run.depth),
          schedule: .every(2, stepCount: run.stepCount))
      ])
  }
}
