/// How a prompt is changed before it is cut into tokens.
public enum PromptPreparation: Sendable, Hashable, CaseIterable {
  /// Nothing.
  case none
  /// Lower case, without white space at both ends, as in the pipelines of PixArt and DeepFloyd IF.
  case lowercased

  /// The prompt as the tokenizer gets it.
  public func callAsFunction(_ prompt: String) -> String {
    switch self {
    case .none: prompt
    case .lowercased: Self.trimmed(Self.lowercased(prompt))
    }
  }

  /// Python's `str.lower`: Unicode's full mapping, where a sigma at the end of a word becomes `ς`.
  private static func lowercased(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    var result = ""
    for (place, scalar) in scalars.enumerated() {
      if scalar == "\u{3A3}", isFinal(place, in: scalars) {
        result.unicodeScalars.append("\u{3C2}")
      } else {
        result += scalar.properties.lowercaseMapping
      }
    }
    return result
  }

  /// Whether a letter ends a word: a letter with case comes before it and none after it, where
  /// characters that have no influence on case are skipped (Unicode's condition `Final_Sigma`).
  private static func isFinal(_ place: Int, in text: [Unicode.Scalar]) -> Bool {
    func hasCase(_ scalars: some Sequence<Unicode.Scalar>) -> Bool {
      scalars.first { !$0.properties.isCaseIgnorable }?.properties.isCased ?? false
    }
    return hasCase(text[..<place].reversed()) && !hasCase(text[(place + 1)...])
  }

  /// Python's `str.strip`: white space is Unicode's, and four separators of ASCII.
  private static func trimmed(_ text: String) -> String {
    func isSpace(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.isWhitespace || ("\u{1C}"..."\u{1F}").contains(scalar)
    }
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !isSpace($0) }),
      let last = scalars.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(scalars[first...last])
  }
}
