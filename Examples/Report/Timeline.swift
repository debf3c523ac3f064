/// What each method computes and reuses in each step: a row of cells for each of its rules.
package struct Timeline {
  private var methods: [(name: String, rules: [(site: String, actions: String)])] = []

  /// A timeline without rows.
  package init() {}

  /// Adds a method.
  ///
  /// - Parameters:
  ///   - name: The method.
  ///   - rules: What each of its rules caches, and a character for each step: `.` computed,
  ///     `R` computed and kept, `-` reused.
  package mutating func add(_ name: String, rules: [(site: String, actions: String)]) {
    methods.append((name, rules))
  }

  /// What the colours mean.
  private static let legend = """
    <p class="legend"><span><i style="background:var(--idle)"></i>computed</span>\
    <span><i style="background:var(--keep)"></i>computed and kept</span>\
    <span><i style="background:var(--accent)"></i>reused</span></p>

    """

  /// The timeline as HTML.
  package var html: String {
    let steps = methods.flatMap(\.rules).map(\.actions.count).max() ?? 0
    let (names, sites, cell) = (250, 190, max(7, min(20, 700 / max(steps, 1))))
    var (top, svg) = (8, "")
    for method in methods {
      // Many rules of one method, such as one for each block, are thin.
      let height = method.rules.count > 3 ? 7 : 16
      svg += label(method.name, x: 10, y: top + 12, limit: 38)
      for (index, rule) in method.rules.enumerated() {
        if method.rules.count <= 3 || index == 0 {
          let more = method.rules.count > 3 ? " and \(method.rules.count - 1) more" : ""
          svg += label(
            rule.site + more, x: names, y: top + 12, limit: 30, style: " class=\"muted\"")
        }
        svg += cells(rule, x: names + sites, y: top, width: cell, height: height)
        top += height + (method.rules.count > 3 ? 1 : 4)
      }
      top += 8
    }
    let width = names + sites + steps * cell + 10
    return Self.legend
      + "<div class=\"scroll\" tabindex=\"0\"><svg width=\"\(width)\" height=\"\(top)\" role=\"img\" "
      + "aria-label=\"what is computed and reused in each step\">\(svg)</svg></div>"
  }

  private func cells(
    _ rule: (site: String, actions: String), x: Int, y: Int, width: Int, height: Int
  ) -> String {
    rule.actions.enumerated().map { step, action in
      let (style, word) =
        action == "-"
        ? ("reuse", "reused")
        : action == "R" ? ("record", "computed and kept") : ("compute", "computed")
      return
        "<rect class=\"\(style)\" x=\"\(x + step * width)\" y=\"\(y)\" width=\"\(width - 1)\" "
        + "height=\"\(height)\" rx=\"1.5\"><title>\(escaped(rule.site)), step \(step + 1): \(word)"
        + "</title></rect>"
    }.joined()
  }

  private func label(_ text: String, x: Int, y: Int, limit: Int, style: String = "") -> String {
    let short = text.count > limit ? text.prefix(limit - 1) + "…" : text[...]
    return
      "\n<text\(style) x=\"\(x)\" y=\"\(y)\">\(escaped(short))<title>\(escaped(text))</title></text>"
  }
}
