/// What the text of a value may be, and what it means.
package struct ValueParser<Value: Sendable>: Sendable {
  /// The word that stands for a value in the help, such as `COUNT`.
  package let placeholder: String
  /// The allowed values, to be put after "must be".
  package let allowed: String
  /// The value that a text means, if it is allowed.
  package let parse: @Sendable (String) -> Value?
  /// The text of a value, the inverse of `parse`.
  package let describe: @Sendable (Value) -> String

  /// A form of the caller's own.
  package init(
    _ placeholder: String, allowed: String, describe: @escaping @Sendable (Value) -> String,
    parse: @escaping @Sendable (String) -> Value?
  ) {
    self.placeholder = placeholder
    self.allowed = allowed
    self.describe = describe
    self.parse = parse
  }

  /// The same form with another word for it in the help.
  package func named(_ placeholder: String) -> ValueParser {
    ValueParser(placeholder, allowed: allowed, describe: describe, parse: parse)
  }
}

extension ValueParser<Int> {
  /// An integer between two bounds, both included.
  package static func integer(_ range: ClosedRange<Int>) -> ValueParser {
    ValueParser(
      "N", allowed: "an integer from \(range.lowerBound) to \(range.upperBound)",
      describe: String.init
    ) { Int($0).flatMap { range.contains($0) ? $0 : nil } }
  }
}

extension ValueParser<Double> {
  /// A number between two bounds, both included.
  package static func number(_ range: ClosedRange<Double>) -> ValueParser {
    ValueParser(
      "X", allowed: "a number from \(plain(range.lowerBound)) to \(plain(range.upperBound))",
      describe: plain
    ) { Double($0).flatMap { range.contains($0) ? $0 : nil } }
  }

  /// A number without the `.0` of a whole one.
  @Sendable private static func plain(_ number: Double) -> String {
    let text = "\(number)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

extension ValueParser<String> {
  /// Any text, the empty one included.
  package static var text: ValueParser {
    ValueParser("TEXT", allowed: "a text", describe: { $0 }, parse: { $0 })
  }

  /// The path of a file or folder.
  package static var path: ValueParser {
    ValueParser("PATH", allowed: "a path", describe: { $0 }, parse: { $0.isEmpty ? nil : $0 })
  }

  /// One of several words.
  package static func choice(_ words: [String]) -> ValueParser {
    ValueParser(
      words.joined(separator: "|"), allowed: "one of " + words.joined(separator: ", "),
      describe: { $0 }, parse: { words.contains($0) ? $0 : nil })
  }
}
