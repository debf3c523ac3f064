public import Tensor

/// A run that a calibration takes step by step, and says in each what its rules do.
///
/// A copy is a fork, so a step can be tried in several ways.
public struct CalibrationWalk: Sendable {
  private var run: DenoisingRun

  init(_ run: DenoisingRun) { self.run = run }

  /// The samples before the next step, `[batch] + sampleShape`.
  public var samples: Tensor<Float> { run.latents }

  /// Takes a step.
  ///
  /// - Parameter actions: What each rule does.
  /// - Throws: What the run throws.
  public mutating func step(_ actions: [CacheSchedule.Action]) throws {
    run.schedule(actions)
    _ = try run.next()
  }

  /// The guided prediction of the next step if each rule did what is said, with what a walk at an
  /// earlier step has kept.
  ///
  /// - Parameters:
  ///   - actions: What each rule does.
  ///   - older: A walk of the same calibration.
  /// - Returns: `[batch, outputChannels, height, width]`.
  /// - Throws: What the run throws.
  public func prediction(
    _ actions: [CacheSchedule.Action], keptBy older: CalibrationWalk
  ) throws -> Tensor<Float> {
    try run.prediction(actions, keptBy: older.run)
  }
}
