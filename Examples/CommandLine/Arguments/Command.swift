internal import Tensor

/// The title of the options that are declared after it.
package struct Heading: Sendable {
  /// What the help prints.
  let title: String

  /// A heading of the help.
  package init(_ title: String) { self.title = title }
}

/// Options that several commands share, for a property of the options of each.
package protocol SharedOptions {}

/// A program as its user sees it: its name, its options and its help.
package struct Command: Sendable {
  /// Options under one heading of the help.
  package struct Group: Sendable {
    /// The heading.
    package let title: String
    /// The options in the order of the help.
    package fileprivate(set) var options: [any AnyOption]
  }

  /// The arguments that belong to no option.
  package struct Operands: Sendable {
    /// The word that stands for one in the help, such as `FILE`.
    package let placeholder: String
    /// How many there must be.
    package let count: ClosedRange<Int>

    /// A number of arguments that belong to no option.
    package init(_ placeholder: String, count: ClosedRange<Int>) {
      self.placeholder = placeholder
      self.count = count
    }
  }

  /// The name of the executable.
  package let name: String
  /// What `--version` prints after the name.
  package let version: String
  /// What the program does, in a sentence or two.
  package let summary: String
  /// The arguments that belong to no option; none where nil.
  package let operands: Operands?
  /// The options by heading, without `--help` and `--version`, which every command has.
  package let groups: [Group]

  /// A command whose options are the properties of a value, in the order of their declaration.
  ///
  ///     struct DrawOptions {
  ///       private let what = Heading("What")
  ///       let steps = Option("steps", as: .integer(1...99), default: 20, "the number of steps")
  ///     }
  ///
  /// So an option is declared once, and none can be left out of the command.
  ///
  /// - Precondition: The properties are options, headings and `SharedOptions`, a heading first; no
  ///   two options share a name, nor use `help`, `version` or `h`.
  package init(
    _ name: String, version: String, summary: String, operands: Operands? = nil, options: Any
  ) {
    self.name = name
    self.version = version
    self.summary = summary
    self.operands = operands
    groups = Self.groups(of: options, in: name)
    let spellings = signatures.flatMap(\.spellings)
    check(Set(spellings).count == spellings.count, "\(name): two options share a name")
  }

  /// The properties of a value as options by heading.
  private static func groups(of options: Any, in name: String) -> [Group] {
    var groups: [Group] = []
    for (label, value) in Mirror(reflecting: options).children {
      switch value {
      case let heading as Heading: groups.append(Group(title: heading.title, options: []))
      case let shared as any SharedOptions: groups += Self.groups(of: shared, in: name)
      case let option as any AnyOption where !groups.isEmpty:
        groups[groups.count - 1].options.append(option)
      default: fatalError("\(name): \(label ?? "?") is no option below a heading")
      }
    }
    return groups
  }

  static let help = Option(flag: "help", short: "h", "print this and exit")
  static let versionFlag = Option(flag: "version", "print the version and exit")

  /// The groups of the help, the options that every command has included.
  var allGroups: [Group] {
    groups + [Group(title: "Help", options: [Self.help, Self.versionFlag])]
  }

  /// The signatures of all options.
  var signatures: [OptionSignature] { allGroups.flatMap(\.options).map(\.signature) }
}
