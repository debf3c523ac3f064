internal import DiT
internal import Kernels
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
  /// The precision of the model that is corrected to; nil where none is measured.
  let reference: Precision?
  /// Where the calibration goes.
  let path: String
  private let isClobbering: Bool

  /// Reads the options; nil where none is asked for.
  ///
  /// - Throws: `UsageError` where the method has no calibration, or another option needs images.
  init?(_ o: GenerateOptions, _ arguments: ParsedArguments) throws(UsageError) {
    guard let name = arguments[o.calibrate] else {
      guard arguments[o.reference] == nil else {
        throw .other("--reference needs --calibrate")
      }
      return nil
    }
    let calibrated = CacheMethods.all.compactMap { $0 as? any CalibratedCacheMethod.Type }
    guard let type = calibrated.first(where: { $0.name == name }) else {
      throw .other(
        "--calibrate: '\(name)' is no method that measures the model; those that do are "
          + calibrated.map { $0.name }.joined(separator: ", "))
    }
    let others: [any AnyOption] =
      (type.correctsCaches ? [] : [o.cache])
      + [
        o.compare, o.grid, o.format, o.latentsOut, o.shard, o.previewInterval, o.skipExisting,
        o.jsonProgress,
      ]
    if let other = others.first(where: { arguments.has($0) }) {
      throw .other("--calibrate draws no images, and takes no \(other.signature.name)")
    }
    reference = arguments[o.reference].flatMap(Precision.init(rawValue:))
    guard reference == nil || type.correctsQuantization else {
      throw .other(
        "--reference: '\(name)' corrects no precision; those that do are "
          + calibrated.filter { $0.correctsQuantization }.map { $0.name }.joined(separator: ", "))
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
    let calibration = try type.calibration(
      of: settings.run(batch),
      reference: settings.reference.map { try settings.run(batch, isCached: false, of: $0) })
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
