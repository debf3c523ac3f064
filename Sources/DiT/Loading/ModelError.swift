/// A model folder that cannot be used.
public enum ModelError: Error, Equatable, CustomStringConvertible {
  /// A file does not exist or cannot be read.
  case unreadable(file: String)
  /// A folder has none of some files, of which one is needed.
  case missing(folder: String, files: [String])
  /// A folder has weights of these variants alone, and another was asked for, or none.
  case onlyVariants(folder: String, [String])
  /// A path is that of a part of a pipeline, which is in a folder with others.
  case partOfPipeline(path: String, folder: String)
  /// There is no folder of this name, and no model of it in the cache of Hugging Face.
  case notCached(name: String, cache: String)
  /// A part was named to be read instead of a model's own, and the model has none of the kind; or a
  /// variant was asked for, and no part has weights of it.
  case unused(model: String, part: String, reason: String)
  /// A file is not what it should be.
  case malformed(file: String, reason: String)
  /// There is less memory than a model takes, in bytes; `ofTextEncoder` is the share of its text
  /// encoder, and the alternatives are what would fit.
  case memory(
    file: String, needed: Int, ofTextEncoder: Int, available: Int, precision: String,
    alternatives: [String])
  /// A setting has a value that is not supported.
  case value(file: String, key: String, expected: String, found: String)

  /// The error in a sentence.
  public var description: String {
    switch self {
    case .unreadable(let file): "\(file): there is no such file, or it cannot be read"
    case .missing(let folder, let files):
      "\(folder): there is no file "
        + files.map { "'\($0)'" }.joined(separator: " or ")
    case .onlyVariants(let folder, let variants):
      "\(folder): the weights are of the variant "
        + variants.map { "'\($0)'" }.joined(separator: " or ")
        + "; ask for it (try --variant \(variants[0]))"
    case .partOfPipeline(let path, let folder):
      "\(path): this is a part of the pipeline in '\(folder)'; open that folder"
    case .notCached(let name, let cache):
      "\(name): there is no such folder, and no such model in the cache '\(cache)'; "
        + "'hf download \(name)' of Hugging Face's own tool gets it"
    case .unused(let model, let part, let reason):
      "\(model): \(part) would not be used: \(reason)"
    case .malformed(let file, let reason): "\(file): \(reason)"
    case .memory(
      let file, let needed, let text, let available, let precision, let alternatives):
      "\(file): the model takes \(megabytes(needed)) in \(precision)"
        + (text > 0 ? ", its text encoder's \(megabytes(text)) included" : "")
        + ", and \(megabytes(available)) of memory are available; "
        + (alternatives.isEmpty
          ? "it needs a larger machine"
          : alternatives.joined(separator: ", or ") + " would fit")
    case .value(let file, let key, let expected, let found):
      "\(file): '\(key)' must be \(expected), not \(found)"
    }
  }
}

/// A number of bytes in the unit of a machine's memory, rounded up.
private func megabytes(_ bytes: Int) -> String { "\((bytes + 999_999) / 1_000_000) MB" }
