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
  /// - Throws: `UsageError` where the path names another format than the one asked for.
  package init(of path: String, requested: OutputFormat?) throws(UsageError) {
    let named = OutputFormat(path: path)
    if let requested, let named, requested != named {
      throw .other("output '\(path)' is not named like a file of --format \(requested)")
    }
    self = requested ?? named ?? .png
  }
}
