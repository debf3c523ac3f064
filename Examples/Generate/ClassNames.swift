internal import DiT
internal import Foundation
internal import ShowcaseModel
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

  /// The names of a class, with commas between them.
  subscript(label: Int) -> String { full[label] }

  /// The first name of a class, as a part of a file's name.
  func fileName(of label: Int) -> String {
    let first = full[label].split(separator: ",").first.map(String.init) ?? ""
    let name = _ExampleCommandLine.fileName(of: first)
    return name.isEmpty ? "class-\(label)" : name
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
    guard full.count > Self.listLimit else {
      let guess = nearest(wanted, among: names.map(\.name))
      throw option.refusing(
        text,
        allowed: "one of " + listed(Array(full.indices))
          + (guess.map { " (did you mean '\($0)'?)" } ?? ""))
    }
    let near = similar(to: wanted)
    throw option.refusing(
      text,
      allowed: "a class"
        + (near.isEmpty ? "" : " such as " + near.map { "'\($0)'" }.joined(separator: ", "))
        + " (--list-classes prints all \(full.count))")
  }

  /// The number of classes that a message can list.
  private static let listLimit = 20

  /// The names that a text may mean: those that it is a word of, and then those that differ least.
  private func similar(to text: String) -> [String] {
    let count = 5
    let words = names.filter { $0.name.contains(text) }.map(\.name)
    // Compared with the words of a name too: many names end in what they are.
    let far = names.map { name in
      let candidates = [name.name] + name.name.split(separator: " ").map(String.init)
      return (name: name.name, distance: candidates.map { editDistance(text, $0) }.min() ?? 0)
    }
    let limit = max(2, text.count / 2)
    let close = far.filter { $0.distance <= limit }.sorted {
      ($0.distance, $0.name.count) < ($1.distance, $1.name.count)
    }
    var seen: Set<String> = []
    return Array((words + close.map(\.name)).filter { seen.insert($0).inserted }.prefix(count))
  }

  /// Labels and their names, the first of them.
  private func listed(_ labels: [Int]) -> String {
    labels.prefix(Self.listLimit).map { "\($0) \(full[$0])" }.joined(separator: ", ")
      + (labels.count > Self.listLimit ? ", …" : "")
  }

  /// A class, for programs.
  private struct Entry: Encodable {
    let label: Int
    let name: String
  }

  /// Prints the classes of the model that the options name, of which no weights are read.
  ///
  /// - Throws: `UsageError` for other options, and what reading the model's folder throws.
  static func list(_ options: GenerateOptions, _ arguments: ParsedArguments) throws {
    let taken: [any AnyOption] = [options.listsClasses, options.model, options.json]
    if let other = arguments.firstGiven(besides: taken) {
      throw UsageError.other("--list-classes draws no images, and takes no \(other)")
    }
    let folder = try arguments[options.model] ?? ShowcaseModel.generator.folder()
    let names = try DiffusionPipeline.classNames(folder: folder)
    guard !names.isEmpty else {
      throw UsageError.other("the model draws from prompts, and has no classes to list")
    }
    let text =
      arguments[options.json]
      ? try jsonReport(names.enumerated().map { Entry(label: $0.offset, name: $0.element) })
      : names.enumerated().map { "\($0.offset) \($0.element.printable)\n" }.joined()
    try StandardStream.output.write(text)
  }
}
