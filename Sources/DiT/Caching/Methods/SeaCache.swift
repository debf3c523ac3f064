internal import Foundation
internal import Tensor

/// SeaCache: TeaCache with the modulated input filtered for what can be told from noise at its level.
///
/// Reference: [SeaCache, 2026](https://arxiv.org/abs/2602.18993) and its code for images. The filter
/// is that of Wiener for an image whose power falls with the frequency: early steps compare the
/// outline alone, late ones the detail too.
public struct SeaCache: NamedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "seacache",
    "Reuses all blocks while the changes of the first one's input, filtered of noise, add up to little.",
    source: "https://arxiv.org/abs/2602.18993",
    quality: "threshold=0.15", fast: "threshold=0.6", sample: "threshold=2", idle: "threshold=0",
    limits: CacheLimits(cooldown: 1))

  /// What the changes may add up to.
  public var threshold: Double
  /// The exponent with which the power of images falls with the frequency.
  public var power: Double

  /// SeaCache with these settings.
  public init(threshold: Double = 0.3, power: Double = 2) {
    (self.threshold, self.power) = (threshold, power)
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    threshold = try p.threshold(
      default: 0.3, "sum of relative changes up to which blocks are reused")
    power = try p.number(
      "power", in: 0...10, default: 2, "exponent with which the power of images falls")
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    guard run.noiseLevels.count == run.stepCount else {
      throw .inapplicable(method: Self.name, reason: "the noise of the steps is not known")
    }
    return try CachePlan(
      for: run, sites: [.blocks(0..<run.depth)],
      gate: AccumulatedDistance(
        .modulatedInput, threshold: threshold,
        transform: { tokens, step, workspace in
          let filter = MapFilter(grid: run.grid) { gain(of: $0, at: run.noiseLevels[step.index]) }
          return filter(tokens, in: workspace)
        }))
  }

  /// Wiener's gain, `a · S / (a² · S + b²)` with the image's power `S = 1 / frequency^power` and the
  /// shares a of image and b of noise; the code keeps a² and b² off zero by a millionth.
  private func gain(of frequency: Double, at level: NoiseLevel) -> Double {
    let a = max(level.alpha * level.inputScale, 1e-3)
    let b = max(level.sigma * level.inputScale, 1e-3)
    return a / (a * a + b * b * pow(frequency, power))
  }
}
