import Foundation
import _TestSupport

/// A folder that goes when the test is done.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in the folder.
  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// The names of the files in the folder, sorted.
  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

/// What a run of `generate` printed, and how it ended.
struct GenerateResult {
  let status: Int32
  let output, error: String
}

/// A process of `generate`, the executable that was built beside the tests.
struct GenerateProcess {
  private let process = Process()
  private let output = Pipe(), error = Pipe()

  /// Where the executable is.
  static var executable: URL { Bundle.main.bundleURL.appending(path: "generate") }

  /// Starts a process.
  ///
  /// - Parameters:
  ///   - arguments: The command line.
  ///   - environment: Variables to add.
  ///   - executable: Another executable than the one that was built.
  ///   - folder: The folder to work in; that of the tests if there is none.
  ///   - redirection: Where standard output goes instead of the result.
  /// - Throws: Where the executable cannot be started.
  init(
    _ arguments: [String], environment: [String: String] = [:], executable: URL = Self.executable,
    folder: TemporaryFolder? = nil, output redirection: FileHandle? = nil
  ) throws {
    process.executableURL = executable
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = URL(filePath: folder.path) }
    process.standardOutput = redirection ?? output
    process.standardError = error
    try process.run()
    // Without a writer of its own the pipe would never end.
    if redirection != nil { try output.fileHandleForWriting.close() }
  }

  /// Whether it has not ended yet.
  var isRunning: Bool { process.isRunning }

  /// Sends the signal of Ctrl-C.
  func interrupt() { process.interrupt() }

  /// Sends a signal.
  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Waits for the end; what is printed fits in a pipe.
  func finish() -> GenerateResult {
    process.waitUntilExit()
    func text(_ pipe: Pipe) -> String {
      String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }
    return GenerateResult(
      status: process.terminationStatus, output: text(output), error: text(error))
  }
}

/// Runs `generate` to its end.
func generate(_ arguments: String..., environment: [String: String] = [:]) throws -> GenerateResult
{
  try GenerateProcess(arguments, environment: environment).finish()
}
