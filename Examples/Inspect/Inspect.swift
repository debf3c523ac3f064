internal import Foundation
internal import Tensor
internal import _ExampleCommandLine

/// Lists the tensors of a checkpoint, and converts it; says what is in a folder of a model.
@main
struct Inspect {
  static func main() async {
    let options = InspectOptions()
    await runExample(options.command) { arguments in
      let path = arguments.operands[0]
      let conversion = try Conversion(options, arguments)
      if isFolder(path) {
        try writeFolder(path, options, arguments)
        return
      }
      var checkpoint = try Checkpoint(path: path)
      if let name = arguments[options.subtree] { checkpoint = try checkpoint.subtree(name) }
      if arguments[options.stripPrefix], let prefix = checkpoint.wrapperPrefix {
        checkpoint = try checkpoint.subtree(prefix)
      }
      try conversion?.check(checkpoint)
      var report = InspectReport(checkpoint)
      if arguments[options.hash] { try report.hash() }
      if arguments[options.hashTensors] { try report.hashTensors(of: checkpoint) }
      try conversion?.run(checkpoint, &report)
      try write(report, report.words, asJSON: arguments[options.json])
    }
  }

  /// Says what is in a folder of a model; its files are converted one by one.
  private static func writeFolder(
    _ path: String, _ options: InspectOptions, _ arguments: ParsedArguments
  ) throws {
    if let other = arguments.firstGiven(besides: [options.json]) {
      throw UsageError.other(
        "'\(path)' is a folder; only --json goes with it, and \(other) with a file")
    }
    let report = try FolderReport(path)
    try write(report, report.words, asJSON: arguments[options.json])
  }

  private static func write(_ report: some Encodable, _ words: String, asJSON: Bool) throws {
    try StandardStream.output.write(asJSON ? try jsonReport(report) : words)
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }
}
