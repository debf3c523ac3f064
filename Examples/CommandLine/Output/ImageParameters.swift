internal import Foundation

/// How an image was made, in the form that AUTOMATIC1111's web UI keeps in PNG files under the
/// keyword `parameters`.
///
///     a cat
///     Negative prompt: a dog
///     Steps: 20, Sampler: DDIM, CFG scale: 4, Seed: 42
package struct ImageParameters: Equatable, Sendable {
  /// A setting and its value.
  package struct Field: Equatable, Sendable {
    /// The name: letters, digits, blanks, dashes and slashes, at least two.
    package let key: String
    /// The value, any text.
    package let value: String

    /// A setting and its value.
    package init(_ key: String, _ value: String) {
      self.key = key
      self.value = value
    }
  }

  /// What was asked for; may have several lines.
  package var prompt: String
  /// What was to be avoided; may have several lines.
  package var negativePrompt: String
  /// The settings in their order.
  package var fields: [Field]

  /// The parameters of an image.
  package init(prompt: String = "", negativePrompt: String = "", fields: [Field]) {
    self.prompt = prompt
    self.negativePrompt = negativePrompt
    self.fields = fields
  }

  /// The value of a setting, if there is such.
  package subscript(key: String) -> String? { fields.first { $0.key == key }?.value }

  /// The settings in one text.
  ///
  /// Readers need at least three fields to tell them from a prompt, and know a prompt only without
  /// blanks around its lines and without a line that begins with `Negative prompt:`.
  package var text: String {
    var lines: [String] = []
    if !prompt.isEmpty { lines.append(prompt) }
    if !negativePrompt.isEmpty { lines.append("Negative prompt: " + negativePrompt) }
    lines.append(fields.map { "\($0.key): \(quoted($0.value))" }.joined(separator: ", "))
    return lines.joined(separator: "\n")
  }

  /// Reads the settings from a text, as the web UI does: it is never refused, and a last line with
  /// fewer than three fields belongs to the prompt.
  package init(text: String) {
    var lines = text.trimmingCharacters(in: .whitespacesAndNewlines)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    fields = Self.fields(of: lines[lines.count - 1])
    if fields.count < 3 {
      fields = []
    } else {
      lines.removeLast()
    }
    var prompts: (wanted: [String], unwanted: [String]?) = ([], nil)
    let marker = "Negative prompt:"
    for line in lines.map({ $0.trimmingCharacters(in: .whitespaces) }) {
      if line.hasPrefix(marker) {
        let rest = line.dropFirst(marker.count).trimmingCharacters(in: .whitespaces)
        prompts.unwanted = (prompts.unwanted ?? []) + [rest]
      } else if prompts.unwanted != nil {
        prompts.unwanted?.append(line)
      } else {
        prompts.wanted.append(line)
      }
    }
    prompt = prompts.wanted.joined(separator: "\n")
    negativePrompt = prompts.unwanted?.joined(separator: "\n") ?? ""
  }

  private static func fields(of line: String) -> [Field] {
    let pair = #/\s*(\w[\w \-\/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)/#
    return line.matches(of: pair).map { match in
      Field(String(match.output.1), unquoted(String(match.output.2)))
    }
  }
}

/// A value as it stands in the list: in quotes where a reader would misunderstand it.
private func quoted(_ value: String) -> String {
  let isPlain =
    !value.isEmpty && !value.contains(where: { ",:\"".contains($0) || $0.isNewline })
    && value == value.trimmingCharacters(in: .whitespaces)
  let encoder = JSONEncoder()
  encoder.outputFormatting = .withoutEscapingSlashes
  guard !isPlain, let json = try? encoder.encode(value) else { return value }
  return String(decoding: json, as: UTF8.self)
}

/// A value without its quotes; unchanged if it has none.
private func unquoted(_ value: String) -> String {
  guard value.hasPrefix("\"") else { return value }
  return (try? JSONDecoder().decode(String.self, from: Data(value.utf8))) ?? value
}
