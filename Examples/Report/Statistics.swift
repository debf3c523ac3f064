internal import Foundation

/// The mean of some numbers, and how sure it is.
package struct Estimate: Sendable, Hashable, Codable {
  /// The mean.
  package let mean: Double
  /// The bounds of the interval that holds 95 % of the means of resampled numbers.
  package let low, high: Double

  /// The mean of some numbers with its bootstrap interval; nil where there are none.
  ///
  /// The numbers are drawn anew with replacement 1,000 times, by the same draws for every list of a
  /// length, so that two methods are compared on the same images.
  ///
  /// Reference: Efron, 1979, "Bootstrap methods: another look at the jackknife".
  package init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    mean = values.reduce(0, +) / Double(values.count)
    var state = UInt64(values.count)
    func draw() -> Int {
      // SplitMix64: the draws are the same on every machine.
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return Int((z ^ (z >> 31)) % UInt64(values.count))
    }
    let means = (0..<1000).map { _ in
      (0..<values.count).reduce(0.0) { sum, _ in sum + values[draw()] } / Double(values.count)
    }.sorted()
    (low, high) = (means[25], means[974])
  }
}

/// The middle of some numbers; nil where there are none.
package func median(_ values: [Double]) -> Double? {
  let sorted = values.sorted()
  guard !sorted.isEmpty else { return nil }
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}

/// The points that no other one beats in cost and in value at once, by falling cost.
///
/// - Parameters:
///   - points: The cost and the value of each; a smaller cost is better.
///   - isHigherBetter: Whether a larger value is.
/// - Returns: The indices of the front, from the cheapest on.
package func paretoFront(
  _ points: [(cost: Double, value: Double)], isHigherBetter: Bool
) -> [Int] {
  var front: [Int] = []
  var best: Double?
  for index in points.indices.sorted(by: { points[$0].cost < points[$1].cost }) {
    let value = isHigherBetter ? points[index].value : -points[index].value
    guard value.isFinite, best.map({ value > $0 }) ?? true else { continue }
    best = value
    front.append(index)
  }
  return front
}
