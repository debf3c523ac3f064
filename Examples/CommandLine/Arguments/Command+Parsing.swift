/// What a command line asks for.
package enum Request: Sendable {
  /// To print the help.
  case help
  /// To print the version.
  case version
  /// To do the command's work.
  case run(ParsedArguments)
}

/// The arguments of a command line, all of them allowed ones.
package struct ParsedArguments: Sendable {
  /// The values of each option by the option's first name; an entry for every option there is.
  private let values: [String: [String]]
  /// The arguments that belong to no option.
  package let operands: [String]

  fileprivate init(values: [String: [String]], operands: [String]) {
    self.values = values
    self.operands = operands
  }

  /// The value of an option, or its default.
  ///
  /// - Precondition: `option` is one of the command's.
  package subscript<Value>(option: Option<Value>) -> Value {
    do {
      return try option.read(texts(of: option))
    } catch {
      fatalError("\(option.signature.name) is declared in two ways: \(error)")
    }
  }

  /// Whether an option was given.
  ///
  /// - Precondition: `option` is one of the command's.
  package func has(_ option: some AnyOption) -> Bool {
    !texts(of: option).isEmpty
  }

  private func texts(of option: some AnyOption) -> [String] {
    guard let texts = values[option.signature.names[0]] else {
      fatalError("\(option.signature.name) is no option of this command")
    }
    return texts
  }

  /// The first option, by name, that was given and is none of some; nil where there is none.
  ///
  /// - Parameter options: The options that may be given.
  /// - Returns: The name that messages use.
  package func firstGiven(besides options: [any AnyOption]) -> String? {
    let names = Set(options.map { $0.signature.names[0] })
    return values.filter { !$0.value.isEmpty && !names.contains($0.key) }.keys.min().map {
      "--" + $0
    }
  }
}

extension Command {
  /// Reads the arguments of a command line and checks each value.
  ///
  /// An option is written `--name value` or `--name=value`, and `-n value` or `-n=value` where it
  /// has a short name; short options are not joined (`-b4`, `-qv`). A value that begins with a dash
  /// is taken after a blank if it may be a negative number, and else needs the equals sign. After
  /// `--` every argument is an operand. The first `--help` or `--version` ends the reading.
  ///
  /// - Parameter arguments: The arguments without the name of the program.
  /// - Returns: What is asked for.
  /// - Throws: `UsageError` for the first fault.
  package func parse(_ arguments: [String]) throws(UsageError) -> Request {
    var values = Dictionary(uniqueKeysWithValues: signatures.map { ($0.names[0], [String]()) })
    var operands: [String] = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      guard argument != "--" else {
        operands += rest
        break
      }
      guard argument.hasPrefix("-"), argument != "-" else {
        operands.append(argument)
        continue
      }
      let (option, value) = try option(argument, &rest)
      let key = option.names[0]
      if key == Self.help.signature.names[0] { return .help }
      if key == Self.versionFlag.signature.names[0] { return .version }
      guard option.isRepeatable || values[key] == [] else { throw .repeated(option: option.name) }
      values[key, default: []].append(value)
    }
    for option in groups.flatMap(\.options) {
      try option.validate(values[option.signature.names[0]] ?? [])
    }
    try checkCount(operands)
    return .run(ParsedArguments(values: values, operands: operands))
  }

  /// The option that an argument names and its value, which may be the next argument.
  private func option(
    _ argument: String, _ rest: inout ArraySlice<String>
  ) throws(UsageError) -> (OptionSignature, value: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard let option = signatures.first(where: { $0.spellings.contains(name) }) else {
      throw unknown(name)
    }
    guard let placeholder = option.placeholder else {
      guard parts.count == 1 else { throw .unexpectedValue(option: option.name) }
      return (option, "")
    }
    if parts.count == 2 { return (option, String(parts[1])) }
    guard let next = rest.first, !Self.looksLikeOption(next) else {
      throw .missingValue(option: option.name, placeholder: placeholder)
    }
    rest.removeFirst()
    return (option, next)
  }

  /// Whether an argument begins with a dash and cannot be a negative number.
  private static func looksLikeOption(_ argument: String) -> Bool {
    guard argument.hasPrefix("-"), argument != "-" else { return false }
    return !argument.dropFirst().allSatisfy { $0.isNumber || ".eE+-".contains($0) }
      || argument.hasPrefix("--")
  }

  private func unknown(_ name: String) -> UsageError {
    let spellings = signatures.flatMap(\.spellings)
    var guess = nearest(name, among: spellings.filter { $0.hasPrefix("--") })
    if !name.hasPrefix("--") {
      let short = String(name.prefix(2))
      guess = name.count > 2 && spellings.contains(short) ? "\(short) \(name.dropFirst(2))" : guess
    }
    return .unknownOption(name, nearest: guess, allowed: signatures.map(\.name))
  }

  private func checkCount(_ found: [String]) throws(UsageError) {
    guard let operands else {
      if let argument = found.first { throw .unexpectedArgument(argument) }
      return
    }
    guard operands.count.contains(found.count) else {
      throw .wrongCount(
        placeholder: operands.placeholder, needed: operands.count, found: found.count)
    }
  }
}
