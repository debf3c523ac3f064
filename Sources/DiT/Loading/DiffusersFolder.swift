internal import Tensor

/// The fields of `model_index.json`, which diffusers writes beside the parts of a pipeline.
struct PipelineIndex: Decodable {
  let _className: String?
  let id2label: [String: String]?
}

/// A folder that one of diffusers' pipelines was saved to.
struct DiffusersFolder {
  /// The path of the folder.
  let path: String
  /// What its `model_index.json` says.
  let index: PipelineIndex

  /// How to open each supported pipeline, by the class that wrote it; a new family is added here.
  static let families:
    [String: @Sendable (DiffusersFolder, LoadingOptions) throws -> DiffusionPipeline] = [
      "DiTPipeline": { @Sendable in try DiffusionPipeline(dit: $0, $1) }
    ].merging(
      textTokens.mapValues { tokens in
        { @Sendable in try DiffusionPipeline(pixArt: $0, textTokens: tokens, $1) }
      }
    ) { $1 }

  /// The most tokens of a prompt, of the pipelines of PixArt.
  private static let textTokens = ["PixArtAlphaPipeline": 120, "PixArtSigmaPipeline": 300]

  /// The most tokens of a prompt; nil where the model draws classes.
  var textTokens: Int? { Self.textTokens[index._className ?? ""] }

  /// Reads the index of a folder.
  init(_ path: String) throws(ModelError) {
    self.path = path
    index = try FileSettings.decoded(path: path + "/model_index.json")
  }

  /// Opens the pipeline of the family that the index names.
  ///
  /// - Throws: `ModelError.value` which lists the supported families, where it is none of them.
  func pipeline(_ options: LoadingOptions) throws -> DiffusionPipeline {
    let name = index._className ?? "nothing"
    guard let family = Self.families[name] else {
      throw ModelError.value(
        file: path + "/model_index.json", key: "_class_name",
        expected: Self.families.keys.sorted().joined(separator: " or "), found: name)
    }
    return try family(self, options)
  }
}
