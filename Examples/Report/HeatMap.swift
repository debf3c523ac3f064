internal import Foundation

/// A map of numbers by colour.
///
/// - Parameters:
///   - rows: A list of numbers for each row, from top to bottom.
///   - rowName: What rows are, such as `block`.
///   - columnName: What columns are, such as `step`.
/// - Returns: HTML.
package func heatMap(_ rows: [[Double]], rowName: String, columnName: String) -> String {
  let finite = rows.flatMap { $0 }.filter(\.isFinite)
  let (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
  let columns = rows.map(\.count).max() ?? 0
  let (cell, height) = (max(8, min(24, 900 / max(columns, 1))), 16)
  let cells = rows.enumerated().flatMap { row, values in
    values.enumerated().map { column, value in
      let share = high > low && value.isFinite ? (value - low) / (high - low) : 0
      let tip = "\(rowName) \(row), \(columnName) \(column + 1): " + String(format: "%.4g", value)
      return
        "<rect x=\"\(60 + column * cell)\" y=\"\(row * height)\" width=\"\(cell)\" height=\"\(height)\" "
        + "fill=\"hsl(\(Int(240 - 200 * share)) 75% \(Int(30 + 30 * share))%)\"><title>\(escaped(tip))</title></rect>"
    }
  }
  let labels = rows.indices.map {
    "<text x=\"54\" y=\"\($0 * height + 12)\" text-anchor=\"end\">\($0)</text>"
  }
  return
    "<p class=\"muted\">\(escaped(rowName)) from top to bottom, \(escaped(columnName)) from left to right; "
    + "from \(String(format: "%.3g", low)) (blue) to \(String(format: "%.3g", high)) (yellow)</p>"
    + "<div class=\"scroll\"><svg style=\"max-width:none\" width=\"\(68 + columns * cell)\" height=\"\(rows.count * height + 8)\" role=\"img\">"
    + labels.joined() + cells.joined() + "</svg></div>"
}
