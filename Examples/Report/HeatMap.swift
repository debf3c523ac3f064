internal import Foundation

/// A heat map: dark for the least number, bright for the largest.
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
  let (left, top, cell, height) = (64, 26, max(8, min(36, 960 / max(columns, 1))), 20)
  let cells = rows.enumerated().map { row, values in
    values.enumerated().map { column, value in
      let share = high > low && value.isFinite ? (value - low) / (high - low) : 0
      let tip =
        "\(rowName) \(row), \(columnName) \(column + 1): " + String(format: "%.4g", value)
      return
        "<rect x=\"\(left + column * cell)\" y=\"\(top + row * height)\" width=\"\(cell)\" "
        + "height=\"\(height)\" fill=\"\(heatColour(share))\"><title>\(escaped(tip))</title></rect>"
    }.joined()
  }
  let rowLabels = rows.indices.map {
    "<text class=\"mark\" x=\"\(left - 8)\" y=\"\(top + $0 * height + 14)\" "
      + "text-anchor=\"end\">\($0)</text>"
  }
  let every = max(1, (30 + cell) / cell)
  let columnLabels = stride(from: 0, to: columns, by: every).map {
    "<text class=\"mark\" x=\"\(left + $0 * cell + cell / 2)\" y=\"\(top - 8)\" "
      + "text-anchor=\"middle\">\($0 + 1)</text>"
  }
  let size = (width: left + columns * cell + 12, height: top + rows.count * height + 12)
  return
    note(
      "\(rowName) from top to bottom, \(columnName) from left to right; "
        + "dark is \(String(format: "%.3g", low)), bright \(String(format: "%.3g", high)).")
    + "<div class=\"scroll\" tabindex=\"0\"><svg width=\"\(size.width)\" height=\"\(size.height)\" "
    + "role=\"img\" aria-label=\"\(escaped(rowName)) by \(escaped(columnName))\">"
    + (rowLabels + columnLabels + cells).joined() + "</svg></div>"
}

/// A colour between dark blue and bright yellow whose brightness rises with a share of one.
private func heatColour(_ share: Double) -> String {
  let stops: [(Double, Double, Double)] = [
    (33, 25, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37),
  ]
  let place = min(max(share, 0), 1) * Double(stops.count - 1)
  let index = min(Int(place), stops.count - 2)
  let (a, b, part) = (stops[index], stops[index + 1], place - Double(index))
  func mixed(_ x: Double, _ y: Double) -> Int { Int((x + part * (y - x)).rounded()) }
  return "rgb(\(mixed(a.0, b.0)) \(mixed(a.1, b.1)) \(mixed(a.2, b.2)))"
}
