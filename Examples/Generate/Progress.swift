internal import DiT
internal import _ExampleCommandLine

/// How far a run is: a bar for people, or lines of JSON for programs.
struct Progress {
  /// A finished step, for programs.
  private struct Step: Encodable {
    /// With `--compare`, the round, counted from one, and the way of making the images.
    let round: Int?
    let variant: String?
    /// The batch and the step in it, counted from one, and how many there are.
    let batch, batches, step, steps: Int
    /// The images that were finished before the batch, and all that are drawn.
    let finishedImages, images: Int
    /// The time of the step, and since the first began.
    let stepSeconds, seconds: Double
  }

  private let settings: Settings
  private var bar: ProgressBar<ContinuousClock>
  private let start = ContinuousClock.now
  private var done = 0
  /// With `--compare`, the round, counted from one, and the way of making the images.
  private var round: Int?
  private var variant: String?

  /// The progress of a run.
  ///
  /// - Parameters:
  ///   - settings: What the run is to do.
  ///   - stepCount: All steps that it takes.
  init(_ settings: Settings, stepCount: Int) {
    self.settings = settings
    bar = ProgressBar(total: stepCount, quiet: settings.isQuiet || settings.tellsSteps)
  }

  /// Says what the next steps are of.
  mutating func begin(round: Int, of count: Int, variant: String) {
    bar.label = "round \(round)/\(count)"
    (self.round, self.variant) = (round, variant)
  }

  /// Shows that a step is finished.
  ///
  /// - Parameters:
  ///   - step: The step.
  ///   - batch: The places of the images that it is of.
  /// - Throws: Where standard error does not take a line.
  mutating func advance(_ step: DenoisingRun.Step, batch: Range<Int>) throws {
    done += 1
    bar.advance(to: done)
    guard settings.tellsSteps else { return }
    let line = Step(
      round: round, variant: variant, batch: batch.lowerBound / settings.batchSize + 1,
      batches: settings.batches.count, step: step.index + 1, steps: step.count,
      finishedImages: batch.lowerBound, images: settings.items.count,
      stepSeconds: step.duration / .seconds(1), seconds: start.duration(to: .now) / .seconds(1))
    try StandardStream.error.write(try jsonReport(line, isOneLine: true))
  }

  /// Removes the bar, so that a message can take its line.
  mutating func clear() { bar.clear() }

  /// Ends the bar's line.
  mutating func finish() { bar.finish() }
}
