import Testing
import _ExampleCommandLine

/// Options of every kind.
private struct SomeOptions {
  private let work = Heading("Work")
  let steps = Option(
    "steps", "num-inference-steps", as: .integer(1...1000), default: 20, "denoising steps")
  let scale = Option(
    "cfg-scale", "guidance-scale", optional: .number(0...30), default: "the model's", "guidance")
  let count = Option("batch-count", short: "b", as: .integer(1...64), default: 1, "images")
  let seed = Option("seed", short: "s", as: .integer(0...9999), default: 42, "first seed")
  let classes = Option("class", each: .text.named("CLASS"), "a class; may be repeated")
  let rng = Option("rng", as: .choice(["torch", "philox"]), default: "torch", "noise")
  let cache = Option("cache", optional: .text.named("NAME[:KEY=VALUE,...]"), "what is reused")
  let outputs = OutputOptions()
}

/// Options that other commands could have, too.
private struct OutputOptions: SharedOptions {
  private let heading = Heading("Output")
  let format = Option(
    "format", optional: .choice(OutputFormat.allCases.map(\.rawValue)), "the files' kind")
  let output = Option("output", short: "o", as: .path, default: "out.png", "the file")
  let quiet = Option(flag: "quiet", short: "q", "print only errors")
}

private let options = SomeOptions()
private let command = Command(
  "generate", version: "1.2.3", summary: "Draws images.", options: options)

/// The parsed arguments; fails where the command line asks for something else than work.
private func parse(_ line: String...) throws -> ParsedArguments {
  guard case .run(let arguments) = try command.parse(line) else {
    throw UsageError.other("no work")
  }
  return arguments
}

/// The message that refuses a command line.
private func refusal(_ line: [String]) -> String? {
  do {
    _ = try command.parse(line)
    return nil
  } catch { return error.description }
}

@Suite struct ParsingTests {
  @Test func defaultsHoldWithoutArguments() throws {
    let arguments = try parse()
    #expect(arguments[options.steps] == 20)
    #expect(arguments[options.scale] == nil)
    #expect(arguments[options.classes] == [])
    #expect(arguments[options.rng] == "torch")
    #expect(arguments[options.outputs.format] == nil)
    #expect(!arguments[options.outputs.quiet])
    #expect(!arguments.has(options.steps))
  }

  @Test func readsEverySpelling() throws {
    #expect(try parse("--steps", "7")[options.steps] == 7)
    #expect(try parse("--steps=7")[options.steps] == 7)
    #expect(try parse("--num-inference-steps", "7")[options.steps] == 7)
    #expect(try parse("--guidance-scale=1.5")[options.scale] == 1.5)
    #expect(try parse("-b", "4")[options.count] == 4)
    #expect(try parse("-b=4")[options.count] == 4)
    #expect(try parse("--batch-count", "4")[options.count] == 4)
    #expect(try parse("-q")[options.outputs.quiet])
    #expect(try parse("--quiet")[options.outputs.quiet])
    #expect(try parse("--rng", "philox")[options.rng] == "philox")
    #expect(try parse("--format", "npy")[options.outputs.format] == "npy")
    #expect(try parse("--steps", "7").has(options.steps))
  }

  @Test func repeatedOptionsKeepOrderAndCommas() throws {
    let arguments = try parse(
      "--class", "tench, Tinca tinca", "-q", "--class=207", "--class", "a=b")
    #expect(arguments[options.classes] == ["tench, Tinca tinca", "207", "a=b"])
  }

  @Test func findsOptionsThatHaveNoUse() throws {
    let arguments = try parse("--steps", "7", "-q", "-b", "4")
    let (steps, count): (any AnyOption, any AnyOption) = (options.steps, options.count)
    #expect(arguments.firstGiven(besides: []) == "--batch-count")
    #expect(arguments.firstGiven(besides: [steps, count]) == "--quiet")
    #expect(arguments.firstGiven(besides: [steps, count, options.outputs.quiet]) == nil)
  }

  @Test func valuesMayLookOdd() throws {
    #expect(try parse("-o", "-")[options.outputs.output] == "-")
    #expect(try parse("-o=-strange")[options.outputs.output] == "-strange")
    #expect(try parse("--output=a=b")[options.outputs.output] == "a=b")
    #expect(try parse("--class=")[options.classes] == [""])
    #expect(try parse("--class", "-1e5")[options.classes] == ["-1e5"])
  }

  @Test func readsTexts() throws {
    let cache = try parse("--cache", "delta-dit:n=2")[options.cache]
    #expect(cache == "delta-dit:n=2")
  }

  @Test func helpAndVersionEndTheReading() throws {
    for line in [["--help"], ["-h"], ["--steps", "0", "--help", "--nonsense"]] {
      guard case .help = try command.parse(line) else {
        Issue.record("no help for \(line)")
        continue
      }
    }
    guard case .version = try command.parse(["--version"]) else {
      Issue.record("no version")
      return
    }
  }

  @Test(arguments: [
    (["--steps", "0"], "--steps must be an integer from 1 to 1000, not '0'"),
    (["--steps=x"], "--steps must be an integer from 1 to 1000, not 'x'"),
    (["--num-inference-steps", "2.5"], "--steps must be an integer from 1 to 1000, not '2.5'"),
    (["-s", "-1"], "--seed must be an integer from 0 to 9999, not '-1'"),
    (
      ["-s", "99999999999999999999"],
      "--seed must be an integer from 0 to 9999, not '99999999999999999999'"
    ),
    (["-b", "65"], "--batch-count must be an integer from 1 to 64, not '65'"),
    (["--cfg-scale", "nan"], "--cfg-scale must be a number from 0 to 30, not 'nan'"),
    (["--cfg-scale", "inf"], "--cfg-scale must be a number from 0 to 30, not 'inf'"),
    (["--cfg-scale", "-.5"], "--cfg-scale must be a number from 0 to 30, not '-.5'"),
    (["--rng", "numpy"], "--rng must be one of torch, philox, not 'numpy'"),
    (["--format=jpg"], "--format must be one of png, npy, safetensors, not 'jpg'"),
    (["-o", ""], "--output must be a path, not ''"),
    (["--steps"], "--steps needs a value: --steps N"),
    (["--output", "--quiet"], "--output needs a value: --output PATH"),
    (["--output", "--", "x"], "--output needs a value: --output PATH"),
    (["-o", "-q"], "--output needs a value: --output PATH"),
    (["--class"], "--class needs a value: --class CLASS"),
    (["--quiet=yes"], "--quiet takes no value"),
    (["--steps", "1", "--num-inference-steps", "2"], "--steps may be given only once"),
    (["-q", "--quiet"], "--quiet may be given only once"),
    (["cat"], "unexpected argument 'cat'"),
    (["--", "--quiet"], "unexpected argument '--quiet'"),
    (["-"], "unexpected argument '-'"),
  ])
  func refuses(_ line: [String], _ message: String) {
    #expect(refusal(line) == message)
  }

  @Test(arguments: [
    ("--step", ", did you mean '--steps'?"),
    ("--guidence-scale", ", did you mean '--guidance-scale'?"),
    ("--frobnicate", ""), ("-b4", ", did you mean '-b 4'?"), ("-z", ""), ("-zoo", ""),
    ("--STEPS", ""),
  ])
  func namesAllowedOptions(_ option: String, _ guess: String) {
    let allowed =
      "--steps, --cfg-scale, --batch-count, --seed, --class, --rng, --cache, --format, --output, "
      + "--quiet, --help, --version"
    #expect(refusal([option]) == "unknown option '\(option)'\(guess) (allowed: \(allowed))")
  }

  @Test func writesHelp() {
    #expect(
      command.helpText == """
        usage: generate [options]

        Draws images.

        Work:
              --steps N               denoising steps; also --num-inference-steps
                                      (default: 20)
              --cfg-scale X           guidance; also --guidance-scale (default: the
                                      model's)
          -b, --batch-count N         images (default: 1)
          -s, --seed N                first seed (default: 42)
              --class CLASS           a class; may be repeated
              --rng torch|philox      noise (default: torch)
              --cache NAME[:KEY=VALUE,...]
                                      what is reused

        Output:
              --format png|npy|safetensors
                                      the files' kind
          -o, --output PATH           the file (default: out.png)
          -q, --quiet                 print only errors

        Help:
          -h, --help                  print this and exit
              --version               print the version and exit

        """)
    #expect(command.versionText == "generate 1.2.3\n")
  }

  @Test func countsOperands() throws {
    let command = Command(
      "compare", version: "1", summary: "Compares.", operands: .init("IMAGE", count: 2...2),
      options: ())
    guard case .run(let arguments) = try command.parse(["a", "--", "--b"]) else {
      Issue.record("no work")
      return
    }
    #expect(arguments.operands == ["a", "--b"])
    #expect(throws: UsageError.wrongCount(placeholder: "IMAGE", needed: 2...2, found: 1)) {
      try command.parse(["a"])
    }
    #expect(command.helpText.hasPrefix("usage: compare [options] IMAGE ...\n"))
  }

  @Test func describesRemainingErrors() {
    #expect(
      UsageError.wrongCount(placeholder: "FILE", needed: 1...1, found: 0).description
        == "needs 1 FILE, not 0")
    #expect(
      UsageError.wrongCount(placeholder: "FILE", needed: 1...3, found: 4).description
        == "needs 1 to 3 FILE, not 4")
    #expect(
      options.classes.refusing("cat", allowed: "a class from 0 to 9").description
        == "--class must be a class from 0 to 9, not 'cat'")
  }
}
