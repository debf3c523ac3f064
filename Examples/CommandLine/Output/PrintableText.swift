extension String {
  /// The text without characters that would move a terminal's cursor, as escapes.
  package var printable: String {
    unicodeScalars.map { scalar in
      scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: true) : String(scalar)
    }.joined()
  }

  /// The printable text up to so many characters, and how many bytes all of it has where it is cut.
  package func shortened(to limit: Int) -> String {
    let start = unicodeScalars.prefix(limit + 1)
    guard start.count > limit else { return printable }
    return String(String.UnicodeScalarView(start.dropLast())).printable + "… (\(utf8.count) bytes)"
  }
}
