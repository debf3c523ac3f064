/// The value of an option in the form `NAME[:key=value,…]`, such as `delta-cache:range=8-27,n=2`.
package struct CacheSpecification: Equatable, Sendable, CustomStringConvertible {
  /// The name of the method.
  package let name: String
  /// The values by key.
  package let parameters: [String: String]
  /// The specification as it was written.
  package let description: String

  /// Reads a specification; nil where its form is wrong.
  ///
  /// Names and keys are of ASCII letters, digits and dashes; a value is not empty and has no comma.
  package init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard Self.isWord(parts[0]) else { return nil }
    var parameters: [String: String] = [:]
    if parts.count == 2 {
      for pair in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
        let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2, Self.isWord(sides[0]), !sides[1].isEmpty,
          parameters.updateValue(String(sides[1]), forKey: String(sides[0])) == nil
        else { return nil }
      }
    }
    name = String(parts[0])
    self.parameters = parameters
    description = text
  }

  private static func isWord(_ text: Substring) -> Bool {
    !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
  }

  /// Throws where there is a key that the method does not have.
  ///
  /// - Parameter allowed: The keys of the method, in the order of the message.
  /// - Throws: `UsageError.unknownKey`.
  package func requireKeys(_ allowed: [String]) throws(UsageError) {
    guard let key = parameters.keys.sorted().first(where: { !allowed.contains($0) }) else { return }
    throw .unknownKey(option: "--cache \(name)", key: key, allowed: allowed)
  }

  /// The value of a key, nil where it is not given.
  ///
  /// - Throws: `UsageError` where the value has another parser.
  package func value<Value>(
    _ key: String, as parser: ValueParser<Value>
  ) throws(UsageError) -> Value? {
    guard let text = parameters[key] else { return nil }
    guard let value = parser.parse(text) else {
      throw .invalidValue(option: "--cache \(name): \(key)", value: text, allowed: parser.allowed)
    }
    return value
  }

  /// The error of a method that there is not.
  ///
  /// - Parameter allowed: The names of all methods.
  /// - Returns: The error, for the caller to throw.
  package func unknownName(allowed: [String]) -> UsageError {
    .invalidValue(
      option: "--cache", value: name, allowed: "one of " + allowed.joined(separator: ", "))
  }
}

extension ValueParser<CacheSpecification> {
  /// A caching method and its parameters.
  package static var cache: ValueParser {
    ValueParser(
      "NAME[:KEY=VALUE,...]", allowed: "of the form NAME[:KEY=VALUE,...] with each key once",
      describe: \.description, parse: { CacheSpecification($0) })
  }
}
