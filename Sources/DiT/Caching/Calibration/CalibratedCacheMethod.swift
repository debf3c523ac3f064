internal import Synchronization
internal import Tensor

/// A method that needs numbers of the model before it can make a plan.
public protocol CalibratedCacheMethod: NamedCacheMethod {
  /// Measures a model.
  ///
  /// - Parameter runs: Runs of the model.
  /// - Returns: The tables of the calibration, each with a row for each step.
  /// - Throws: What the runs throw.
  static func calibrate(_ runs: CalibrationRuns) throws -> [String: [[Double]]]
}

/// Runs of a model that a calibration measures.
public struct CalibrationRuns {
  /// What the runs are.
  public let outline: RunOutline
  let start: ([CachePlan.Rule]) -> DenoisingRun
  /// Begins the same run of a model of higher precision; nil where there is none.
  let startReference: (([CachePlan.Rule]) -> DenoisingRun)?

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
    guard let startReference else { return nil }
    let values = Values()
    let reference = CalibrationRuns(outline: outline, start: startReference, startReference: nil)
    _ = try reference.measure(
      [site],
      Measurement(history: 1) { now, _, _ in
        values.all.withLock { $0.append(now.value.copied()) }
        return []
      })
    return values.all.withLock { $0 }
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
