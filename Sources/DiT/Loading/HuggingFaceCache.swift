internal import Foundation

/// The models that Hugging Face's libraries have downloaded to this machine.
///
/// Nothing is downloaded. The layout is that of `huggingface_hub`: `models--owner--name/refs/main`
/// holds the revision, and `snapshots/<revision>` its files.
struct HuggingFaceCache: Sendable, Hashable {
  /// The folder with all models.
  let folder: String

  /// The cache that the environment names, as `huggingface_hub` reads it.
  init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    func named(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    let home =
      named("HF_HOME")
      ?? (named("XDG_CACHE_HOME") ?? (NSHomeDirectory() + "/.cache")) + "/huggingface"
    let cache = named("HF_HUB_CACHE") ?? named("HUGGINGFACE_HUB_CACHE") ?? home + "/hub"
    folder = (cache as NSString).expandingTildeInPath
  }

  /// Whether a text can be the name of a model: an owner and a name.
  static func isName(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy(isSafe)
  }

  /// Whether a text is a name of one file, and not of one elsewhere.
  private static func isSafe(_ part: some StringProtocol) -> Bool {
    !part.isEmpty && !part.hasPrefix(".") && part.utf8.count <= 96
      && part.unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || "0123456789-_.".unicodeScalars.contains($0))
      }
  }

  /// The folder of a model's main revision.
  ///
  /// - Parameter name: An owner and a name, such as `facebook/DiT-XL-2-256`.
  /// - Returns: The path of a snapshot, of which files may be missing.
  /// - Throws: `ModelError` where the model, or what the cache says of its revision, is not there.
  func snapshot(of name: String) throws(ModelError) -> String {
    let model = "\(folder)/models--" + name.split(separator: "/").joined(separator: "--")
    guard FileManager.default.fileExists(atPath: model) else {
      throw .notCached(name: name, cache: folder)
    }
    let reference = model + "/refs/main"
    guard let text = try? String(contentsOfFile: reference, encoding: .utf8) else {
      throw .unreadable(file: reference)
    }
    let revision = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard Self.isSafe(revision) else {
      throw .malformed(file: reference, reason: "it must hold the name of a revision")
    }
    return "\(model)/snapshots/\(revision)"
  }
}
