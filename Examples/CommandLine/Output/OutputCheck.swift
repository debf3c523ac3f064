internal import Foundation
internal import Tensor

/// A reason not to begin, because the results could not be kept.
package enum OutputError: Error, Equatable {
  /// The folder of the output does not exist.
  case missingFolder(String)
  /// The folder of the output takes no new files; why, in the system's words.
  case readOnlyFolder(String, reason: String)
  /// The output is a folder.
  case isFolder(String)
  /// The output is a device or a pipe.
  case notRegular(String)
  /// The output exists, and is not to be overwritten.
  case exists(String)
  /// A name in a path, or all of it, is longer than the system takes.
  case nameTooLong(String)
}

extension OutputError: CustomStringConvertible {
  /// The error in words, with the path.
  package var description: String {
    switch self {
    case .missingFolder(let path): "the output's folder '\(path)' does not exist"
    case .readOnlyFolder(let path, let reason):
      "the output's folder '\(path)' takes no new files: \(reason)"
    case .isFolder(let path): "the output '\(path)' is a folder; name a file"
    case .notRegular(let path): "the output '\(path)' is a device or a pipe; name a file"
    case .exists(let path): "'\(path)' exists, and --no-clobber keeps it"
    case .nameTooLong(let path): Self.tooLong(path)
    }
  }

  /// The longest name of a path, or all of it where no name is too long.
  private static func tooLong(_ path: String) -> String {
    let longest = path.split(separator: "/").max { $0.utf8.count < $1.utf8.count } ?? ""
    let isName = longest.utf8.count > Int(NAME_MAX)
    let text = isName ? String(longest) : path
    return (isName ? "a name in the output's path" : "the output's path")
      + " has \(text.utf8.count) bytes, which is too long: '\(text.shortened(to: 100))'"
  }
}

/// The one spelling of a path, whichever way it was written.
package func canonical(_ path: String) -> String {
  URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
}

/// The folder that a path is in, such as `.`; slashes at the end of the path do not count.
///
/// (Foundation's `deletingLastPathComponent` ends the program at a path of one letter.)
package func folder(of path: String) -> String {
  guard let end = path.lastIndex(where: { $0 != "/" }) else { return path.isEmpty ? "." : "/" }
  let path = path[...end]
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// What a path has behind its last slash.
package func lastName(of path: String) -> Substring {
  path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]
}

/// Makes a folder, and those that it is in; another process may do so at the same time.
///
/// - Throws: `OutputError.readOnlyFolder` where that is not possible, with the folder at fault.
package func makeFolder(_ path: String) throws(OutputError) {
  let parent = folder(of: path)
  if parent != path, try kind(of: parent) == nil { try makeFolder(parent) }
  guard mkdir(path, 0o777) != 0 else { return }
  let code = errno
  guard try kind(of: path) != S_IFDIR else { return }
  throw .readOnlyFolder(path, reason: String(cString: strerror(code)))
}

/// Throws where a folder takes no new files, by making one and removing it: permissions do not tell
/// all, as of a full disk and of `/proc`.
///
/// - Throws: `OutputError` for the folder.
package func checkFolder(_ folder: String) throws(OutputError) {
  guard try kind(of: folder) == S_IFDIR else { throw .missingFolder(folder) }
  do {
    let file = try AtomicFile(path: "\(folder)/\(UInt64.random(in: 0 ... .max))")
    // Without `commit` the file goes again.
    try file.append([UInt8](repeating: 0, count: 4096))
  } catch {
    guard case .unwritable(_, let code) = error else { throw .notRegular(folder) }
    throw .readOnlyFolder(folder, reason: String(cString: strerror(code)))
  }
}

/// Throws where files could not be written to paths; to be called before any work.
///
/// - Parameters:
///   - paths: Where the files will be.
///   - clobber: Whether files that exist may be overwritten.
/// - Throws: `OutputError` for the first path at fault.
package func checkOutputs(_ paths: [String], clobber: Bool) throws(OutputError) {
  var folders: Set<String> = []
  for path in paths {
    let folder = folder(of: path)
    if folders.insert(folder).inserted { try checkFolder(folder) }
    switch try kind(of: path) {
    case nil: continue
    case S_IFDIR: throw .isFolder(path)
    case S_IFREG: if !clobber { throw .exists(path) }
    default: throw .notRegular(path)
    }
  }
}

/// Throws where a path is that of a device or a pipe, or too long, or its folder takes no new
/// files.
package func checkFile(_ path: String) throws(OutputError) {
  if let kind = try kind(of: path), kind != S_IFREG, kind != S_IFDIR { throw .notRegular(path) }
  try checkFolder(folder(of: path))
}

/// What a path is, by the system's numbers; nil where there is nothing.
///
/// - Throws: `OutputError.nameTooLong` where there can be nothing.
private func kind(of path: String) throws(OutputError) -> mode_t? {
  var status = stat()
  if stat(path, &status) == 0 { return status.st_mode & S_IFMT }
  guard errno != ENAMETOOLONG else { throw .nameTooLong(path) }
  return nil
}
