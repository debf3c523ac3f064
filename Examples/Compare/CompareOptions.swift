internal import DiT
internal import Kernels
internal import _ExampleCommandLine

/// The options of `compare`.
struct CompareOptions {
  let model = Option(
    "model", optional: .path.named("FOLDER"), default: "the shipped fashion-dit",
    "a folder of this package or of diffusers, a checkpoint, or a name in the cache")
  let precision = Option(
    "precision", as: .choice(["auto"] + Precision.allCases.map(\.rawValue)), default: "auto",
    "the numbers that the model multiplies")
  let prompts = Option(
    "prompt", short: "p", each: .text, default: "none",
    "what to draw, for models of texts; several are drawn in turn")
  let images = Option(
    "images", as: .integer(1...100_000), default: 32,
    "the images that every method draws, of the classes or prompts in turn")
  let seed = Option(
    "seed", short: "s", as: .integer(0...Int.max / 2), default: 0,
    "the seed of the first image; the next ones count on")
  let steps = Option("steps", as: .integer(2...100_000), default: 20, "the number of steps")
  let sampler = Option(
    "sampler", optional: .choice(SamplerKind.allCases.map(\.rawValue)), default: "ddim for DiT",
    "how a step is taken")
  let guidanceScale = Option(
    "cfg-scale", optional: .number(-1e6...1e6), default: "the model's", "classifier-free guidance")

  let methods = Option(
    "method", each: .text.named("NAME[:KEY=VALUE,…]"), default: "every method with its presets",
    "a method as --cache of generate takes it; may be repeated")
  let ladder = Option(
    "ladder", as: .choice(["some", "all", "none"]), default: "some",
    "the numbers of fewer steps to compare with")
  let referenceSteps = Option(
    "reference-steps", as: .integer(1...100_000), default: 250,
    "the steps of the second reference, which no method starts from")
  let rounds = Option(
    "rounds", as: .integer(1...1000), default: 3,
    "how often each method is timed, in turns with all others")
  let budget = Option(
    "budget", optional: .number(0.01...1), default: "none",
    "search for settings that spend this share of a run without a cache")
  let budgetUnit = Option(
    "budget-of", as: .choice(["macs", "time"]), default: "macs",
    "what --budget is a share of: multiply-adds or seconds")

  let batchSize = Option(
    "batch-size", as: .integer(1...1024), default: 16, "images that are computed together")
  let threads = Option(
    "threads", short: "t", optional: .integer(1...1024), default: "one for each processor",
    "the most threads to use")
  let output = Option(
    "output", short: "o", as: .path.named("FOLDER"), default: "compare-report",
    "where the report goes; the same command goes on where it stopped")
  let from = Option(
    "from", optional: .path.named("FILE"), default: "none",
    "draw the report of a results.json anew, and measure nothing")
  let quiet = Option(flag: "quiet", short: "q", "print nothing but errors")

  /// All of them, with their help.
  var command: Command {
    Command(
      "compare", version: Compare.version,
      summary: "Compares methods of caching with one another and with fewer steps, in one report.",
      groups: [
        .init("Images", [model, precision, prompts, images, seed]),
        .init("Sampling", [steps, sampler, guidanceScale]),
        .init(
          "Methods",
          [methods, ladder, referenceSteps, rounds, budget, budgetUnit]),
        .init("Computing", [batchSize, threads]),
        .init("Output", [output, from, quiet]),
      ])
  }
}
