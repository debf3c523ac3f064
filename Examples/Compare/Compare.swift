internal import DiT
internal import Foundation
internal import Kernels
internal import Tensor
internal import _ExampleCommandLine

/// Compares methods of caching with one another and with fewer steps, in one report.
@main
struct Compare {
  static let version = "0.1.0"

  static func main() async {
    let options = CompareOptions()
    await runExample(options.command) { arguments in
      try Workspace.selectInstructionSetFromEnvironment()
      if let path = arguments[options.from] {
        let results = try Results(path: path)
        try write(results, to: folder(of: path))
        return
      }
      let settings = try CompareSettings(
        options, arguments, commandLine: Array(CommandLine.arguments.dropFirst()))
      var comparing = try Comparing(settings)
      do {
        try await comparing.finish()
      } catch {
        // What is finished is on disk; an interrupted run goes on with the same command.
        if error is CancellationError, !settings.isQuiet {
          try? StandardStream.error.write(
            "what is finished is in \(settings.output); the same command goes on\n")
        }
        throw error
      }
      if !settings.isQuiet {
        try StandardStream.output.write(summary(comparing.results, in: settings.output))
      }
    }
  }
}

/// Writes results as a page, as JSON and as CSV.
///
/// - Throws: `FileError` where a file cannot be written.
func write(_ results: Results, to folder: String) throws {
  let folder = folder.isEmpty ? "." : folder
  try AtomicFile.create(folder + "/results.json", Array(try jsonReport(results).utf8))
  try AtomicFile.create(folder + "/results.csv", Array(csv(results).utf8))
  try AtomicFile.create(folder + "/report.html", Array(page(results).utf8))
}
