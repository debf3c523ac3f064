internal import _LibC

/// A file that the operating system does not let us read or write.
public enum FileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file cannot be opened or read; `code` is the system's error number.
  case unreadable(path: String, code: Int32)
  /// The file cannot be written; `code` is the system's error number.
  case unwritable(path: String, code: Int32)
  /// There is something else of this name: a directory, a pipe, a device.
  case notRegular(path: String)

  /// What happened, with the path.
  public var description: String {
    switch self {
    case .unreadable(let path, let code): "cannot read '\(path)': \(Self.reason(code))"
    case .unwritable(let path, let code): "cannot write '\(path)': \(Self.reason(code))"
    case .notRegular(let path): "'\(path)' is not a regular file"
    }
  }

  private static func reason(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
  }
}
