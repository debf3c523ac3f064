internal import Foundation
internal import Tensor

/// The names that the weights of a part of a pipeline have in its folder.
struct WeightFiles {
  /// What the names begin with and their ending, in the order in which they are looked for.
  private let kinds: [(stem: String, ending: String)]
  /// Whether an index of several files goes before a single one, which may be a stale one then.
  private let isIndexFirst: Bool

  /// Those of diffusers' models.
  static let diffusers = WeightFiles(
    kinds: [("diffusion_pytorch_model", "safetensors"), ("diffusion_pytorch_model", "bin")],
    isIndexFirst: true)
  /// Those of transformers' models, such as text encoders.
  static let transformers = WeightFiles(
    kinds: [("model", "safetensors"), ("pytorch_model", "bin")], isIndexFirst: false)

  /// The files to look for, the first one first; nil is the variant without a name.
  private func names(_ variant: String?) -> [String] {
    kinds.flatMap { stem, ending in
      let file = "\(stem).\(ending)"
      guard let variant else {
        return isIndexFirst ? [file + ".index.json", file] : [file, file + ".index.json"]
      }
      let whole = "\(stem).\(variant).\(ending)"
      // The second one is as older versions of diffusers wrote it.
      let indices = ["\(file).index.\(variant).json", "\(file).\(variant).index.json"]
      return isIndexFirst ? indices + [whole] : [whole] + indices
    }
  }

  private func first(_ variant: String?, in folder: String) -> String? {
    names(variant).first { hasFile("\(folder)/\($0)") }
  }

  /// The variants of which a folder has weights.
  private func variants(in folder: String) -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let words = kinds.flatMap { stem, _ in
      files.filter { $0.hasPrefix(stem + ".") }.flatMap {
        $0.dropFirst(stem.count + 1).split(separator: ".").map(String.init)
      }
    }
    let candidates = Set(words).subtracting(["safetensors", "bin", "index", "json"])
    // One of several files is no variant.
    return candidates.sorted().filter { !$0.contains("-of-") && first($0, in: folder) != nil }
  }

  /// The path of the weights in a folder, or of the index of several files.
  ///
  /// Where only other parts of the pipeline have the variant, the weights without a variant are
  /// read, as in diffusers.
  ///
  /// - Parameters:
  ///   - folder: The path of the folder.
  ///   - variant: Which of several files to read, such as `fp16`; nil is the one without a name.
  /// - Returns: The path.
  /// - Throws: `ModelError.missing` where there is none, `.onlyVariants` where there is one of another
  ///   name.
  func path(in folder: String, variant: String?) throws(ModelError) -> String {
    var name = first(variant, in: folder)
    if name == nil, let variant, Self.isVariant(variant, ofPartsBeside: folder) {
      name = first(nil, in: folder)
    }
    if let name { return "\(folder)/\(name)" }
    let variants = variants(in: folder)
    guard variants.isEmpty else { throw .onlyVariants(folder: folder, variants) }
    throw .missing(folder: folder, files: names(variant))
  }

  /// Whether another part of a pipeline has weights of a variant.
  private static func isVariant(_ variant: String, ofPartsBeside folder: String) -> Bool {
    let pipeline = folder + "/.."
    let parts = (try? FileManager.default.contentsOfDirectory(atPath: pipeline)) ?? []
    return parts.contains { has(variant, in: "\(pipeline)/\($0)") }
  }

  /// Whether the folder of a part has weights of a variant.
  static func has(_ variant: String, in folder: String) -> Bool {
    [diffusers, transformers].contains { $0.first(variant, in: folder) != nil }
  }
}

extension Checkpoint {
  /// Opens the weights of a part of a pipeline.
  ///
  /// - Parameters:
  ///   - files: How they are called.
  ///   - folder: The path of the folder.
  ///   - variant: Which of several files to read, such as `fp16`; nil is the one without a name.
  /// - Throws: `ModelError` where there is none, and what opening it throws.
  init(_ files: WeightFiles = .diffusers, component folder: String, variant: String?) throws {
    self = try Checkpoint(path: files.path(in: folder, variant: variant)).unwrapped()
  }

  /// The checkpoint, if its names are those of a model and not of a wrapper around it.
  ///
  /// - Throws: `ModelError.malformed`, which names the prefix and how to take it away.
  func unwrapped() throws(ModelError) -> Checkpoint {
    guard let prefix = wrapperPrefix else { return self }
    throw .malformed(
      file: path,
      reason: "the names of all tensors begin with '\(prefix).', of the wrapper that was saved; "
        + "'inspect --strip-prefix --convert NEW.safetensors' writes a file without it")
  }
}
