internal import Foundation
internal import Kernels
internal import Tensor

/// Reuses until the tokens behind a block, which every step computes, are too far from the forecast
/// of their own series.
///
/// The indicator is their relative distance in the step before, in units of a threshold that falls
/// from step to step. It is zero in the first reuses after a computed step. A trace shows the
/// distance in the step itself, in the same units.
struct VerificationGate: CacheGate {
  /// The least threshold: a forecast with an error below this is good in every step.
  static let floor = 0.01

  let probes: [CacheProbe]
  var threshold: Double
  private let decay: Double
  private let least: Int
  private var series: DifferenceSeries
  /// The rows that the series has seen.
  private var rows = 0
  /// The steps in a row that have reused.
  private var streak = 0
  private var error: Double?
  private(set) var verified: Double?

  init(block: Int, order: Int, threshold: Double, decay: Double, least: Int) {
    (probes, self.threshold) = ([.output(block..<block + 1)], threshold)
    (self.decay, self.least) = (decay, least)
    series = DifferenceSeries(order: order)
  }

  mutating func observe(
    _ value: Tensor<Float>, _ probe: CacheProbe, at step: CacheStep, in workspace: Workspace
  ) {
    let context = CacheContext(
      step: step, rows: value.shape[0], isGuided: false, input: value, workspace: workspace)
    let distance =
      value.shape[0] > rows ? nil : relativeDistance(series.value(context), from: value)
    verified = distance.map { inUnits($0, at: step) }
    if streak > 0 {
      error = distance
    } else {
      if value.shape[0] > rows { series.reset() }
      series.record(value, context)
      (rows, error) = (value.shape[0], nil)
    }
  }

  func indicator(at step: CacheStep) -> Double {
    guard rows > 0 else { return .infinity }
    guard let error, streak >= least else { return 0 }
    return inUnits(error, at: step)
  }

  /// An error as a multiple of what is left of the threshold in a step, times the threshold.
  private func inUnits(_ error: Double, at step: CacheStep) -> Double {
    let limit = threshold * pow(decay, Double(step.index + 1) / Double(step.count))
    return error * threshold / max(limit, Self.floor)
  }

  mutating func decided(_ reuses: Bool, at step: CacheStep) { streak = reuses ? streak + 1 : 0 }

  var byteCount: Int { series.byteCount }
  func capacity(_ elements: (CacheProbe) -> Int) -> Int {
    series.capacity(elements: elements(probes[0]), inputs: 0)
  }

  var description: String {
    "\(probes[0]) is within \(threshold), falling, of its forecast"
  }
}
