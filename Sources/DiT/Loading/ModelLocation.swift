internal import Foundation

/// Where a model is, and in which layout.
enum ModelLocation: Equatable {
  /// A folder in the layout of this package, with `config.json` and `model.safetensors`.
  case ownFolder(String)
  /// A folder as diffusers writes it, with `model_index.json`.
  case diffusersFolder(String)
  /// A checkpoint of the original code.
  case originalCheckpoint(String)

  /// Finds a model.
  ///
  /// - Parameters:
  ///   - path: The path of a folder or of a checkpoint, or the name of a model in the cache.
  ///   - cache: Where to look for names.
  /// - Throws: `ModelError` where a name is not in the cache, or a path is that of a part of one of
  ///   diffusers' pipelines.
  init(_ path: String, cache: HuggingFaceCache = HuggingFaceCache()) throws(ModelError) {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    if exists, let folder = Self.pipeline(around: path, isFolder: isFolder.boolValue) {
      throw .partOfPipeline(path: path, folder: folder)
    }
    if exists && !isFolder.boolValue {
      self = .originalCheckpoint(path)
    } else if exists {
      self = Self.isDiffusers(path) ? .diffusersFolder(path) : .ownFolder(path)
    } else if HuggingFaceCache.isName(path) {
      let snapshot = try cache.snapshot(of: path)
      let isOwn = hasFile(snapshot + "/config.json") && !Self.isDiffusers(snapshot)
      self = isOwn ? .ownFolder(snapshot) : .diffusersFolder(snapshot)
    } else {
      self = .ownFolder(path)
    }
  }

  /// The folder of the pipeline that a path belongs to: that of a part, of its weights, or of
  /// `model_index.json`; nil for others.
  private static func pipeline(around path: String, isFolder: Bool) -> String? {
    guard !isFolder || !isDiffusers(path) else { return nil }
    if !isFolder, path.split(separator: "/").last == "model_index.json" { return parent(path) }
    let part = isFolder ? path : parent(path)
    let folder = parent(part)
    // A checkpoint of the original code may be in any folder.
    return (isFolder || hasFile(part + "/config.json")) && hasFile(folder + "/model_index.json")
      ? folder : nil
  }

  /// The folder that a path is in, as the path spells it.
  static func parent(_ path: String) -> String {
    let path = path[...(path.lastIndex { $0 != "/" } ?? path.startIndex)]
    guard path != ".", !path.hasSuffix("..") else { return String(path) + "/.." }
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func isDiffusers(_ folder: String) -> Bool {
    hasFile(folder + "/model_index.json") || hasFile(folder + "/transformer")
  }

  /// The folder of an autoencoder.
  ///
  /// - Parameters:
  ///   - path: The path of its folder, or of one that has it in `vae`, or a name in the cache.
  ///   - cache: Where to look for names.
  /// - Returns: The path of a folder that should have `config.json`.
  /// - Throws: `ModelError` where a name is not in the cache, or the path is that of a file.
  static func autoencoderFolder(
    _ path: String, cache: HuggingFaceCache = HuggingFaceCache()
  ) throws(ModelError) -> String {
    var isFolder: ObjCBool = true
    guard
      !FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) || isFolder.boolValue
    else {
      throw .malformed(
        file: path,
        reason: "an autoencoder is a folder with 'config.json' and weights; name that folder")
    }
    let isCached = !hasFile(path) && HuggingFaceCache.isName(path)
    let folder = isCached ? try cache.snapshot(of: path) : path
    return hasFile(folder + "/vae") ? folder + "/vae" : folder
  }
}

/// Whether there is a file, a folder, or a link.
///
/// The target of a link may be missing, as in a partial snapshot.
func hasFile(_ path: String) -> Bool {
  (try? FileManager.default.attributesOfItem(atPath: path)) != nil
}
