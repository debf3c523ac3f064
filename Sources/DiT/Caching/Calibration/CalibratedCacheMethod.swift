public import Tensor

/// A method that needs numbers of the model before it can make a plan.
public protocol CalibratedCacheMethod: NamedCacheMethod {
  /// Measures a model.
  ///
  /// - Parameter runs: Runs of the model without reuse, or with a plan.
  /// - Returns: The tables of the calibration, each with a row for each step.
  /// - Throws: What the runs throw.
  static func calibrate(_ runs: CalibrationRuns) throws -> [String: [[Double]]]
}

/// Runs of a model that a calibration measures.
public struct CalibrationRuns {
  /// What the runs are.
  public let outline: RunOutline
  let measurements: ([CachePlan.Rule]) throws -> [CacheSite: [[Double]]]
  let finalSamples: (CachePlan) throws -> Tensor<Float>

  /// Computes everything, and measures.
  ///
  /// - Parameters:
  ///   - sites: Where.
  ///   - predictor: What measures; each site has a copy.
  /// - Returns: For each site a row for each step.
  /// - Throws: What the run throws.
  public func measure(
    _ sites: [CacheSite], _ predictor: Measurement
  ) throws -> [CacheSite: [[Double]]] {
    let schedule = CacheSchedule(outline.steps.map { _ in .record })
    return try measurements([
      CachePlan.Rule(sites: sites, schedule: schedule, predictor: predictor)
    ])
  }

  /// The samples that a run with a plan ends with, from the noise of the calibration.
  public func samples(with plan: CachePlan) throws -> Tensor<Float> { try finalSamples(plan) }
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
