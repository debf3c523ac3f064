/// A text with HTML's special characters escaped.
package func escaped(_ text: some StringProtocol) -> String {
  text.reduce(into: "") { result, character in
    switch character {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    default: result.append(character)
    }
  }
}

/// A report: one file with its style, its script and its images.
///
/// It can be read without the script and printed, and follows the reader's choice of light or dark.
/// Its content security policy forbids every request.
package struct HTMLPage {
  private let title, subtitle: String
  private var sections: [(heading: String, content: String)] = []

  /// A page without sections.
  ///
  /// - Parameters:
  ///   - title: The name of the report.
  ///   - subtitle: What it is about, in a line.
  package init(title: String, subtitle: String) { (self.title, self.subtitle) = (title, subtitle) }

  /// Adds a section.
  ///
  /// - Parameters:
  ///   - heading: Its heading, which the contents at the top link to.
  ///   - content: HTML.
  package mutating func add(_ heading: String, _ content: String) {
    sections.append((heading, content))
  }

  /// The whole file.
  package var text: String {
    let links = sections.indices.map {
      "<a href=\"#section-\($0 + 1)\">\(escaped(sections[$0].heading))</a>"
    }
    let body = sections.enumerated().map { index, section in
      "<section id=\"section-\(index + 1)\">\n<h2>\(escaped(section.heading))</h2>\n"
        + section.content + "\n</section>\n"
    }
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
      style-src 'unsafe-inline'; script-src 'unsafe-inline'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(escaped(title))</title>
      <link rel="icon" href="data:,">
      <style>
      \(plotStyle)
      \(pageStyle)
      </style>
      </head>
      <body>
      <header>
      <h1>\(escaped(title))</h1>
      <p class="muted">\(escaped(subtitle))</p>
      <nav aria-label="contents">\(links.joined(separator: "\n"))</nav>
      </header>
      <main>
      \(body.joined())</main>
      <script>
      \(pageScript)
      </script>
      </body>
      </html>

      """
  }
}

/// A list of terms and what they mean.
package func definitions(_ entries: [(term: String, meaning: String)]) -> String {
  "<dl>\n"
    + entries.map { "<dt>\(escaped($0.term))</dt><dd>\(escaped($0.meaning))</dd>\n" }.joined()
    + "</dl>"
}

/// A paragraph that explains what follows.
package func note(_ text: String) -> String { "<p class=\"muted\">\(escaped(text))</p>\n" }
