internal import Foundation
internal import _ExampleCommandLine

/// The names of a model's classes, to find classes by what users write.
struct ClassNames {
  /// The names by label, each of which may be several with commas between them.
  private let full: [String]
  /// Every name, in lower case, and the label that it is for; a full name too.
  private let names: [(name: String, label: Int)]

  /// The most classes that are drawn where none is named.
  private static let limit = 100

  init(_ full: [String]) {
    self.full = full
    names = full.enumerated().flatMap { label, name in
      let parts = name.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      return ([name] + (parts.count > 1 ? parts : [])).map { (name: $0.lowercased(), label: label) }
    }
  }

  /// The labels of classes, or of all classes where none is named.
  ///
  /// - Parameters:
  ///   - texts: Numbers, names or unique beginnings of names.
  ///   - option: The option that they were given for.
  /// - Returns: A label for each.
  /// - Throws: `UsageError` where a text means no class or several.
  func labels(_ texts: [String], option: Option<[String]>) throws(UsageError) -> [Int] {
    guard texts.isEmpty else {
      var labels: [Int] = []
      for text in texts { labels.append(try label(text, option: option)) }
      return labels
    }
    guard full.count <= Self.limit else {
      throw .other("name a class with --class: the model has \(full.count)")
    }
    return Array(full.indices)
  }

  private func label(_ text: String, option: Option<[String]>) throws(UsageError) -> Int {
    if let number = Int(text), full.indices.contains(number) { return number }
    let wanted = text.lowercased()
    for matches in [names.filter { $0.name == wanted }, names.filter { $0.name.hasPrefix(wanted) }]
    {
      let labels = Set(matches.map(\.label)).sorted()
      if labels.count == 1 { return labels[0] }
      if labels.count > 1 {
        throw option.refusing(text, allowed: "one class: " + listed(labels))
      }
    }
    let guess = nearest(wanted, among: names.map(\.name))
    throw option.refusing(
      text,
      allowed: "one of " + listed(Array(full.indices))
        + (guess.map { " (did you mean '\($0)'?)" } ?? ""))
  }

  /// Labels and their names, the first of them.
  private func listed(_ labels: [Int]) -> String {
    labels.prefix(20).map { "\($0) \(full[$0])" }.joined(separator: ", ")
      + (labels.count > 20 ? ", …" : "")
  }
}
