internal import Tensor

/// Q&C: a cache of a quantized model, whose samples get back the variance that both take from them.
///
/// Reference: [Ding et al., 2025](https://arxiv.org/abs/2503.02508). Taken from the paper is its
/// variance correction, after each step `μ + K · (x - μ)` with the mean `μ` of the samples `x`, and
/// its cache, which is FORA's. Here `K` is, for each channel, the standard deviation without a
/// cache, in higher precision where that is measured, over the one of the run that is corrected. The
/// calibration finds `μ` and `K` step by step, over all its images, and corrects each step before it
/// takes the next. The paper's choice of images to find the ranges of quantization with (TAP) has no
/// counterpart: tokens are quantized with scales of their own.
public struct QAndC: CalibratedCacheMethod {
  /// How it is named, described and set up.
  public static let about = CacheMethodDescription(
    "q-and-c",
    "Reuses all branches, and corrects the variance that cache and quantization take; with n=1 it "
      + "corrects another cache.",
    source: "https://arxiv.org/abs/2503.02508",
    quality: "", balanced: "n=3", fast: "n=4", sample: "n=2", idle: "n=1")
  /// It corrects towards a model in higher precision, where one is measured.
  public static let correctsQuantization = true
  /// It corrects the cache of the run that is measured.
  public static let correctsCaches = true
  /// The longest interval of its own that is measured.
  static let longestInterval = 4

  /// One step in so many is computed in full; 1 where the cache is another method's.
  public var interval: Int
  /// What was measured.
  public var calibration: CacheCalibration

  /// Q&C with a calibration.
  public init(interval: Int = 2, calibration: CacheCalibration) {
    (self.interval, self.calibration) = (interval, calibration)
  }

  /// Reads the settings.
  public init(_ p: inout CacheParameters) throws(CacheError) {
    interval = try p.interval(
      upTo: Self.longestInterval, default: 2,
      "one step in so many is full; 1 to correct the cache that the calibration was made with")
    calibration = try p.requireCalibration()
  }

  /// The table of an interval.
  private static func table(_ interval: Int) -> String { "interval \(interval)" }

  /// Fits the corrections of a run with its cache, or else of runs with FORA's intervals.
  public static func calibrate(_ runs: CalibrationRuns) throws -> [String: [[Double]]] {
    let exact = try runs.exactSamples().map { moments($0).variances }
    var tables: [String: [[Double]]] = [:]
    for interval in 1...(runs.cache.rules.isEmpty ? longestInterval : 1) {
      let own = try FORA(interval: interval).plan(for: runs.outline)
      var rows: [[Double]] = []
      try runs.samples(with: runs.cache.joined(with: own)) { step, samples in
        let (means, variances) = moments(samples)
        let factors = zip(exact[step], variances).map { $1 > 0 ? ($0 / $1).squareRoot() : 1 }
        rows.append(factors + zip(factors, means).map { (1 - $0) * $1 })
        return AffineCorrection.Line(numbers: rows[step]).applied(toSamples: samples)
      }
      tables[table(interval)] = rows
    }
    return tables
  }

  /// The mean and the variance of each channel.
  private static func moments(_ samples: Tensor<Float>) -> (means: [Double], variances: [Double]) {
    let x = samples.converted(to: Double.self)
    let means = x.mean(axes: [0, 2, 3])
    let distances = x - means.reshaped([means.count, 1, 1])
    return (means.elements, (distances * distances).mean(axes: [0, 2, 3]).elements)
  }

  /// The plan of a run.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    let channels = run.architecture.channels
    let rows = try calibration.table(
      Self.table(interval), of: Self.name, for: run, columns: 2 * channels)
    var plan = try FORA(interval: interval).plan(for: run)
    let isIdle = rows.allSatisfy { $0 == AffineCorrection.Line.identity(channels: channels) }
    plan.correctSamples(
      isIdle ? [] : rows.map { AffineCorrection.Line(numbers: $0) }, by: Self.name,
      measuredWith: calibration.cache ?? CachePlan(computingEverything: run).fingerprint)
    return plan
  }
}
