/// A table whose columns sort at a click on their heads.
package struct SortableTable {
  /// A cell: what it shows, and what it is sorted by.
  package struct Cell: Sendable {
    let text, detail, style: String
    let link: String?
    let value: Double?

    /// A text, sorted as such.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - style: A class of the page's style, such as `text` for a sentence.
    ///   - link: The id of the element of the page that it leads to.
    package init(_ text: String, style: String = "", link: String? = nil) {
      (self.text, detail, self.style, self.link, value) = (text, "", style, link, nil)
    }

    /// A number, shown as a text.
    ///
    /// - Parameters:
    ///   - value: The number; nil for none, which is shown as a dash and sorted last.
    ///   - detail: What is shown smaller behind it.
    ///   - style: A class of the page's style, such as `better`.
    ///   - format: Makes the text.
    package init(
      _ value: Double?, detail: String = "", style: String = "", _ format: (Double) -> String
    ) {
      text = value.map(format) ?? "–"
      (self.detail, self.style, link) = (detail, style, nil)
      self.value = value ?? .infinity
    }
  }

  private struct Row {
    let cells: [Cell]
    let kind: String
    let id: String?
  }

  private let columns: [String]
  private var rows: [Row] = []

  /// A table without rows.
  package init(columns: [String]) { self.columns = columns }

  /// Adds a row.
  ///
  /// - Parameters:
  ///   - cells: A cell for each column; a shorter row ends with one cell across the rest.
  ///   - kind: A class of the page's style, such as `failed`.
  ///   - id: What links name it by.
  package mutating func add(_ cells: [Cell], kind: String = "", id: String? = nil) {
    rows.append(Row(cells: cells, kind: kind, id: id))
  }

  /// The table as HTML.
  package var html: String {
    let head = columns.map {
      "<th scope=\"col\"><button type=\"button\">\(escaped($0))</button></th>"
    }
    let body = rows.map { row in
      let cells = row.cells.enumerated().map { index, cell in
        let rest = index == row.cells.count - 1 ? columns.count - index : 1
        return self.html(cell, columns: rest)
      }
      let id = row.id.map { " id=\"\(escaped($0))\"" } ?? ""
      let kind = row.kind.isEmpty ? "" : " class=\"\(row.kind)\""
      return "<tr\(id)\(kind)>\(cells.joined())</tr>"
    }
    return
      "<div class=\"scroll\" tabindex=\"0\"><table class=\"sortable\">\n<thead><tr>\(head.joined())"
      + "</tr></thead>\n<tbody>\n" + body.joined(separator: "\n") + "\n</tbody></table></div>"
  }

  private func html(_ cell: Cell, columns: Int) -> String {
    let span = columns > 1 ? " colspan=\"\(columns)\"" : ""
    let style = cell.style.isEmpty ? "" : " class=\"\(cell.style)\""
    let value = cell.value.map { $0.isFinite ? " data-value=\"\($0)\"" : " data-value=\"\"" }
    let text = cell.link.map { "<a href=\"#\($0)\">\(escaped(cell.text))</a>" }
    let detail = cell.detail.isEmpty ? "" : " <small>\(escaped(cell.detail))</small>"
    return "<td\(span)\(style)\(value ?? "")>\(text ?? escaped(cell.text))\(detail)</td>"
  }
}
