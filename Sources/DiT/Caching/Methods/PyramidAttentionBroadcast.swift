/// Pyramid attention broadcast (PAB): attention is reused in a window of timesteps, cross-attention
/// for longer than self-attention.
///
/// Reference: [Zhao et al., 2024](https://arxiv.org/abs/2408.12588), with the ranges of its code, 2 for
/// attention within an image and 6 for cross-attention, and the window of diffusers'
/// `PyramidAttentionBroadcastConfig`. As there, what is reused is the branch before its gate.
public struct PyramidAttentionBroadcast: NamedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "pab",
    "Reuses attention in the middle of the run, cross-attention for more steps than self-attention.",
    source: "https://arxiv.org/abs/2408.12588",
    quality: "window=300-700", fast: "attention=3,cross=8,window=50-900", sample: "attention=3",
    idle: "attention=1,cross=1")

  /// One step in so many computes attention between the tokens of an image.
  public var attention: Int
  /// One step in so many computes attention to the text.
  public var crossAttention: Int
  /// The timesteps in which attention may be reused, of 1000.
  public var window: ClosedRange<Double>

  /// Pyramid attention broadcast with these settings.
  public init(
    attention: Int = 2, crossAttention: Int = 6, window: ClosedRange<Double> = 100...800
  ) {
    (self.attention, self.crossAttention, self.window) = (attention, crossAttention, window)
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    attention = try p.interval("attention", default: 2, "one step in so many computes attention")
    crossAttention = try p.interval(
      "cross", default: 6, "one step in so many computes cross-attention")
    let steps = try p.range(
      "window", standard: "100-800", "timesteps of 1000 in which attention may be reused")
    window = steps.map { Double($0.lowerBound)...Double($0.upperBound - 1) } ?? 100...800
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    let inWindow = Set(run.steps(within: window))
    func rule(_ branch: Architecture.Branch, _ interval: Int) -> CachePlan.Rule {
      .init(
        sites: run.branchSites([branch]),
        schedule: CacheSchedule(stepCount: run.stepCount) {
          !inWindow.contains($0) || $0 % interval == 0
        })
    }
    return try CachePlan(
      for: run, rules: [rule(.attention, attention), rule(.crossAttention, crossAttention)])
  }
}
