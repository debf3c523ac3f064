/// Divides steps into groups at the least cost, by dynamic programming.
///
/// The first step of a group is computed, and the others reuse what it has kept. Adding the same
/// group to two costs must not change which of them is less.
///
/// - Parameters:
///   - count: The number of steps.
///   - groups: The number of groups.
///   - lengths: The numbers of steps that a group may have.
///   - zero: The cost of no group.
///   - adding: The cost of some groups together with one more.
///   - isLess: Whether a cost is less than another one.
/// - Returns: The first step of each group; nil where there are no such groups.
func cheapestGroups<Cost>(
  of count: Int, into groups: Int, lengths: ClosedRange<Int>, zero: Cost,
  adding: (Cost, Range<Int>) -> Cost, isLess: (Cost, Cost) -> Bool
) -> [Int]? {
  // The cheapest cut of the first steps into as many groups as there were rounds.
  var best: [(cost: Cost, starts: [Int])?] = Array(repeating: nil, count: count + 1)
  best[0] = (zero, [])
  for _ in 0..<groups {
    var next = [(cost: Cost, starts: [Int])?](repeating: nil, count: count + 1)
    for start in 0..<count {
      guard let before = best[start] else { continue }
      for end in start + 1..<count + 1 where lengths.contains(end - start) {
        let cost = adding(before.cost, start..<end)
        if next[end].map({ isLess(cost, $0.cost) }) ?? true {
          next[end] = (cost, before.starts + [start])
        }
      }
    }
    best = next
  }
  return best[count]?.starts
}
