internal import Foundation
internal import Tensor
internal import _ExampleCommandLine

/// Lists the tensors of a checkpoint, and converts it.
@main
struct Inspect {
  static func main() async {
    let options = InspectOptions()
    await runExample(options.command) { arguments in
      let conversion = try Conversion(options, arguments)
      var checkpoint = try Checkpoint(path: arguments.operands[0])
      if let name = arguments[options.subtree] { checkpoint = try checkpoint.subtree(name) }
      try conversion?.check()
      var report = InspectReport(checkpoint)
      if arguments[options.hash] { try report.hash() }
      report.outputs = try conversion?.run(checkpoint)
      let text = arguments[options.json] ? try jsonReport(report) : report.words
      try StandardStream.output.write(text)
    }
  }
}
