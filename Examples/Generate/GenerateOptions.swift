internal import DiT
internal import Kernels
internal import _ExampleCommandLine

/// The options of `generate`.
struct GenerateOptions {
  private let what = Heading("What")
  let model = Option(
    "model", optional: .path.named("FOLDER"), default: "the shipped fashion-dit",
    "a folder of this package or of diffusers, a checkpoint of the original DiT or PixArt, or a "
      + "name in the cache of Hugging Face, such as facebook/DiT-XL-2-256")
  let autoencoder = Option(
    "vae", optional: .path.named("FOLDER"), default: "the model's",
    "the folder of another autoencoder, or its name in the cache")
  let variant = Option(
    "variant", optional: .text.named("NAME"), default: "none",
    "which of several files of weights to read, such as fp16")
  let classes = Option(
    "class", each: .text.named("CLASS"), default: "all",
    "a class by one of its names, unique beginning of one, or number; may be repeated")
  let prompts = Option(
    "prompt", short: "p", each: .text, default: "none",
    "what to draw, for models that draw from prompts; may be repeated")
  let promptFile = Option(
    "prompt-file", optional: .path.named("FILE"), default: "none",
    "a text file with a prompt in each line; they follow on those of --prompt")
  let negativePrompt = Option(
    "negative-prompt", short: "n", optional: .text, default: "the model's, or the empty one",
    "what guidance leads away from")
  let listsClasses = Option(
    flag: "list-classes", "print the numbers and names of the model's classes, and draw nothing")
  let count = Option(
    "batch-count", short: "b", as: .integer(1...100_000), default: 1,
    "images of each class or prompt")
  let seed = Option(
    "seed", short: "s", as: .seed, default: .given(42),
    "the seed of the first image; the next ones count on; -1 draws one and prints it")
  let rng = Option(
    "rng", as: .choice(["torch", "philox"]), default: "torch",
    "where noise comes from: PyTorch's generator, or a counter-based one")

  let width = Option(
    "width", short: "W", optional: .integer(1...65_536).named("PIXELS"), default: "the model's",
    "the width of an image")
  let height = Option(
    "height", short: "H", optional: .integer(1...65_536).named("PIXELS"), default: "the model's",
    "the height of an image")
  let bins = Option(
    flag: "bins",
    "draw the published size, of those that the model was trained on, whose aspect ratio is nearest "
      + "to that of --width and --height")

  private let texts = Heading("Texts")
  let textEncoder = Option(
    "text-encoder", optional: .path.named("FOLDER"), default: "the model's",
    "another folder with 'text_encoder' and 'tokenizer'")
  let textPrecision = Option(
    "text-precision", optional: .choice(Precision.allCases.map(\.rawValue)),
    default: "as --precision", "the numbers that the text encoder multiplies")
  let saveEmbeddings = Option(
    "save-embeddings", optional: .path.named("FILE"),
    "encode the prompts, the negative and the empty one to a .safetensors file, and draw nothing")
  let embeddings = Option(
    "embeddings", optional: .path.named("FILE"),
    "take the prompts' encodings from a file of --save-embeddings: no text encoder is needed")

  private let fromImage = Heading("From an image")
  let initImage = Option(
    "init-image", optional: .path.named("FILE"),
    "start from a PNG image, brought to the model's size, instead of noise alone")
  let strength = Option(
    "strength", optional: .number(0...1), default: "0.75, with --mask 1",
    "--init-image: how far the image is changed, the share of the steps that are taken")
  let mask = Option(
    "mask", optional: .path.named("FILE"),
    "--init-image: a PNG image, white where that is to be drawn anew; the rest is kept; "
      + "what is transparent counts as black")

  private let how = Heading("How")
  let steps = Option(
    "steps", "num-inference-steps", optional: .integer(1...1_000_000), default: "the model's",
    "the number of steps")
  let sampler = Option(
    "sampler", "sampling-method",
    optional: .choice(SamplerKind.allCases.map(\.rawValue)), default: "the model's",
    "how a step is taken; lcm is for models distilled to it, flow-euler for models of flows")
  let eta = Option("eta", as: .number(0...1), default: 0, "DDIM: the share of DDPM's noise")
  let spacing = Option(
    "timestep-spacing", optional: .choice(TimestepSpacing.allCases.map(\.rawValue)),
    default: "the model's", "how the steps are spread (not with lcm and flow-euler)")
  let schedule = Option(
    "schedule", optional: .choice(SigmaSpacing.allCases.map(\.rawValue)), default: "the model's",
    "how noise levels are spread (dpm++2m, dpm++2m-sde, unipc, euler, heun, flow-euler)")
  let guidanceScale = Option(
    "cfg-scale", "guidance-scale", optional: .number(-1e6...1e6), default: "the model's",
    "classifier-free guidance; 1 is none, and below it the prediction without a class is mixed "
      + "in, of which 0 is all")
  let guidanceBelowOne = Option(
    "cfg-below-one", as: .choice(Guidance.BelowOne.allCases.map(\.rawValue)), default: "mix",
    "what a --cfg-scale below 1 does; off is no guidance, as in diffusers")
  let guidedChannels = Option(
    "cfg-channels", optional: .choice(Guidance.Channels.allCases.map(\.rawValue)),
    default: "the model's", "the channels that are guided")
  let cache = Option(
    "cache", optional: .text.named("NAME[:KEY=VALUE,…]"), default: "none",
    "reuse what earlier steps computed, such as delta-dit:n=2 or fora:fast; several joined with +; "
      + "'list' tells of all methods and their keys")
  let calibration = Option(
    "calibration", optional: .path.named("FILE"), default: "none",
    "the calibration of methods that need one and name none by calibration=FILE")
  let calibrate = Option(
    "calibrate", optional: .text.named("METHOD"),
    "draw nothing, but measure the model for a method of --cache in the first --batch-size images, "
      + "and write its calibration to --output, calibration.json by default")
  let reference = Option(
    "reference", optional: .choice(Precision.allCases.map(\.rawValue)), default: "none",
    "--calibrate: another precision, such as f32, to which cache-quant and q-and-c correct that of "
      + "--precision")
  let compare = Option(
    flag: "compare", "also run without the cache, and with fewer steps of equal cost")

  let precision = Option(
    "precision", as: .choice(["auto"] + Precision.allCases.map(\.rawValue)), default: "auto",
    "the numbers that matrix products multiply; auto is bf16 for large models where the "
      + "processor multiplies it; int8 quantizes weights and tokens, w8 and w4 weights alone")
  let threads = Option(
    "threads", short: "t", optional: .integer(1...1024),
    default: "one a processor, shared with the shards of this machine", "the most threads to use")
  let batchSize = Option(
    "batch-size", as: .integer(1...1024), default: 10,
    "images that are computed together; no image depends on it")

  let shard = Option(
    "shard", optional: .shard, default: "all images",
    "draw one of N shares of the images, which no other share writes; auto takes I and N from "
      + "Slurm, MPI, torchrun or Kubernetes (auto/N); see docs/cluster.md")

  private let outputs = Heading("Output")
  let output = Option(
    "output", short: "o", optional: .path.named("FILE"), default: "generate.png",
    "where images go; several are numbered, FILE-0001.png; FOLDER/, a pattern of {class} and {label}, "
      + "or {prompt} and {index}, and {seed} and {number}, - for standard output, /dev/null for none"
  )
  let format = Option(
    "format", optional: .choice(OutputFormat.allCases.map(\.rawValue)),
    default: "by the output's name", "png, or all images in one array file")
  let grid = Option(
    flag: "grid", "one labelled image of all, as is done where no class or prompt is named")
  let noClobber = Option(flag: "no-clobber", "refuse to overwrite a file")
  let skipExisting = Option(
    flag: "skip-existing",
    "draw only the images whose files are not there, to go on where a run has stopped")
  let latentsIn = Option(
    "latents-in", optional: .path.named("FILE"),
    "start from the noise in a .npy file, or in 'latents' of a .safetensors file")
  let latentsOut = Option(
    "latents-out", optional: .path.named("FILE"),
    "save the finished samples unrounded, to .npy or .safetensors")
  let previewInterval = Option(
    "preview-every", optional: .integer(1...1_000_000), default: "never",
    "save what the image looks like so far, every so many steps")
  let quiet = Option(flag: "quiet", "print nothing but errors")
  let json = Option(flag: "json", "print a report for programs on standard output")
  let jsonProgress = Option(
    flag: "json-progress", "print a line of JSON on standard error after each step, and no bar")

  var command: Command {
    Command(
      "generate", version: Generate.version,
      summary:
        "Draws images of classes, or of what prompts say, with a diffusion transformer in pure "
        + "Swift.", options: self)
  }
}

extension Generate {
  /// The version of the package.
  static let version = "0.1.0"
}
