/// A mask of steps: which are computed in full, and which reuse the offset of all blocks.
///
/// As `--scm-mask` of [stable-diffusion.cpp](https://github.com/leejet/stable-diffusion.cpp) and
/// [cache-dit](https://github.com/vipshop/cache-dit) take it.
public struct StepMask: NamedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "steps", "Computes the steps that a mask says, and reuses all blocks in others.",
    source: "https://github.com/vipshop/cache-dit",
    quality: "share=75", balanced: "share=50", fast: "share=34", sample: "10110100",
    idle: "share=100")

  /// Which steps are computed; nil where a share says how many.
  public var mask: [Bool]?
  /// The share of steps that are computed, evenly spread, in percent.
  public var share: Double
  /// The differences that the offset goes on with; 0 is the last offset.
  public var order: Int

  /// The steps to compute.
  public init(_ mask: [Bool], order: Int = 0) {
    (self.mask, share, self.order) = (mask, 50, order)
  }

  /// A share of the steps to compute, in percent.
  public init(percent: Double, order: Int = 0) { (share, self.order) = (percent, order) }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    mask = try p.word(
      "MASK", allowed: "zeros and ones", "a digit for each step: 1 computed, 0 reused"
    ) { text in
      text.allSatisfy { $0 == "0" || $0 == "1" } ? text.map { $0 == "1" } : nil
    }
    share = try p.percent("share", default: 50, of: "the steps computed, where there is no mask")
    order = try p.offsetOrder()
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    let count = run.stepCount
    // A step is computed where the share's multiples pass a whole number.
    let mask =
      mask
      ?? (0..<count).map { step in
        let passed = Double(step) * share / 100
        return step == 0 || passed.rounded(.down) > (passed - share / 100).rounded(.down)
      }
    guard mask.count == count else {
      throw .value(
        key: "MASK", method: Self.name, found: "\(mask.count) digits",
        expected: "\(count) digits, one for each step")
    }
    guard mask.first == true else {
      throw .value(
        key: "MASK", method: Self.name, found: "0 at first",
        expected: "1 at first: there is nothing to reuse yet")
    }
    return try CachePlan(
      for: run, sites: [.blocks(0..<run.depth)],
      schedule: CacheSchedule(stepCount: count) { mask[$0] },
      predictor: DifferenceSeries(order: order))
  }
}
