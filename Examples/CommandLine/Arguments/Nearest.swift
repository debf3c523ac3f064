/// The candidate that differs least from a text; nil where all differ by more than a typing mistake
/// or two.
///
/// - Parameters:
///   - text: What the user wrote.
///   - candidates: What the user may have meant; the first of equally near ones is taken.
/// - Returns: The candidate, or nil where even the nearest one is far off.
package func nearest(_ text: String, among candidates: [String]) -> String? {
  let limit = max(1, text.count / 3)
  let best = candidates.map { (distance: editDistance(text, $0), candidate: $0) }
    .min { $0.distance < $1.distance }
  return best.flatMap { $0.distance <= limit ? $0.candidate : nil }
}

/// The fewest insertions, deletions and replacements of a character that make two texts equal.
package func editDistance(_ first: String, _ second: String) -> Int {
  let second = Array(second)
  var row = Array(0...second.count)
  for character in first {
    var diagonal = row[0]
    row[0] += 1
    for (column, other) in second.enumerated() {
      let replaced = diagonal + (character == other ? 0 : 1)
      diagonal = row[column + 1]
      row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
    }
  }
  return row[second.count]
}
