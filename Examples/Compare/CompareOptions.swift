internal import _ExampleCommandLine
internal import _ExampleStudy

/// The options of `compare`.
struct CompareOptions {
  let study = StudyOptions(images: 32)

  private let caching = Heading("Methods")
  let methods = Option(
    "method", each: .text.named("NAME[:KEY=VALUE,…]"), default: "every method with its presets",
    "a method as --cache of generate takes it; may be repeated")
  let ladder = Option(
    "ladder", as: .choice(["some", "all", "none"]), default: "some",
    "the numbers of fewer steps to compare with: six, or all from 4 on")
  let referenceSteps = Option(
    "reference-steps", as: .integer(1...100_000), default: 250,
    "the steps of the second reference, which no method starts from")
  let rounds = Option(
    "rounds", as: .integer(0...1000), default: 3,
    "how often each method is timed, in turns with all others")
  let budget = Option(
    "budget", optional: .number(0.01...1), default: "none",
    "search for settings that spend this share of a run without a cache")
  let budgetUnit = Option(
    "budget-of", as: .choice(["macs", "time"]), default: "macs",
    "what --budget is a share of: multiply-adds or seconds")

  private let outputs = Heading("Output")
  let output = Option(
    "output", short: "o", as: .path.named("FOLDER"), default: "compare-report",
    "where the report goes; the same command goes on where it stopped")
  let from = Option(
    "from", optional: .path.named("FILE"), default: "none",
    "draw the report of a results.json anew, and measure nothing")
  let quiet = Option(flag: "quiet", short: "q", "print nothing but errors")

  var command: Command {
    Command(
      "compare", version: Compare.version,
      summary: "Compares methods of caching with one another and with fewer steps, in one report.",
      options: self)
  }
}
