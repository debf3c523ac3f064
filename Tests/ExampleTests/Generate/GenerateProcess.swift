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

  init(
    _ arguments: [String], environment: [String: String] = [:], executable: URL = Self.executable
  ) throws {
    process.executableURL = executable
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = output
    process.standardError = error
    try process.run()
  }

  /// Sends the signal of Ctrl-C.
  func interrupt() { process.interrupt() }

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
