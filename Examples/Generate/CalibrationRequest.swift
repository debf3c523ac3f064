internal import DiT
internal import _ExampleCommandLine

/// What `--calibrate` asks for: to measure the model for a cache, and to draw nothing.
struct CalibrationRequest: Sendable {
  /// What was done, for programs.
  private struct Report: Encodable {
    let method, model, output: String
    let images: Int
    let seconds: Double
  }

  let type: any CalibratedCacheMethod.Type
  /// Where the calibration goes.
  let path: String
  private let isClobbering: Bool

  /// Reads the options; nil where none is asked for.
  ///
  /// - Throws: `UsageError` where the method has no calibration, or another option needs images.
  init?(_ o: GenerateOptions, _ arguments: ParsedArguments) throws(UsageError) {
    guard let name = arguments[o.calibrate] else { return nil }
    let calibrated = CacheMethods.all.compactMap { $0 as? any CalibratedCacheMethod.Type }
    guard let type = calibrated.first(where: { $0.name == name }) else {
      throw .other(
        "--calibrate: '\(name)' is no method that measures the model; those that do are "
          + calibrated.map { $0.name }.joined(separator: ", "))
    }
    let others = [
      ("--cache", arguments[o.cache] != nil), ("--compare", arguments[o.compare]),
      ("--grid", arguments[o.grid]), ("--format", arguments[o.format] != nil),
      ("--latents-out", arguments[o.latentsOut] != nil), ("--shard", arguments[o.shard] != nil),
      ("--preview-every", arguments[o.previewInterval] != nil),
      ("--skip-existing", arguments[o.skipExisting]),
    ]
    if let (other, _) = others.first(where: \.1) {
      throw .other("--calibrate draws no images, and takes no \(other)")
    }
    (self.type, path) = (type, arguments[o.output] ?? "calibration.json")
    isClobbering = !arguments[o.noClobber]
    guard path.hasSuffix(".json") else {
      throw .other("--calibrate writes a JSON file; --output '\(path)' must end in .json")
    }
  }

  /// Throws, before any work, where the file could not be written.
  func check() throws(OutputError) { try checkOutputs([path], clobber: isClobbering) }

  /// Measures the model in the first batch of images, and writes the file.
  func calibrate(_ settings: Settings) throws {
    let start = ContinuousClock.now
    let batch = settings.batches[0]
    let calibration = try type.calibration(of: settings.run(batch, isCached: false))
    try calibration.write(path: path)
    let report = Report(
      method: calibration.method, model: calibration.model, output: path, images: batch.count,
      seconds: start.duration(to: .now) / .seconds(1))
    if settings.isJSON {
      try StandardStream.output.write(try jsonReport(report))
    } else if !settings.isQuiet {
      try StandardStream.output.write(
        "measured   \(counted(batch.count, "image")) for \(type.name)\nwrote      \(path)\n")
    }
  }
}
