/// Runs of fewer and fewer steps, which a method has to beat at the same cost.
package struct StepLadder: Sendable {
  private let rungs: [(cost: Double, value: Resampled)]

  /// A ladder.
  ///
  /// - Parameter rungs: The cost and the value of each run.
  package init(_ rungs: [(cost: Double, value: Resampled)]) {
    self.rungs = rungs.sorted { $0.cost < $1.cost }
  }

  /// The value that fewer steps reach at a cost, by linear interpolation between the runs next to
  /// it; nil below the cheapest and above the dearest one.
  package func value(at cost: Double) -> Resampled? {
    guard let above = rungs.firstIndex(where: { $0.cost >= cost }) else { return nil }
    if rungs[above].cost == cost { return rungs[above].value }
    guard above > 0 else { return nil }
    let (low, high) = (rungs[above - 1], rungs[above])
    return low.value.interpolated(to: high.value, (cost - low.cost) / (high.cost - low.cost))
  }

  /// By how much a method is better than fewer steps of the same cost.
  ///
  /// - Parameters:
  ///   - cost: What the method costs.
  ///   - value: Its value on the same images.
  ///   - isHigherBetter: Whether larger values are better.
  /// - Returns: The advantage; nil where the ladder has nothing of that cost.
  package func advantage(cost: Double, _ value: Resampled, isHigherBetter: Bool) -> Advantage? {
    guard let ladder = self.value(at: cost) else { return nil }
    return Advantage(isHigherBetter ? value - ladder : ladder - value)
  }
}

/// By how much a method is better than fewer steps that cost as much.
package struct Advantage: Sendable, Hashable {
  /// Whether the difference is significant.
  package enum Verdict: String, Sendable {
    /// The whole interval is above zero.
    case better
    /// The whole interval is below zero.
    case worse
    /// Zero lies within the interval, or there is none.
    case even
  }

  /// The difference; positive is better.
  package let difference: Resampled

  init(_ difference: Resampled) { self.difference = difference }

  /// Whether the difference is significant.
  package var verdict: Verdict {
    guard difference.replicates.count > 1 else { return .even }
    let (low, high) = difference.interval
    return low > 0 ? .better : high < 0 ? .worse : .even
  }
}
