internal import Foundation
internal import Tensor
internal import _ExampleCommandLine

/// What is in a folder of a model, for programs and in words.
///
/// A folder of diffusers has a folder for each part, and `model_index.json`, which names them; one of
/// this package, or of a part alone, has `config.json` and weights.
struct FolderReport: Encodable {
  /// A part of a model: the folder itself, or one in it.
  struct Part: Encodable {
    /// The name of its folder; empty for the folder itself.
    let name: String
    /// What its configuration says it is, such as `AutoencoderKL`.
    let architecture: String?
    /// The settings of its configuration that are one value.
    let settings: [String: String]
    /// Its weights, each file or index of several.
    let weights: [Weights]
  }

  /// A file of weights, or an index of several.
  struct Weights: Encodable {
    let path: String
    let tensorCount, parameterCount, byteCount: Int
    /// The number of tensors of each type.
    let types: [String: Int]
    /// Why it cannot be read, where it cannot.
    let problem: String?
  }

  let path: String
  /// The pipeline that the folder was saved from.
  let pipeline: String?
  let classCount: Int?
  /// The first classes, in the order of their numbers.
  let classes: [String]
  let parts: [Part]

  /// How many classes are named.
  private static let classLimit = 5
  /// How many characters of a setting are printed.
  private static let settingLimit = 60

  /// Reads the configurations and the headers of the weights in a folder.
  ///
  /// - Throws: `FolderError` where there is neither.
  init(_ path: String) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    let index = Configuration(path + "/model_index.json")
    let own = Part(path, name: "")
    parts = (own.map { [$0] } ?? []) + names.compactMap { Part("\(path)/\($0)", name: $0) }
    guard index != nil || !parts.isEmpty else { throw FolderError(path: path) }
    self.path = path
    pipeline = index?.text("_class_name")
    let labels = index?.labels ?? Configuration(path + "/config.json")?.labels
    classCount = labels?.count
    classes = Array((labels ?? []).prefix(Self.classLimit))
  }

  /// The report in lines.
  var words: String {
    var text = "folder       \(path.printable)\n"
    if let pipeline { text += "pipeline     \(pipeline.printable)\n" }
    if let classCount {
      let rest = classCount > classes.count ? "; …" : ""
      text += "classes      \(classCount): \(classes.joined(separator: "; ").printable)\(rest)\n"
    }
    for part in parts {
      text += "\n\(part.name.isEmpty ? "model" : part.name.printable)\n"
      if let name = part.architecture { text += "  architecture  \(name.printable)\n" }
      for weights in part.weights { text += "  weights       \(weights.words)\n" }
      for (key, value) in part.settings.sorted(by: { $0.key < $1.key }) {
        text += "  \(key.printable): \(value.shortened(to: Self.settingLimit))\n"
      }
    }
    return text
  }
}

extension FolderReport.Weights {
  fileprivate init(_ path: String) {
    self.path = path
    do {
      let checkpoint = try Checkpoint(path: path)
      let entries = checkpoint.entries
      tensorCount = entries.count
      parameterCount = entries.reduce(0) { $0 &+ $1.shape.reduce(1, &*) }
      byteCount = entries.reduce(0) { $0 &+ $1.byteCount }
      types = entries.reduce(into: [:]) { $0[$1.elementType.rawValue, default: 0] += 1 }
      let unreadable = checkpoint.unreadable.count
      problem = unreadable == 0 ? nil : "\(unreadable) tensors cannot be read"
    } catch {
      (tensorCount, parameterCount, byteCount, types) = (0, 0, 0, [:])
      problem = error.description
    }
  }

  fileprivate var words: String {
    let file = String(lastName(of: path)).printable
    if tensorCount == 0, let problem { return "\(file): \(problem.printable)" }
    let types = self.types.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    return "\(file): \(tensorCount) tensors (\(types.joined(separator: ", "))), "
      + "\(parameterCount) numbers, \(byteCount) bytes" + (problem.map { "; \($0)" } ?? "")
  }
}

extension FolderReport.Part {
  /// The part in a folder; nil where there is no configuration and no weights.
  fileprivate init?(_ folder: String, name: String) {
    let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    let configuration = ["config.json", "scheduler_config.json"].lazy
      .compactMap { Configuration("\(folder)/\($0)") }.first
    let indices = files.filter { $0.contains(".index.") && $0.hasSuffix(".json") }
    let single = files.filter { file in
      // Files of an index are told by it.
      [".safetensors", ".bin", ".pt", ".pth"].contains(where: file.hasSuffix)
        && (indices.isEmpty || !file.contains("-of-"))
    }
    weights = (indices + single).map { FolderReport.Weights("\(folder)/\($0)") }
    guard configuration != nil || !weights.isEmpty else { return nil }
    self.name = name
    architecture = configuration?.text("_class_name") ?? configuration?.text("architecture")
    settings = configuration?.settings ?? [:]
  }
}

/// A configuration in JSON, of which nothing has to be there.
private struct Configuration {
  private let members: [String: Value]

  /// A value of any kind.
  private enum Value: Decodable {
    case text(String)
    case list([Value])
    case object([String: Value])
    case none

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let truth = try? container.decode(Bool.self) {
        self = .text("\(truth)")
      } else if let integer = try? container.decode(Int.self) {
        self = .text("\(integer)")
      } else if let number = try? container.decode(Double.self) {
        self = .text("\(number)")
      } else if let text = try? container.decode(String.self) {
        self = .text(text)
      } else if let list = try? container.decode([Value].self) {
        self = .list(list)
      } else if let object = try? container.decode([String: Value].self) {
        self = .object(object)
      } else {
        self = .none
      }
    }

    /// The value as it is printed; nil where it is not one value or a list of such.
    var printed: String? {
      switch self {
      case .text(let text): return text
      case .list(let values):
        let texts = values.compactMap { value -> String? in
          if case .text(let text) = value { text } else { nil }
        }
        return texts.count == values.count ? "[\(texts.joined(separator: ", "))]" : nil
      case .object, .none: return nil
      }
    }
  }

  /// Reads a file; nil where there is none, or it is no object.
  init?(_ path: String) {
    guard let data = FileManager.default.contents(atPath: path),
      let members = try? JSONDecoder().decode([String: Value].self, from: data)
    else { return nil }
    self.members = members
  }

  /// The text of a member.
  func text(_ name: String) -> String? {
    if case .text(let text)? = members[name] { text } else { nil }
  }

  /// The names of classes in the order of their numbers.
  var labels: [String]? {
    guard case .object(let labels)? = members["id2label"] else { return nil }
    return labels.compactMap { key, value in value.printed.map { (key: key, name: $0) } }
      .sorted { (Int($0.key) ?? .max, $0.key) < (Int($1.key) ?? .max, $1.key) }
      .map(\.name)
  }

  /// The members that are one value, or a list of such, but for those about the file itself.
  var settings: [String: String] {
    members.filter { !$0.key.hasPrefix("_") && $0.key != "architecture" }.compactMapValues(
      \.printed)
  }
}

/// A folder that is none of a model.
private struct FolderError: Error, CustomStringConvertible {
  let path: String

  var description: String {
    "'\(path)' is a folder without a model: 'model_index.json', 'config.json' or weights are expected"
  }
}
