internal import DiT
internal import _ExampleCommandLine

/// Draws images of classes, or of what prompts say, with a diffusion transformer.
@main
struct Generate {
  static func main() async {
    let options = GenerateOptions()
    await runExample(options.command) { arguments in
      try selectInstructionSet()
      if arguments[options.cache] == "list" {
        if let other = arguments.firstGiven(besides: [options.cache]) {
          throw UsageError.other("--cache list prints a text, and takes no \(other)")
        }
        return try StandardStream.output.write(CacheMethods.list + "\n")
      }
      if arguments[options.listsClasses] {
        return try ClassNames.list(options, arguments)
      }
      if let path = arguments[options.saveEmbeddings] {
        return try SavedEmbeddings.save(options, arguments, to: path)
      }
      let start = ContinuousClock.now
      var settings = try Settings(options, arguments)
      let loadSeconds = start.duration(to: .now) / .seconds(1)
      try settings.checkOutputs()
      let console = Console(settings, loadSeconds: loadSeconds)
      console.introduce()
      try settings.encodePrompts()
      if let calibration = settings.calibration { return try calibration.calibrate(settings) }
      try await draw(settings, Console(settings, loadSeconds: loadSeconds))
    }
  }

  /// Draws the images and writes them; those that are finished also where it is interrupted.
  private static func draw(_ settings: Settings, _ console: Console) async throws {
    var writer = Writer(settings)
    var totals = Totals()
    var (comparison, failure): (Comparison?, (any Error)?) = (nil, nil)
    do {
      if settings.isComparing {
        comparison = try await Comparison.run(settings) { run, batch in
          try writer.append(run.latents, batch: batch)
          totals.append(run)
        }
      } else {
        try await generate(settings, &writer, &totals)
      }
    } catch {
      failure = error
    }
    let isInterrupted = failure is CancellationError
    do {
      try writer.finish()
    } catch {
      // That images could not be kept is worse than that there are no more.
      failure = isInterrupted ? error : failure ?? error
    }
    do {
      try console.report(totals, writer, comparison: comparison, isInterrupted: isInterrupted)
    } catch {
      failure = failure ?? error
    }
    if let failure { throw failure }
  }

  private static func generate(
    _ settings: Settings, _ writer: inout Writer, _ totals: inout Totals
  ) async throws {
    var progress = Progress(
      settings, stepCount: settings.batches.count * settings.sampler.stepCount)
    defer { progress.finish() }
    for batch in settings.batches {
      let run = try settings.run(batch)
      let result = try await finish(run) { step in
        if let preview = step.preview {
          progress.clear()
          try writer.writePreview(preview, batch: batch, step: step.index)
        }
        try progress.advance(step, batch: batch)
      }
      try writer.append(result.latents, batch: batch)
      totals.append(result)
    }
  }
}

/// Takes all steps of a run.
///
/// - Parameters:
///   - run: The run.
///   - observe: Called after each step.
/// - Returns: The run as it stands after the last step.
/// - Throws: What the run throws, `CancellationError` too.
func finish(
  _ run: DenoisingRun, observe: (DenoisingRun.Step) throws -> Void = { _ in }
) async throws -> DenoisingRun {
  var run = run
  while let step = try run.next() {
    try observe(step)
    await Task.yield()
  }
  return run
}
