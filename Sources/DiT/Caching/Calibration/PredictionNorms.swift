internal import Tensor

extension CalibrationRuns {
  /// The L2 norms of the predicted noise, without reuse and with what steps before have kept.
  ///
  /// - Parameters:
  ///   - sites: The sites of each rule.
  ///   - reach: How many steps before are reused from.
  ///   - trials: What to try in a step, by a name: what each rule does.
  /// - Returns: Tables with a column for each image: `exact`, and `NAME LAG` for what is reused from so
  ///   many steps before, with zeros where there is no such step.
  /// - Throws: What the runs throw.
  func predictionNorms(
    _ sites: [[CacheSite]], reach: Int,
    trials: (CacheStep) -> [String: [CacheSchedule.Action]]
  ) throws -> [String: [[Double]]] {
    let channels = outline.architecture.channels
    @Sendable func norms(_ prediction: Tensor<Float>) -> [Double] {
      let noise = prediction[.all, 0..<channels].reshaped([prediction.shape[0], -1])
      return (noise * noise).sum(axes: [1]).elements.map { Double($0).squareRoot() }
    }
    let exact = try measure(
      [.prediction], Measurement(history: 1) { now, _, _ in norms(now.value) })[.prediction]
    var tables = ["exact": exact ?? []]
    let none = (exact ?? []).map { $0.map { _ in 0.0 } }
    var walk = try walk(sites)
    var past: [CalibrationWalk] = []
    for step in outline.steps {
      for (name, actions) in trials(step) {
        for lag in 1...reach {
          let prediction =
            lag <= past.count ? try walk.prediction(actions, keptBy: past[lag - 1]) : nil
          tables["\(name) \(lag)", default: none][step.index] =
            prediction.map(norms) ?? none[step.index]
        }
      }
      try walk.step(sites.map { _ in .record })
      past = [walk] + past.prefix(reach - 1)
    }
    return tables
  }
}
