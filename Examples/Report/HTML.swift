/// A text for HTML, in which nothing is taken for a tag.
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

/// A report: one file with its style, its script and its images, which asks no server for anything.
///
/// It is readable without the script, prints, and follows the colours that the reader prefers.
package struct HTMLPage {
  private let title: String
  private var body = ""

  /// A page without sections.
  package init(title: String) { self.title = title }

  /// Adds a section.
  ///
  /// - Parameters:
  ///   - heading: Its heading.
  ///   - content: HTML.
  package mutating func add(_ heading: String, _ content: String) {
    body += "<section>\n<h2>\(escaped(heading))</h2>\n\(content)\n</section>\n"
  }

  /// The whole file.
  package var text: String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(escaped(title))</title>
    <link rel="icon" href="data:,">
    <style>\(pageStyle)</style>
    </head>
    <body>
    <header><h1>\(escaped(title))</h1></header>
    <main>
    \(body)</main>
    <script>\(pageScript)</script>
    </body>
    </html>

    """
  }
}

/// A list of terms and what they mean.
package func definitions(_ entries: [(term: String, meaning: String)]) -> String {
  "<dl>"
    + entries.map { "<dt>\(escaped($0.term))</dt><dd>\(escaped($0.meaning))</dd>" }.joined()
    + "</dl>"
}
