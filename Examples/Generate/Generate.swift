internal import DiT
internal import Kernels
internal import _ExampleCommandLine

/// Draws images of classes with a diffusion transformer.
@main
struct Generate {
  static func main() async {
    let options = GenerateOptions()
    await runExample(options.command) { arguments in
      do {
        try Workspace.selectInstructionSetFromEnvironment()
      } catch {
        throw UsageError.other("KERNELS_ISA: \(error)")
      }
      if arguments[options.cache] == "list" {
        return try StandardStream.output.write(CacheMethods.list + "\n")
      }
      let start = ContinuousClock.now
      let settings = try Settings(options, arguments)
      let loadSeconds = start.duration(to: .now) / .seconds(1)
      try settings.checkOutputs()
      if settings.isComparing {
        try await compare(settings, loadSeconds: loadSeconds)
      } else {
        try await generate(settings, loadSeconds: loadSeconds)
      }
    }
  }

  /// Draws the images and writes them; those that are finished also where it is interrupted.
  private static func generate(_ settings: Settings, loadSeconds: Double) async throws {
    let console = Console(settings)
    try console.introduce()
    var samples = Samples()
    var bar = ProgressBar(
      total: settings.batches.count * settings.sampler.stepCount, quiet: settings.isQuiet)
    defer { bar.finish() }
    let writer = Writer(settings)
    var failure: (any Error)?
    do {
      for batch in settings.batches {
        let run = try settings.run(batch)
        let result = try await finish(run) { step in
          bar.advance(to: samples.stepCount + step.index + 1)
          if let preview = step.preview {
            bar.clear()
            try writer.writePreview(preview, batch: batch, step: step.index)
          }
        }
        samples.append(result)
      }
    } catch {
      failure = error
    }
    bar.finish()
    if !samples.isEmpty {
      do {
        try console.report(samples, files: try writer.write(samples), loadSeconds: loadSeconds)
      } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
  }

  /// Draws the images with the cache, without it, and with fewer steps of equal cost.
  private static func compare(_ settings: Settings, loadSeconds: Double) async throws {
    let console = Console(settings)
    try console.introduce()
    let comparison = try await Comparison.run(settings)
    let files = try Writer(settings).write(comparison.cached.samples)
    try console.report(
      comparison.cached.samples, files: files, loadSeconds: loadSeconds, comparison: comparison)
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
