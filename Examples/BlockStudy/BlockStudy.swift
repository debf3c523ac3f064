internal import Foundation
internal import Kernels
internal import Tensor
internal import _ExampleCommandLine
internal import _ExampleStudy

/// The investigation of [Δ-DiT](https://arxiv.org/abs/2406.01125) on any model: front, middle and
/// rear blocks, the boundary b, the number of blocks N_c, and how each block's offset changes.
@main
struct BlockStudy {
  static let version = "0.1.0"

  static func main() async {
    let options = BlockStudyOptions()
    await runExample(options.command) { arguments in
      let study = try Study(options.study, arguments, version: version)
      let folder = arguments[options.output]
      try makeFolder(folder)
      try checkFolder(folder)
      let command = (["block-study"] + CommandLine.arguments.dropFirst()).joined(separator: " ")
      var isBegun = false
      do {
        try await Findings.find(
          study, interval: arguments[options.interval], command: command,
          isQuiet: arguments[options.quiet]
        ) { findings in
          try write(findings, to: folder)
          isBegun = true
        }
      } catch let error as CancellationError {
        if isBegun, !arguments[options.quiet] {
          StandardStream.tell("what is finished is in \(folder)/report.html\n")
        }
        throw error
      }
      if !arguments[options.quiet] {
        try StandardStream.output.write("wrote      \(folder)/report.html\n")
      }
    }
  }

  /// Writes what was found so far.
  private static func write(_ findings: Findings, to folder: String) throws {
    func write(_ text: String, _ name: String) throws {
      try AtomicFile.create("\(folder)/\(name)", Array(text.utf8))
    }
    try write(jsonReport(findings), "results.json")
    try write(page(findings), "report.html")
  }
}
