/// The median; nil of no numbers.
package func median(_ values: [Double]) -> Double? {
  let sorted = values.sorted()
  guard !sorted.isEmpty else { return nil }
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}

/// The speed-up of some rounds over those of a reference: the ratio of the median seconds, which a
/// table shows beside it; nil where there are no rounds.
///
/// - Parameters:
///   - seconds: The seconds of each round.
///   - reference: The seconds of each round of the reference.
/// - Returns: More than 1 where the rounds are faster than the reference.
package func speedUp(_ seconds: [Double], from reference: [Double]) -> Double? {
  guard let seconds = median(seconds), let reference = median(reference), seconds > 0 else {
    return nil
  }
  return reference / seconds
}

/// The Pareto front: the points that no other point beats in both cost and value.
///
/// - Parameters:
///   - points: The cost and the value of each; a smaller cost is better.
///   - isHigherBetter: Whether a larger value is.
/// - Returns: The indices of the front, from the cheapest on.
package func paretoFront(
  _ points: [(cost: Double, value: Double)], isHigherBetter: Bool
) -> [Int] {
  func gain(_ index: Int) -> Double { isHigherBetter ? points[index].value : -points[index].value }
  let order = points.indices.sorted {
    points[$0].cost == points[$1].cost ? gain($0) > gain($1) : points[$0].cost < points[$1].cost
  }
  var front: [Int] = []
  for index in order where gain(index).isFinite {
    if let last = front.last, gain(index) <= gain(last) { continue }
    front.append(index)
  }
  return front
}
