internal import Synchronization
internal import Tensor

/// A method that needs numbers of the model before it can make a plan.
public protocol CalibratedCacheMethod: NamedCacheMethod {
  /// Whether it corrects the model of a run towards the same model in higher precision.
  static var correctsQuantization: Bool { get }
  /// Whether it corrects another cache, which is then that of the run that is measured.
  static var correctsCaches: Bool { get }

  /// Measures a model.
  ///
  /// - Parameter runs: Runs of the model.
  /// - Returns: The tables of the calibration, each with a row for each step.
  /// - Throws: What the runs throw.
  static func calibrate(_ runs: CalibrationRuns) throws -> [String: [[Double]]]
}

extension CalibratedCacheMethod {
  /// It does not.
  public static var correctsQuantization: Bool { false }
  /// It does not.
  public static var correctsCaches: Bool { false }
}

/// Runs of a model that a calibration measures.
public struct CalibrationRuns {
  private let run: DenoisingRun
  /// The same run of a model of higher precision; nil where there is none.
  private let reference: DenoisingRun?

  /// Runs like one that has not taken a step.
  init(_ run: DenoisingRun, reference: DenoisingRun?) {
    (self.run, self.reference) = (run, reference)
  }

  /// What the runs are.
  public var outline: RunOutline { run.plan.outline }
  /// The cache of the run, for methods that correct it; a dry one reuses nothing.
  var cache: CachePlan {
    run.plan.isDry ? CachePlan(computingEverything: outline) : run.plan
  }

  /// Begins a run with rules that measure instead of its cache.
  private func start(_ rules: [CachePlan.Rule]) -> DenoisingRun {
    run.replanned(CachePlan(measuring: rules, for: outline))
  }

  /// Computes everything, and measures.
  ///
  /// - Parameters:
  ///   - sites: Where.
  ///   - predictor: What measures, and keeps history; each site has a copy.
  /// - Returns: For each site a row for each step.
  /// - Throws: What the run throws.
  public func measure(
    _ sites: [CacheSite], _ predictor: any CachePredictor
  ) throws -> [CacheSite: [[Double]]] {
    let schedule = CacheSchedule(outline.steps.map { _ in .record })
    var run = start([.init(sites: sites, schedule: schedule, predictor: predictor)])
    while try run.next() != nil {}
    return run.measurements
  }

  /// The values of a site that those of the model should be, in each step of the run of a model of
  /// higher precision; nil where there is none.
  func referenceValues(of site: CacheSite) throws -> [Tensor<Float>]? {
    guard let reference else { return nil }
    let values = Values()
    _ = try CalibrationRuns(reference, reference: nil).measure(
      [site],
      Measurement(history: 1) { now, _, _ in
        values.all.withLock { $0.append(now.value.copied()) }
        return []
      })
    return values.all.withLock { $0 }
  }

  /// Takes a run with a cache, and corrects the samples after each step.
  ///
  /// - Parameters:
  ///   - cache: The cache.
  ///   - correct: Makes the samples with which the run goes on of those that a step gave.
  /// - Throws: What the run throws.
  func samples(
    with cache: CachePlan, _ correct: (_ step: Int, Tensor<Float>) -> Tensor<Float>
  ) throws {
    var run = run.replanned(cache)
    while try run.next(correcting: { [index = run.index] in correct(index, $0) }) != nil {}
  }

  /// The samples after each step of a run that computes everything, of the model in higher
  /// precision where there is one.
  func exactSamples() throws -> [Tensor<Float>] {
    var run = (reference ?? run).replanned(CachePlan(computingEverything: outline))
    var samples: [Tensor<Float>] = []
    while let step = try run.next() { samples.append(step.latents) }
    return samples
  }

  /// Values that a measurement hands out.
  private final class Values: Sendable {
    let all = Mutex<[Tensor<Float>]>([])
  }

  /// Begins a run that is taken step by step.
  ///
  /// - Parameter sites: The sites of each rule, which keeps their last values.
  /// - Returns: The run before its first step.
  /// - Throws: What the run throws.
  public func walk(_ sites: [[CacheSite]]) throws -> CalibrationWalk {
    let schedule = CacheSchedule(stepCount: outline.stepCount) { _ in false }
    return CalibrationWalk(start(sites.map { .init(sites: $0, schedule: schedule) }))
  }
}

/// The mean of some tables of the same form, element by element.
func mean(_ tables: [[[Double]]]) -> [[Double]] {
  guard let first = tables.first else { return [] }
  return first.indices.map { step in
    first[step].indices.map { column in
      tables.reduce(0) { $0 + $1[step][column] } / Double(tables.count)
    }
  }
}
