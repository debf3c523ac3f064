/// The same images drawn in several ways, a row for each way.
///
/// A click on an image shows that of the first row in its place, a second click their difference.
package struct ImageStrip {
  private var rows: [(name: String, images: [String])] = []

  /// A strip without rows.
  package init() {}

  /// Adds a row.
  ///
  /// - Parameters:
  ///   - name: How the images were drawn.
  ///   - images: PNG files in base64.
  package mutating func add(_ name: String, images: [String]) { rows.append((name, images)) }

  /// The strip as HTML.
  package var html: String {
    let columns = rows.map(\.images.count).max() ?? 0
    let body = rows.enumerated().map { index, row in
      let images = row.images.enumerated().map { column, image in
        let title = escaped("\(row.name), image \(column + 1)")
        return
          "<button type=\"button\" data-row=\"\(index)\" data-column=\"\(column)\" title=\"\(title)\">"
          + "<img alt=\"\(title)\" src=\"data:image/png;base64,\(image)\"></button>"
      }
      let missing = String(repeating: "<span></span>", count: columns - row.images.count)
      return "<div class=\"name\">\(escaped(row.name))</div>" + images.joined() + missing
    }
    return
      note(
        "A click, Space or Enter shows the same image of the first row, a second one their "
          + "difference, four times as strong.")
      + "<div class=\"scroll\"><div class=\"images\" "
      + "style=\"grid-template-columns: fit-content(30ch) repeat(\(columns), max-content)\">\n"
      + body.joined(separator: "\n") + "\n</div></div>"
  }
}
