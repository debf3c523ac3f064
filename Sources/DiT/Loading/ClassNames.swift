internal import Tensor

extension DiffusionPipeline {
  /// The names of a model's classes, by label, without reading its weights.
  ///
  /// - Parameter folder: The path of a folder or checkpoint, or the name, as for `init`.
  /// - Returns: A name for each class, or several with commas between them; empty where the model does
  ///   not draw classes.
  /// - Throws: `ModelError` or `CheckpointError`, naming the file.
  public static func classNames(folder: String) throws -> [String] {
    switch try ModelLocation(folder) {
    case .ownFolder(let folder):
      let file = folder + "/config.json"
      let description: ModelDescription = try FileSettings.decoded(path: file)
      return classNames(
        description.id2label, count: try description.configuration(file: file).classCount)
    case .diffusersFolder(let path):
      let folder = try DiffusersFolder(path)
      guard folder.index._className == "DiTPipeline" else { return [] }
      let file = path + "/transformer/config.json"
      let fields: TransformerFields = try FileSettings.decoded(path: file)
      return classNames(
        folder.index.id2label,
        count: try fields.configuration(FileSettings(file: file)).classCount)
    case .originalCheckpoint(let path):
      let checkpoint = try Checkpoint(path: path).trained()
      guard !PixArtTransformer.Configuration.isOriginal(checkpoint) else { return [] }
      return classNames(nil, count: try DiffusionTransformer.Configuration(checkpoint).classCount)
    }
  }

  /// The names of classes by label, from a table that may lack some of them.
  static func classNames(_ labels: [String: String]?, count: Int) -> [String] {
    (0..<count).map { labels?[String($0)] ?? "class \($0)" }
  }
}
