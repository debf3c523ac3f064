internal import Tensor
internal import _ExampleCommandLine

/// The options of `inspect`.
struct InspectOptions {
  private let what = Heading("What")
  let subtree = Option(
    "subtree", optional: .text.named("NAME"), default: "all tensors",
    "only the tensors whose names begin with NAME and a dot, without these: with ema, ema.x is x")
  let stripPrefix = Option(
    flag: "strip-prefix",
    "take away what wrappers put before all names, such as module. and _orig_mod.")
  let hash = Option(flag: "hash", "print the SHA-256 of each file")
  let hashTensors = Option(flag: "hash-tensors", "print the SHA-256 of each tensor's bytes")
  let json = Option(flag: "json", "print a report for programs")

  private let conversion = Heading("Conversion")
  let convert = Option(
    "convert", short: "o", optional: .path.named("FILE"),
    "write the tensors to a .safetensors or .npz file")
  let type = Option(
    "dtype", optional: .choice(["f32", "f16", "bf16"]), default: "that of each",
    "what floating-point numbers become; all others keep their type")
  let quantization = Option(
    "quantize", optional: .choice(["int8", "int4"]), default: "no",
    "make the weights of the blocks' linear layers whole numbers of 8 or 4 bits, for --precision "
      + "int8, w8 and w4")
  let groupSize = Option(
    "group-size", optional: .integer(1...131_072),
    default: "384 of 8 bits, 128 of 4 bits",
    "--quantize: how many neighbouring weights share a scale")
  let search = Option(
    flag: "search-group-sizes",
    "--quantize: choose group sizes for each layer by the errors of its weights, with no more scales "
      + "than --group-size has")
  let shardSize = Option(
    "shard-size", optional: .byteCount, default: "one file",
    "the most bytes of a .safetensors file, such as 5GB; what does not fit goes to more, with an index"
  )
  let compress = Option(flag: "compress", "compress the arrays of a .npz file")
  let skipUnreadable = Option(
    flag: "skip-unreadable", "leave out tensors that cannot be read or written, and name them")
  let noClobber = Option(flag: "no-clobber", "refuse to overwrite a file")

  var command: Command {
    Command(
      "inspect", version: "0.1.0",
      summary:
        "Lists the tensors of a checkpoint (safetensors, PyTorch, NumPy, or an index of several"
        + " files), and converts it; says what is in a folder of a model. Nothing in a file is run.",
      operands: .init("FILE", count: 1...1), options: self)
  }
}

extension ValueParser<Int> {
  /// A number of bytes, with or without a unit of a thousand, a million or a billion.
  fileprivate static var byteCount: ValueParser {
    ValueParser("SIZE", allowed: "a number of bytes such as 500MB or 5GB", describe: String.init) {
      text in
      let units = [("KB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000)]
      let unit = units.first { text.uppercased().hasSuffix($0.0) }
      guard let number = Int(unit == nil ? text[...] : text.dropLast(2)), number > 0 else {
        return nil
      }
      let (count, overflow) = number.multipliedReportingOverflow(by: unit?.1 ?? 1)
      return overflow ? nil : count
    }
  }
}
