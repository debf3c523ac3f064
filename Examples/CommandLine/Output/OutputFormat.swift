/// The kinds of file that examples write.
package enum OutputFormat: String, CaseIterable, Sendable {
  /// An image.
  case png
  /// An array for NumPy.
  case npy
  /// Named tensors.
  case safetensors

  /// The format that a path's extension names.
  package init?(path: String) {
    guard let dot = path.lastIndex(of: "."), !path[dot...].contains("/") else { return nil }
    self.init(rawValue: path[dot...].dropFirst().lowercased())
  }

  /// The format of an output: the one asked for, or the one its path names, or PNG.
  ///
  /// - Parameters:
  ///   - path: What the user gave as the output; nil where that is no name of a file.
  ///   - requested: The format that was asked for.
  /// - Throws: `UsageError` where the path names another format than the one asked for, or one that
  ///   is not written.
  package init(of path: String?, requested: OutputFormat?) throws(UsageError) {
    let named = path.flatMap { OutputFormat(path: $0) }
    if let requested, let named, requested != named {
      throw .other("output '\(path ?? "")' is not named like a file of --format \(requested)")
    }
    if named == nil, let path, let ending = Self.ending(of: path) {
      throw .other("output '\(path)' must end in .png, .npy or .safetensors, not in .\(ending)")
    }
    self = requested ?? named ?? .png
  }

  /// The ending of a path that looks like one: letters and digits, a letter first, or nothing behind
  /// the dot.
  private static func ending(of path: String) -> Substring? {
    let name = lastName(of: path)
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return nil }
    let ending = name[dot...].dropFirst()
    guard let first = ending.first else { return ending }
    guard first.isLetter else { return nil }
    return ending.allSatisfy { $0.isLetter || $0.isNumber } ? ending : nil
  }
}
