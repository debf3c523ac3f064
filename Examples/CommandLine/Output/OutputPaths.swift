internal import Foundation

/// A reason not to begin, because the results could not be kept.
package enum OutputError: Error, Equatable {
  /// The folder of the output does not exist.
  case missingFolder(String)
  /// The folder of the output takes no new files.
  case readOnlyFolder(String)
  /// The output is a folder.
  case isFolder(String)
  /// The output exists, and is not to be overwritten.
  case exists(String)
}

extension OutputError: CustomStringConvertible {
  /// The error in words, with the path.
  package var description: String {
    switch self {
    case .missingFolder(let path): "the output's folder '\(path)' does not exist"
    case .readOnlyFolder(let path): "the output's folder '\(path)' is not writable"
    case .isFolder(let path): "the output '\(path)' is a folder; name a file"
    case .exists(let path): "'\(path)' exists, and --no-clobber keeps it"
    }
  }
}

/// The paths of the files of an output: `name.png`, or `name-0001.png` and so on for several.
///
/// A path that does not end in the format's extension gets it.
///
/// - Parameters:
///   - path: What the user gave as the output.
///   - format: The format of the files.
///   - count: The number of files.
/// - Returns: As many paths, all in one folder.
/// - Throws: `OutputError.isFolder` where the user named a folder that exists, or ended in a slash.
package func outputPaths(_ path: String, format: OutputFormat, count: Int) throws(OutputError)
  -> [String]
{
  var isFolder: ObjCBool = false
  _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
  guard !isFolder.boolValue, !path.hasSuffix("/") else { throw .isFolder(path) }
  let hasExtension = OutputFormat(path: path) == format
  let dot = path.lastIndex(of: ".") ?? path.endIndex
  let stem = hasExtension ? String(path[..<dot]) : path
  let suffix = hasExtension ? String(path[dot...]) : ".\(format.rawValue)"
  guard count > 1 else { return [stem + suffix] }
  let digits = max(4, "\(count)".count)
  return (1...count).map { number in
    let text = "\(number)"
    return "\(stem)-" + String(repeating: "0", count: digits - text.count) + text + suffix
  }
}

/// Whether two paths are spellings of one.
package func isSameFile(_ a: String, _ b: String) -> Bool {
  func plain(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
  }
  return plain(a) == plain(b)
}

/// Throws where files could not be written to paths; to be called before any work.
///
/// - Parameters:
///   - paths: Where the files will be.
///   - clobber: Whether files that exist may be overwritten.
/// - Throws: `OutputError` for the first path at fault.
package func checkOutputs(_ paths: [String], clobber: Bool) throws(OutputError) {
  let files = FileManager.default
  for path in paths {
    let folder = (path as NSString).deletingLastPathComponent
    var isFolder: ObjCBool = false
    guard files.fileExists(atPath: folder.isEmpty ? "." : folder, isDirectory: &isFolder),
      isFolder.boolValue
    else { throw .missingFolder(folder) }
    guard files.isWritableFile(atPath: folder.isEmpty ? "." : folder) else {
      throw .readOnlyFolder(folder)
    }
    guard files.fileExists(atPath: path, isDirectory: &isFolder) else { continue }
    if isFolder.boolValue { throw .isFolder(path) }
    if !clobber { throw .exists(path) }
  }
}
