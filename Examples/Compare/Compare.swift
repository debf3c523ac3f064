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
      if let path = arguments[options.from] {
        if let other = arguments.firstGiven(besides: [options.from, options.quiet]) {
          throw UsageError.other(
            "--from draws the report of '\(path)' anew, beside it, and takes no \(other)")
        }
        return try report(
          Analysis(Results(path: path)), in: folder(of: path), isQuiet: arguments[options.quiet])
      }
      let settings = try CompareSettings(
        options, arguments, commandLine: Array(CommandLine.arguments.dropFirst()))
      var comparing = try Comparing(settings)
      do {
        try await comparing.finish()
      } catch {
        // All results so far are on disk; a report of them helps, but may fail.
        try? write(Analysis(comparing.results), to: settings.output)
        if error is CancellationError, !settings.isQuiet {
          StandardStream.tell(
            "what is finished is in \(settings.output); the same command goes on\n")
        }
        throw error
      }
      try report(Analysis(comparing.results), in: settings.output, isQuiet: settings.isQuiet)
    }
  }

  /// Writes a report and says what is in it.
  private static func report(_ analysis: Analysis, in folder: String, isQuiet: Bool) throws {
    try write(analysis, to: folder)
    if !isQuiet { try StandardStream.output.write(summary(analysis, in: folder)) }
  }
}

/// Writes a report as a page, as CSV, and as Markdown with its plots.
///
/// - Throws: `FileError` where a file cannot be written.
func write(_ analysis: Analysis, to folder: String) throws {
  func write(_ text: String, _ name: String) throws {
    try AtomicFile.create("\(folder)/\(name)", Array(text.utf8))
  }
  try write(csv(analysis), "results.csv")
  try write(markdown(analysis), "report.md")
  for measure in analysis.measures {
    try write(plot(analysis, measure, .seconds).svg(isFile: true), "\(measure.id).svg")
  }
  try write(page(analysis), "report.html")
}
