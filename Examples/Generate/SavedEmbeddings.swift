internal import DiT
internal import Foundation
internal import Kernels
internal import ShowcaseModel
internal import _ExampleCommandLine

/// Prompts that are encoded to a file, so that another machine needs no text encoder.
struct SavedEmbeddings {
  /// What was done, for programs.
  private struct Report: Encodable {
    let version: String
    let prompts: [String]
    let negativePrompt: String
    let tokens: [Int]
    let precision: String
    let seconds: Double
    let peakMemoryBytes: Int
    let output: String

    /// What was done, for people.
    var text: String {
      let time = String(format: "%.2f s", seconds)
      return "encoded    \(counted(tokens.count, "text")) of \(tokens.reduce(0, +)) tokens in "
        + "\(precision), \(time), \(peakMemoryBytes / 1_000_000) MB at the most\n"
        + "wrote      \(output)\n"
    }
  }

  /// Encodes the prompts that the options name, and writes the file.
  ///
  /// - Throws: `UsageError` for what the user can mend, and what reading and writing throw.
  static func save(
    _ o: GenerateOptions, _ arguments: ParsedArguments, to path: String
  ) throws {
    let taken: [any AnyOption] = [
      o.saveEmbeddings, o.model, o.variant, o.classes, o.prompts, o.promptFile, o.negativePrompt,
      o.textEncoder, o.textPrecision, o.precision, o.threads, o.noClobber, o.quiet, o.json,
    ]
    if let other = arguments.firstGiven(besides: taken) {
      throw UsageError.other("--save-embeddings draws no images, and takes no \(other)")
    }
    guard OutputFormat(path: path) == .safetensors else {
      throw UsageError.other("embeddings file '\(path)' must end in .safetensors")
    }
    try checkOutputs([path], clobber: !arguments[o.noClobber])
    let folder = try arguments[o.model] ?? ShowcaseModel.generator.folder()
    guard let prompts = try Subjects(o, arguments, folder: folder).prompts else { return }
    let precision = arguments[o.textPrecision] ?? arguments[o.precision]
    guard
      let encoder = try opening({
        try DiffusionPipeline.textEncoder(
          folder: folder, textEncoder: arguments[o.textEncoder], variant: arguments[o.variant],
          precision: Precision(rawValue: precision))
      })
    else { throw RunError.noTextEncoder }
    let isQuiet = arguments[o.quiet]
    if !isQuiet {
      for warning in prompts.warnings(encoder) { StandardStream.warn(warning, of: "generate") }
    }
    // The empty one is what guidance leads away from where no other is named.
    var texts: [String] = []
    for text in prompts.texts + [prompts.negative ?? "", ""] where !texts.contains(text) {
      texts.append(text)
    }
    let start = ContinuousClock.now
    let bar = LoadingBar("encoding", quiet: isQuiet)
    defer { bar.clear() }
    let encoded = try encoder.encode(
      texts, in: Workspace(threads: arguments[o.threads]),
      progress: { done, count in bar.advance(to: done, of: count) })
    let seconds = start.duration(to: .now) / .seconds(1)
    let entries = zip(texts, encoded).map { EncodedTextFile.Entry(prompt: $0, text: $1) }
    try EncodedTextFile(entries, source: encoder.source).write(to: path)
    bar.clear()
    let report = Report(
      version: Generate.version, prompts: prompts.texts, negativePrompt: prompts.negative ?? "",
      tokens: encoded.map(\.tokenCount), precision: encoder.encoder.precision.rawValue,
      seconds: seconds, peakMemoryBytes: peakMemory() ?? 0, output: path)
    if arguments[o.json] {
      try StandardStream.output.write(try jsonReport(report))
    } else if !isQuiet {
      try StandardStream.output.write(report.text)
    }
  }
}
