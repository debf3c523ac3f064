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
      try Workspace.selectInstructionSetFromEnvironment()
      let study = try Study(options.study, arguments, version: version)
      let folder = arguments[options.output]
      try makeFolder(folder)
      try checkFolder(folder)
      let command = (["block-study"] + CommandLine.arguments.dropFirst()).joined(separator: " ")
      let findings = try await Findings(
        study, interval: arguments[options.interval], command: command,
        isQuiet: arguments[options.quiet])
      func write(_ text: String, _ name: String) throws {
        try AtomicFile.create("\(folder)/\(name)", Array(text.utf8))
      }
      try write(jsonReport(findings), "results.json")
      try write(page(findings), "report.html")
      if !arguments[options.quiet] {
        try StandardStream.output.write("wrote      \(folder)/report.html\n")
      }
    }
  }
}
