internal import Foundation

/// What a user gives as an output: a file, a folder, or no file at all.
package enum OutputTarget: Equatable, Sendable {
  /// Standard output, written `-`.
  case standardOutput
  /// Nothing is kept; written `/dev/null`.
  case nothing
  /// A file, or the name that several are numbered by.
  case file(String)
  /// Files in a folder, whose path ends in a slash or is that of one.
  case folder(String)
  /// Files by a pattern with placeholders such as `{seed}`.
  case pattern(OutputPattern)

  /// The target that a text means.
  ///
  /// - Parameters:
  ///   - text: What the user gave.
  ///   - keys: The placeholders that there are.
  /// - Throws: `UsageError` where a pattern has others.
  package init(_ text: String, keys: [String]) throws(UsageError) {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: text, isDirectory: &isFolder)
    let pattern = try OutputPattern(text, keys: keys)
    if text == "-" {
      self = .standardOutput
    } else if text == "/dev/null" {
      self = .nothing
    } else if exists && isFolder.boolValue || text.hasSuffix("/") {
      self = .folder(text.hasSuffix("/") ? text : text + "/")
    } else if pattern.keys.isEmpty {
      self = .file(text)
    } else {
      self = .pattern(pattern)
    }
  }

  /// The name of a file that the user gave, whose ending names a format; nil where there is none.
  package var name: String? {
    switch self {
    case .file(let path): path
    case .pattern(let pattern): pattern.description
    default: nil
    }
  }
}

/// The path of files, in which placeholders such as `{seed}` stand for what differs between them.
package struct OutputPattern: Equatable, Sendable, CustomStringConvertible {
  private enum Part: Equatable {
    case text(String)
    case key(String)
  }

  private let parts: [Part]

  /// Reads a pattern.
  ///
  /// - Parameters:
  ///   - text: The path.
  ///   - keys: The placeholders that there are, without their braces.
  /// - Throws: `UsageError` where there is another word in braces.
  package init(_ text: String, keys: [String]) throws(UsageError) {
    var parts: [Part] = []
    var rest = text[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      let key = String(rest[open..<close].dropFirst())
      guard keys.contains(key) else {
        throw .other(
          "output '\(text)' has '{\(key)}'; there are "
            + keys.map { "{\($0)}" }.joined(separator: ", "))
      }
      parts += [.text(String(rest[..<open])), .key(key)]
      rest = rest[close...].dropFirst()
    }
    self.parts = parts + [.text(String(rest))]
  }

  /// The pattern of one file.
  package init(file path: String) { parts = [.text(path)] }

  /// The pattern with more at its end.
  package init(_ stem: String, key: String, ending: String) {
    parts = [.text(stem), .key(key), .text(ending)]
  }

  /// The pattern as it was written.
  package var description: String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .key(let key): "{\(key)}"
      }
    }.joined()
  }

  /// The placeholders in it.
  package var keys: Set<String> {
    Set(
      parts.compactMap { part in
        if case .key(let key) = part { key } else { nil }
      })
  }

  /// The folder in front of the first placeholder, such as `.`.
  package var fixedFolder: String {
    guard case .text(let text) = parts[0] else { return "." }
    return keys.isEmpty ? folder(of: text) : folder(of: text + "x")
  }

  /// The path of a file.
  ///
  /// - Parameter values: What stands for each placeholder.
  /// - Returns: The path.
  package func path(_ values: [String: String]) -> String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .key(let key): values[key] ?? ""
      }
    }.joined()
  }
}

/// A text as a part of a file's name: its letters and digits, small, with dashes for the rest.
package func fileName(of text: String) -> String {
  text.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: "-")
}
