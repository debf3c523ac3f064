/// How an option is written and what the help says of it.
package struct OptionSignature: Sendable {
  /// The long names without their dashes; the first is the one that messages use.
  package let names: [String]
  /// The short name without its dash.
  package let short: Character?
  /// The word that stands for the value in the help; none for a flag.
  package let placeholder: String?
  /// What the option does.
  package let help: String
  /// What holds where the option is not given.
  package let defaultText: String?
  /// Whether the option may be given more than once.
  package let isRepeatable: Bool

  /// The name that messages use, with its dashes.
  package var name: String { "--" + names[0] }

  /// All names with their dashes, the short one first.
  var spellings: [String] { (short.map { ["-\($0)"] } ?? []) + names.map { "--" + $0 } }
}

/// An option whatever the type of its value.
package protocol AnyOption: Sendable {
  /// How the option is written.
  var signature: OptionSignature { get }
  /// Throws where one of the values given for the option is not allowed.
  func validate(_ texts: [String]) throws(UsageError)
}

/// An option of a command, and the type of its value.
///
///     let steps = Option("steps", "num-inference-steps", as: .integer(1...1000), default: 20, "steps")
///     let scale = Option("cfg-scale", optional: .number(0...30), default: "the model's", "guidance")
///     let classes = Option("class", each: .text, "a class, by name or number; may be repeated")
///     let quiet = Option(flag: "quiet", "print nothing but errors")
package struct Option<Value: Sendable>: AnyOption {
  /// How the option is written.
  package let signature: OptionSignature
  let read: @Sendable ([String]) throws(UsageError) -> Value

  /// Throws where one of the values given for the option is not allowed.
  package func validate(_ texts: [String]) throws(UsageError) { _ = try read(texts) }

  /// The error of a value that the option's form allows and its user cannot take.
  ///
  /// - Parameters:
  ///   - value: The value as the user wrote it.
  ///   - allowed: The allowed values, to be put after "must be".
  /// - Returns: The error, for the caller to throw.
  package func refusing(_ value: String, allowed: String) -> UsageError {
    .invalidValue(option: signature.name, value: value, allowed: allowed)
  }
}

extension Option {
  /// An option that always has a value.
  package init(
    _ names: String..., short: Character? = nil, as parser: ValueParser<Value>, default: Value,
    _ help: String
  ) {
    let signature = OptionSignature(
      names: names, short: short, placeholder: parser.placeholder, help: help,
      defaultText: parser.describe(`default`), isRepeatable: false)
    self.init(signature: signature) { texts throws(UsageError) in
      guard let text = texts.first else { return `default` }
      return try parser.value(text, of: signature)
    }
  }

  /// An option that has no value where it is not given.
  package init<Wrapped>(
    _ names: String..., short: Character? = nil, optional parser: ValueParser<Wrapped>,
    default: String? = nil, _ help: String
  ) where Value == Wrapped? {
    let signature = OptionSignature(
      names: names, short: short, placeholder: parser.placeholder, help: help,
      defaultText: `default`, isRepeatable: false)
    self.init(signature: signature) { texts throws(UsageError) in
      guard let text = texts.first else { return nil }
      return try parser.value(text, of: signature)
    }
  }

  /// An option that may be given more than once; its values keep their order.
  package init<Element>(
    _ names: String..., short: Character? = nil, each parser: ValueParser<Element>,
    default: String? = nil, _ help: String
  ) where Value == [Element] {
    let signature = OptionSignature(
      names: names, short: short, placeholder: parser.placeholder, help: help,
      defaultText: `default`, isRepeatable: true)
    self.init(signature: signature) { texts throws(UsageError) in
      var values: [Element] = []
      for text in texts { values.append(try parser.value(text, of: signature)) }
      return values
    }
  }
}

extension Option<Bool> {
  /// An option without a value: given or not.
  package init(flag name: String, short: Character? = nil, _ help: String) {
    let signature = OptionSignature(
      names: [name], short: short, placeholder: nil, help: help, defaultText: nil,
      isRepeatable: false)
    self.init(signature: signature) { !$0.isEmpty }
  }
}

extension ValueParser {
  /// The value that a text means, for an option.
  fileprivate func value(
    _ text: String, of signature: OptionSignature
  ) throws(UsageError) -> Value {
    guard let value = parse(text) else {
      throw .invalidValue(option: signature.name, value: text, allowed: allowed)
    }
    return value
  }
}
