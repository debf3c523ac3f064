internal import Kernels
internal import _ExampleCommandLine

/// The options of `benchmarks`.
struct BenchmarkOptions {
  private let cases = Heading("Cases")
  let filter = Option(
    "filter", each: .text, default: "all but the longest",
    "only cases with this text in their names, or one of several with commas between them; may be "
      + "repeated")
  let all = Option(flag: "all", "the longest cases too")
  let isa = Option(
    "isa", optional: .choice(Workspace.supportedInstructionSets), default: "the widest",
    "the instruction set")
  let threads = Option(
    "threads", short: "t", optional: .integer(1...1024), default: "1 and all processors",
    "the number of threads")
  let samples = Option(
    "samples", optional: .integer(1...1000),
    default: "0.2 s of them, at least 5 (3 of models) unless that takes a second",
    "samples of each")

  private let output = Heading("Output")
  let json = Option(flag: "json", "print a report for programs")
  let compare = Option(
    "compare", optional: .path, "a report of --json; say what moved beyond the noise since")

  private let others = Heading("Other things to do")
  let list = Option(flag: "list", "print the names of the cases")
  let profile = Option(
    "profile", optional: .text.named("CASE"), "print where the time of one case goes")
  let serve = Option(
    flag: "serve", "time the cases whose names come line by line, and answer in JSON")

  var command: Command {
    Command(
      "benchmarks", version: "0.1.0",
      summary: "Times the kernels and models against this machine's own peaks.", options: self)
  }
}
