/// The middle of some numbers; nil where there are none.
package func median(_ values: [Double]) -> Double? {
  let sorted = values.sorted()
  guard !sorted.isEmpty else { return nil }
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}

/// How many times as fast some rounds are as others: the ratio of the median seconds, so that it
/// agrees with the seconds beside it; nil where one has no rounds.
///
/// - Parameters:
///   - seconds: The seconds of each round.
///   - reference: Those of what is compared with.
/// - Returns: More than one where they are faster.
package func speedUp(_ seconds: [Double], from reference: [Double]) -> Double? {
  guard let seconds = median(seconds), let reference = median(reference), seconds > 0 else {
    return nil
  }
  return reference / seconds
}

/// The points that no other one beats in cost and in value at once.
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
