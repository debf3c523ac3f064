import Foundation

/// A folder for the files of one test, which goes with them.
final class TemporaryDirectory {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/tensor-tests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in this folder.
  func file(_ name: String) -> String { path + "/" + name }

  /// Writes a file and returns its path.
  func write(_ bytes: [UInt8], as name: String = "file") throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }

  /// The bytes of a file.
  func read(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: file(name))))
  }

  /// The names of the files.
  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

/// The golden files, which lie beside the tests in the repository.
enum Fixtures {
  static func path(_ name: String) -> String {
    var folder = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    folder.removeLast(3)
    return folder.joined(separator: "/") + "/Fixtures/" + name
  }
}
