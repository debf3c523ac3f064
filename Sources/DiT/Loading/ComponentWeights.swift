internal import Foundation
internal import Tensor

/// The names of files with weights in the folder of a part of diffusers' pipelines.
private enum WeightFiles {
  static let stem = "diffusion_pytorch_model"

  /// The files to look for, in this order: safetensors before PyTorch's, and an index of several
  /// files before a single file, which may be stale beside an index.
  static func names(variant: String?) -> [String] {
    ["safetensors", "bin"].flatMap { ending in
      guard let variant else { return ["\(stem).\(ending).index.json", "\(stem).\(ending)"] }
      return [
        "\(stem).\(ending).index.\(variant).json",
        // As older versions of diffusers wrote it.
        "\(stem).\(ending).\(variant).index.json",
        "\(stem).\(variant).\(ending)",
      ]
    }
  }

  /// The variants of which a folder has weights.
  static func variants(in folder: String) -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let words = files.filter { $0.hasPrefix(stem + ".") }.flatMap {
      $0.dropFirst(stem.count + 1).split(separator: ".").map(String.init)
    }
    let candidates = Set(words).subtracting(["safetensors", "bin", "index", "json"])
    return candidates.sorted().filter { variant in
      names(variant: variant).contains { files.contains($0) }
    }
  }
}

extension Checkpoint {
  /// Opens the weights in a folder of diffusers' models.
  ///
  /// Where only other parts of the pipeline have the variant, the weights without a variant are
  /// read, as in diffusers.
  ///
  /// - Parameters:
  ///   - folder: The path of the folder.
  ///   - variant: Which of several files to read, such as `fp16`; nil is the one without a name.
  /// - Throws: `ModelError.missing` where there is none, `.onlyVariants` where there is one of
  ///   another name, and what opening it throws.
  init(component folder: String, variant: String?) throws {
    func first(_ variant: String?) -> String? {
      WeightFiles.names(variant: variant).first { hasFile("\(folder)/\($0)") }
    }
    var name = first(variant)
    if name == nil, let variant, Self.isVariant(variant, ofPartsBeside: folder) {
      name = first(nil)
    }
    guard let name else {
      let files = WeightFiles.names(variant: variant)
      let variants = WeightFiles.variants(in: folder)
      guard variants.isEmpty else { throw ModelError.onlyVariants(folder: folder, variants) }
      throw ModelError.missing(folder: folder, files: files)
    }
    self = try Checkpoint(path: "\(folder)/\(name)").unwrapped()
  }

  /// Whether another part of a pipeline has weights of a variant.
  private static func isVariant(_ variant: String, ofPartsBeside folder: String) -> Bool {
    let pipeline = folder + "/.."
    let parts = (try? FileManager.default.contentsOfDirectory(atPath: pipeline)) ?? []
    return parts.contains { WeightFiles.variants(in: "\(pipeline)/\($0)").contains(variant) }
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
