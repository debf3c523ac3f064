/// Something that the user can put right on the command line; the exit code is 64.
package enum UsageError: Error, Equatable {
  /// No option has this name.
  case unknownOption(String, nearest: String?, allowed: [String])
  /// An option stands last, or before another option.
  case missingValue(option: String, placeholder: String)
  /// A flag was given a value.
  case unexpectedValue(option: String)
  /// An option that takes one value was given twice.
  case repeated(option: String)
  /// The value of an option is not among the allowed ones.
  case invalidValue(option: String, value: String, allowed: String)
  /// A key in the value of an option is not among the allowed ones.
  case unknownKey(option: String, key: String, allowed: [String])
  /// An argument that belongs to no option.
  case unexpectedArgument(String)
  /// More or fewer arguments that belong to no option than the command needs.
  case wrongCount(placeholder: String, needed: ClosedRange<Int>, found: Int)
  /// Any other fault, such as two options that exclude each other.
  case other(String)
}

extension UsageError: CustomStringConvertible {
  /// The error in one line that names what is allowed.
  package var description: String {
    switch self {
    case .unknownOption(let name, let nearest, let allowed):
      "unknown option '\(name)'" + (nearest.map { ", did you mean '\($0)'?" } ?? "")
        + " (allowed: \(allowed.joined(separator: ", ")))"
    case .missingValue(let option, let placeholder):
      "\(option) needs a value: \(option) \(placeholder)"
    case .unexpectedValue(let option): "\(option) takes no value"
    case .repeated(let option): "\(option) may be given only once"
    case .invalidValue(let option, let value, let allowed):
      "\(option) must be \(allowed), not '\(value)'"
    case .unknownKey(let option, let key, let allowed):
      "\(option) has no key '\(key)'"
        + (allowed.isEmpty ? "; it takes none" : " (allowed: \(allowed.joined(separator: ", ")))")
    case .unexpectedArgument(let argument): "unexpected argument '\(argument)'"
    case .wrongCount(let placeholder, let needed, let found):
      "needs \(needed.lowerBound)" + (needed.count == 1 ? "" : " to \(needed.upperBound)")
        + " \(placeholder), not \(found)"
    case .other(let message): message
    }
  }
}
