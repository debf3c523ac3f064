internal import _LibC

/// A file that comes into being all at once, or not at all.
///
/// The bytes go to a file of another name in the same folder: for `out.png` it is called like
/// `.out.png.3k9x….tmp`, so that what a killed process leaves behind can be told. `commit` gives it
/// the name it is meant to have, in the place of what had that name; who has the old file open or
/// mapped keeps it. Without `commit` nothing is left behind.
package struct AtomicFile: ~Copyable {
  private let path: String
  private let temporaryPath: String
  /// The open file; negative once it is closed.
  private var descriptor: Int32

  /// Opens a file to be written.
  ///
  /// - Throws: `FileError` where the folder is missing or not writable, or the path means
  ///   something else than a regular file, such as a device.
  package init(path: String) throws(FileError) {
    var status = stat()
    if stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG {
      throw .notRegular(path: path)
    }
    let temporaryPath = Self.temporaryPath(for: path)
    let descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .unwritable(path: path, code: errno) }
    self.path = path
    self.temporaryPath = temporaryPath
    self.descriptor = descriptor
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    unlink(temporaryPath)
  }

  /// A new name beside a file's own.
  ///
  /// Systems take 255 bytes, so a long name is cut.
  private static func temporaryPath(for path: String) -> String {
    let start = path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex
    var name = path[start...]
    while name.utf8.count > 200 { name.removeLast() }
    return "\(path[..<start]).\(name).\(String(UInt64.random(in: 0 ... .max), radix: 36)).tmp"
  }

  /// Appends bytes.
  package func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      // Some systems refuse more than 2 GB at once.
      let part = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
      let written = write(descriptor, part.baseAddress, part.count)
      if written >= 0 {
        rest = rest.dropFirst(written)
      } else if errno != EINTR {
        throw .unwritable(path: path, code: errno)
      }
    }
  }

  /// Appends bytes.
  package func append(_ bytes: [UInt8]) throws(FileError) {
    try bytes.withUnsafeBufferPointer { (bytes) throws(FileError) in
      try append(UnsafeRawBufferPointer(bytes))
    }
  }

  /// Gives the file its name.
  package mutating func commit() throws(FileError) {
    // A full disk on the network may be reported here only.
    let isClosed = close(descriptor) == 0
    descriptor = -1
    guard isClosed, rename(temporaryPath, path) == 0 else {
      let code = errno
      unlink(temporaryPath)
      throw .unwritable(path: path, code: code)
    }
  }

  /// Makes a whole file, in the place of what has its name.
  package static func create(_ path: String, _ bytes: [UInt8]) throws(FileError) {
    var file = try AtomicFile(path: path)
    try file.append(bytes)
    try file.commit()
  }
}
