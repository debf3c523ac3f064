internal import DiT
internal import Kernels
internal import _ExampleCommandLine

/// The options of every study: what is drawn, and how.
package struct StudyOptions: SharedOptions, Sendable {
  private let what = Heading("Images")
  let model = Option(
    "model", optional: .path.named("FOLDER"), default: "the shipped fashion-dit",
    "a folder of this package or of diffusers, a checkpoint, or a name in the cache")
  let autoencoder = Option(
    "vae", optional: .path.named("FOLDER"), default: "the model's",
    "the folder of another autoencoder, or its name in the cache")
  let variant = Option(
    "variant", optional: .text.named("NAME"), default: "none",
    "which of several files of weights to read, such as fp16")
  let precision = Option(
    "precision", as: .choice(["auto"] + Precision.allCases.map(\.rawValue)), default: "auto",
    "the numbers that the model multiplies")
  let prompts = Option(
    "prompt", short: "p", each: .text, default: "none",
    "what to draw, for models of texts; several are drawn in turn")
  let images: Option<Int>
  let seed = Option(
    "seed", short: "s", as: .integer(0...Int.max / 2), default: 0,
    "the seed of the first image; the next ones count on")

  private let sampling = Heading("Sampling")
  let steps = Option("steps", as: .integer(2...100_000), default: 20, "the number of steps")
  let sampler = Option(
    "sampler", optional: .choice(SamplerKind.allCases.map(\.rawValue)), default: "ddim for DiT",
    "how a step is taken")
  let guidanceScale = Option(
    "cfg-scale", optional: .number(-1e6...1e6), default: "the model's", "classifier-free guidance")

  private let computing = Heading("Computing")
  let batchSize = Option(
    "batch-size", as: .integer(1...1024), default: 16, "images that are computed together")
  let threads = Option(
    "threads", short: "t", optional: .integer(1...1024), default: "one for each processor",
    "the most threads to use")

  /// The options, with the number of images that is drawn where none is given.
  package init(images count: Int) {
    images = Option(
      "images", as: .integer(1...100_000), default: count,
      "the images that every method draws, of the classes or prompts in turn")
  }
}
