internal import _ExampleCommandLine
internal import _ExampleStudy

/// The options of `block-study`.
struct BlockStudyOptions {
  let study = StudyOptions(images: 32)

  private let caching = Heading("Caching")
  let interval = Option(
    "interval", as: .integer(2...1000), default: 2, "one step in so many is computed in full, N")

  private let outputs = Heading("Output")
  let output = Option(
    "output", short: "o", as: .path.named("FOLDER"), default: "block-report",
    "where the report goes")
  let quiet = Option(flag: "quiet", short: "q", "print nothing but errors")

  var command: Command {
    Command(
      "block-study", version: BlockStudy.version,
      summary: "Shows what the blocks of a model are for: which may be cached, when, and how many.",
      options: self)
  }
}
