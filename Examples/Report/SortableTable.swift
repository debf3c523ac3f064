/// A table whose columns sort at a click on their heads.
package struct SortableTable {
  /// A cell: what it shows, and what it is sorted by.
  package struct Cell: Sendable {
    let text: String
    let value: Double?

    /// A text, sorted as such.
    package init(_ text: String) { (self.text, value) = (text, nil) }

    /// A number, shown as a text; nil for none, which is shown as a dash.
    package init(_ value: Double?, _ format: (Double) -> String) {
      text = value.map(format) ?? "–"
      self.value = value ?? .infinity
    }
  }

  /// The heads of the columns.
  package let columns: [String]
  private var rows: [(cells: [Cell], kind: String)] = []

  /// A table without rows.
  package init(columns: [String]) { self.columns = columns }

  /// Adds a row.
  ///
  /// - Parameters:
  ///   - cells: A cell for each column; a shorter row ends with one cell across the rest.
  ///   - kind: A class of the page's style, such as `failed`.
  package mutating func add(_ cells: [Cell], kind: String = "") { rows.append((cells, kind)) }

  /// The table as HTML.
  package var html: String {
    let head = columns.map { "<th scope=\"col\"><button>\(escaped($0))</button></th>" }.joined()
    let body = rows.map { row in
      let cells = row.cells.enumerated().map { index, cell in
        let rest = index == row.cells.count - 1 ? columns.count - index : 1
        let span = rest > 1 ? " colspan=\"\(rest)\"" : ""
        let value = cell.value.map { $0.isFinite ? " data-value=\"\($0)\"" : " data-value=\"\"" }
        return "<td\(span)\(value ?? "")>\(escaped(cell.text))</td>"
      }
      return "<tr class=\"\(row.kind)\">\(cells.joined())</tr>"
    }
    return
      "<div class=\"scroll\"><table class=\"sortable\"><thead><tr>\(head)</tr></thead><tbody>\n"
      + body.joined(separator: "\n") + "\n</tbody></table></div>"
  }
}
