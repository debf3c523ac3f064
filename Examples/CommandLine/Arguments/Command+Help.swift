extension Command {
  /// What `--version` prints.
  package var versionText: String { "\(name) \(version)\n" }

  /// What `--help` prints, in lines of up to 80 columns.
  package var helpText: String {
    var usage = "usage: \(name) [options]"
    if let operands {
      usage += " " + operands.placeholder + (operands.count.upperBound > 1 ? " ..." : "")
    }
    var lines = [usage, ""] + wrapped(summary, width: 80)
    for group in allGroups {
      lines += ["", group.title + ":"]
      for option in group.options { lines += Self.entry(option.signature) }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The column at which explanations begin.
  private static let indentation = 30

  /// The lines of one option.
  private static func entry(_ option: OptionSignature) -> [String] {
    let short = option.short.map { "-\($0), " } ?? "    "
    let head = "  " + short + option.name + (option.placeholder.map { " " + $0 } ?? "")
    var help = option.help
    if option.names.count > 1 {
      help += "; also " + option.names.dropFirst().map { "--" + $0 }.joined(separator: ", ")
    }
    if let text = option.defaultText { help += " (default: \(text))" }
    let explanation = wrapped(help, width: 80 - indentation)
      .map { String(repeating: " ", count: indentation) + $0 }
    // A head that leaves no gap has a line of its own.
    guard head.count <= indentation - 2, let first = explanation.first else {
      return [head] + explanation
    }
    return [head + first.dropFirst(head.count)] + explanation.dropFirst()
  }
}

/// The words of a text in lines of up to `width` characters; a longer word has its own line.
private func wrapped(_ text: String, width: Int) -> [String] {
  var lines = [""]
  for word in text.split(separator: " ") {
    let line = lines[lines.count - 1]
    if line.isEmpty {
      lines[lines.count - 1] = String(word)
    } else if line.count + 1 + word.count <= width {
      lines[lines.count - 1] += " " + word
    } else {
      lines.append(String(word))
    }
  }
  return lines
}
