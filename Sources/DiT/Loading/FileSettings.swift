internal import Foundation
internal import Tensor

/// Reads and checks the settings of a file; an error names the file and the key.
struct FileSettings: Sendable, Hashable {
  /// The path of the file.
  let file: String

  /// Reads the settings of a file.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - allowsJSON5: Whether the file may have what JSON does not, such as an infinity.
  ///   - isSnakeCase: Whether the keys of the file are words with underscores.
  /// - Returns: The settings.
  /// - Throws: `ModelError` where it cannot be read, is no JSON, or lacks a key.
  static func decoded<Settings: Decodable>(
    path: String, allowsJSON5: Bool = false, isSnakeCase: Bool = true
  ) throws(ModelError) -> Settings {
    let data: Data
    do {
      data = Data(try contents(ofFile: path))
    } catch {
      throw .unreadable(file: path)
    }
    return try decoded(data, path: path, allowsJSON5: allowsJSON5, isSnakeCase: isSnakeCase)
  }

  /// Reads the settings in a file's bytes, as the other `decoded` does.
  static func decoded<Settings: Decodable>(
    _ data: Data, path: String, allowsJSON5: Bool = false, isSnakeCase: Bool = true
  ) throws(ModelError) -> Settings {
    let decoder = JSONDecoder()
    if isSnakeCase { decoder.keyDecodingStrategy = .convertFromSnakeCase }
    decoder.allowsJSON5 = allowsJSON5
    do {
      return try decoder.decode(Settings.self, from: data)
    } catch DecodingError.dataCorrupted {
      let fault = JSONFault(in: [UInt8](data), allowsJSON5: allowsJSON5) { text in
        (try? decoder.decode(Settings.self, from: Data(text))) != nil
      }
      throw .malformed(file: path, reason: fault.description)
    } catch let error as DecodingError {
      throw .malformed(
        file: path,
        reason: reason(
          error, in: String(decoding: data, as: UTF8.self), isSnakeCase: isSnakeCase))
    } catch {
      throw .malformed(file: path, reason: "\(error)")
    }
  }

  private static func reason(
    _ error: DecodingError, in text: String, isSnakeCase: Bool
  ) -> String {
    /// The keys as the file has them, or would have them, with `[n]` for an element of a list.
    func key(_ path: [any CodingKey]) -> String {
      path.reduce(into: "") { key, part in
        let name = part.stringValue
        // A name that is a number has one too.
        if let index = part.intValue, name != "\(index)" {
          key += "[\(index)]"
          return
        }
        key += key.isEmpty ? "" : "."
        key +=
          !isSnakeCase || text.contains("\"\(name)\"")
          ? name : name.replacing(#/[A-Z]/#) { "_" + $0.output.lowercased() }
      }
    }
    return switch error {
    case .keyNotFound(let missing, let context):
      "key '\(key(context.codingPath + [missing]))' is missing"
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      context.codingPath.isEmpty
        ? "it is not a JSON object" : "key '\(key(context.codingPath))' must be \(words(for: type))"
    default: "\(error)"
    }
  }

  /// A type as JSON has it.
  private static func words(for type: Any.Type) -> String {
    switch type {
    case is Bool.Type: "true or false"
    case is String.Type: "a text"
    case is any BinaryInteger.Type: "an integer"
    case is any BinaryFloatingPoint.Type: "a number"
    default: "\(type)".hasPrefix("Array") ? "a list" : "an object"
    }
  }

  /// Throws where a setting is not as expected.
  func require(
    _ condition: Bool, _ key: String, _ found: Any, _ expected: String
  ) throws(ModelError) {
    guard condition else {
      throw .value(file: file, key: key, expected: expected, found: "\(found)")
    }
  }

  /// The choice that a setting names.
  ///
  /// - Parameters:
  ///   - key: The key of the setting.
  ///   - name: The name in the file; nil where it is left out.
  ///   - standard: The choice where it is left out.
  ///   - choices: The choices that are supported.
  /// - Returns: One of the choices.
  /// - Throws: `ModelError.value` where it names none of them.
  func choice<Choice: CaseIterable & RawRepresentable<String>>(
    _ key: String, _ name: String?, else standard: Choice,
    of choices: [Choice] = Array(Choice.allCases)
  ) throws(ModelError) -> Choice {
    guard let name else { return standard }
    guard let choice = choices.first(where: { $0.rawValue == name }) else {
      throw .value(
        file: file, key: key, expected: choices.map(\.rawValue).joined(separator: " or "),
        found: name)
    }
    return choice
  }

  /// The number that a setting gives.
  ///
  /// - Parameters:
  ///   - key: The key of the setting.
  ///   - number: The number in the file; nil where it is left out.
  ///   - standard: The number where it is left out.
  ///   - range: The numbers that are supported.
  /// - Returns: A number in the range.
  /// - Throws: `ModelError.value` where it is not in the range.
  func number<Number: Comparable>(
    _ key: String, _ number: Number?, else standard: Number, in range: ClosedRange<Number>
  ) throws(ModelError) -> Number {
    let number = number ?? standard
    try require(
      range.contains(number), key, number, "\(range.lowerBound) to \(range.upperBound)")
    return number
  }
}
