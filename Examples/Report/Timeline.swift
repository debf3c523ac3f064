/// What every method computes and reuses in each step, a row of cells for each of its rules.
package struct Timeline {
  private var rows: [(name: String, site: String, actions: String)] = []

  /// A timeline without rows.
  package init() {}

  /// Adds a rule of a method.
  ///
  /// - Parameters:
  ///   - name: The method.
  ///   - site: What the rule caches.
  ///   - actions: A character for each step: `.` computed, `R` computed and kept, `-` reused.
  package mutating func add(_ name: String, site: String, actions: String) {
    rows.append((name, site, actions))
  }

  /// What the colours mean.
  package static let legend = """
    <p class="legend"><span style="background:var(--cell-compute)"></span>computed \
    <span style="background:var(--cell-record)"></span>computed and kept \
    <span style="background:var(--cell-reuse)"></span>reused</p>
    """

  /// The timeline as HTML.
  package var html: String {
    let steps = rows.map(\.actions.count).max() ?? 0
    let (left, cell, height) = (330, max(6, min(18, 780 / max(steps, 1))), 18)
    let svg = rows.enumerated().map { index, row in
      let top = 4 + index * height
      let cells = row.actions.enumerated().map { step, action in
        let style = action == "-" ? "reuse" : action == "R" ? "record" : "compute"
        return
          "<rect class=\"\(style)\" x=\"\(left + step * cell)\" y=\"\(top)\" width=\"\(cell - 1)\" height=\"\(height - 4)\">"
          + "<title>step \(step + 1): \(style == "reuse" ? "reused" : "computed")</title></rect>"
      }
      let label = "\(row.name)  \(row.site)"
      let short = label.count > 58 ? label.prefix(57) + "…" : label[...]
      return
        "<text x=\"4\" y=\"\(top + 11)\">\(escaped(short))<title>\(escaped(label))</title></text>"
        + cells.joined()
    }
    return Self.legend
      + "<div class=\"scroll\"><svg style=\"max-width:none\" width=\"\(left + steps * cell + 8)\" height=\"\(rows.count * height + 8)\" role=\"img\" aria-label=\"what is computed and reused in each step\">"
      + svg.joined(separator: "\n") + "</svg></div>"
  }
}
