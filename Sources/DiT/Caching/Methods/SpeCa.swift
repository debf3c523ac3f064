/// SpeCa: all blocks but the last are forecast, and the last one tells how long.
///
/// Reference: [Liu et al., 2025](https://arxiv.org/abs/2509.11628) and its code for DiT. The last block
/// is computed in every step. Where its tokens are farther from what their own series forecasts than
/// a threshold that falls over the run, the next step is full. The code adds the forecast of the last
/// block too; here what it computes counts.
public struct SpeCa: NamedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "speca",
    "Forecasts all blocks but the last, until the last one is too far from its own forecast.",
    source: "https://arxiv.org/abs/2509.11628",
    quality: "threshold=0.05,most=4", fast: "threshold=0.3,most=8",
    sample: "threshold=2,least=1,warmup=2", idle: "threshold=0",
    limits: CacheLimits(warmup: 3, most: 5))

  /// The error of the last block up to which forecasts go on, in the first step; τ₀ in the paper.
  public var threshold: Double
  /// What is left of the threshold in the last step, β in the paper.
  public var decay: Double
  /// The forecasts after a full step that are not verified.
  public var least: Int
  /// The highest difference.
  public var order: Int
  /// What is forecast.
  public var target: ForecastTarget

  /// SpeCa with these settings.
  public init(
    threshold: Double = 0.1, decay: Double = 0.01, least: Int = 3, order: Int = 4,
    target: ForecastTarget = .branches
  ) {
    (self.threshold, self.decay, self.least) = (threshold, decay, least)
    (self.order, self.target) = (order, target)
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    threshold = try p.threshold(
      default: 0.1, "relative error of the last block up to which forecasts go on, at first")
    decay = try p.number(
      "decay", in: 0...1, default: 0.01, "what is left of the threshold in the last step")
    least = try p.integer("least", in: 1...Int.max, default: 3, "forecasts without verification")
    order = try p.order(default: 4)
    target = try p.forecastTarget()
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    try run.requireBlocks(for: Self.name)
    return try CachePlan(
      for: run, sites: target.sites(of: run, blocks: 0..<run.depth - 1),
      predictor: DifferenceSeries(order: order),
      gate: VerificationGate(
        block: run.depth - 1, order: order, threshold: threshold, decay: decay, least: least))
  }
}
