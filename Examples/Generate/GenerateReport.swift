internal import DiT
internal import Kernels
internal import _ExampleCommandLine

/// What a run of `generate` did, for programs.
struct GenerateReport: Encodable {
  /// What the cache did.
  struct Cache: Encodable {
    let method: String
    let plan: [String]
    /// What the rules of the plan did, in its characters.
    let trace: [String]
    let notes: [String]
    /// What a dry run measured.
    let measured: String?
    let computedBlocks, reusedBlocks: Int
    /// Multiply-adds of the blocks' linear layers, as the papers count them.
    let multiplyAdds, multiplyAddsUncached: Double
    let peakBytes, plannedPeakBytes: Int
    let fullStepSeconds, cheapStepSeconds: Double?
  }

  /// A share of a run.
  struct Share: Encodable {
    /// Counted from one.
    let number: Int
    let count: Int
    let source: String?
  }

  /// One way of making the images.
  struct Variant: Encodable {
    let name: String
    let steps: Int
    let seconds: Double
    let speedUp: Double
    /// Infinite where the images are those without the cache.
    let psnr: Double
    let ssim: Double
    let classAccuracy: Double?
  }

  let version: String
  let model: String
  let precision: String
  let instructionSet: String
  let threads: Int
  let sampler: String
  let steps: Int
  /// The timestep of each evaluation of the model.
  let timesteps: [Double]
  let guidanceScale: Float
  /// The width and height of an image in pixels.
  let width, height: Int
  /// What was drawn, of models that draw from prompts, and what guidance led away from.
  let prompts: [String]?
  let negativePrompt: String?
  /// The seed of the first image of the run.
  let seed: UInt64
  let rng: String
  /// The images that were drawn, those that were asked for, and those that were there already.
  let images, imagesRequested, imagesSkipped: Int
  /// Whether a signal ended the run before its end.
  let interrupted: Bool
  /// The share of the run that was to be drawn.
  let shard: Share?
  let outputs, previews: [String]
  let loadSeconds, sampleSeconds: Double
  /// How long it took to encode the prompts.
  let encodingSeconds: Double?
  let stepSeconds: Double?
  let executedMultiplyAdds: MultiplyAdds
  let peakMemoryBytes: Int
  let cache: Cache?
  let comparison: [Variant]?

  init(
    _ s: Settings, _ totals: Totals, _ writer: Writer, loadSeconds: Double,
    comparison: Comparison?, isInterrupted: Bool
  ) {
    let report = totals.report
    version = Generate.version
    model = s.modelName
    (precision, instructionSet) = (s.precision.rawValue, s.instructionSet)
    threads = s.threads
    sampler = s.sampler.name
    (steps, timesteps) = (s.steps, s.sampler.timesteps)
    guidanceScale = s.guidance.scale
    (width, height) = (s.size.image.width, s.size.image.height)
    (prompts, negativePrompt) = (s.subjects.prompts?.texts, s.subjects.prompts?.negative)
    (seed, rng) = (s.firstSeed, s.rng)
    (images, imagesRequested, imagesSkipped) = (totals.count, s.requestedCount, s.skippedCount)
    interrupted = isInterrupted
    shard = s.shard.map { Share(number: $0.number, count: $0.count, source: $0.source) }
    (outputs, previews) = (writer.files, writer.previews)
    (self.loadSeconds, sampleSeconds) = (loadSeconds, report.seconds)
    encodingSeconds = s.encodedPrompts?.seconds
    stepSeconds = report.fullStepSeconds
    executedMultiplyAdds = report.executedCost
    peakMemoryBytes = peakMemory() ?? 0
    cache = s.cache.map {
      Cache(
        method: $0.method.text,
        plan: $0.plan.description.split(separator: "\n").map(String.init),
        trace: report.traces.flatMap {
          $0.description.split(separator: "\n").map(String.init)
        },
        notes: report.traces.notes,
        measured: $0.plan.isDry ? report.traces.map(\.measurements).joined(separator: "\n") : nil,
        computedBlocks: report.computedBlocks, reusedBlocks: report.reusedBlocks,
        multiplyAdds: report.blockCost.linear, multiplyAddsUncached: report.fullBlockCost.linear,
        peakBytes: report.cachePeakBytes, plannedPeakBytes: report.plannedCacheBytes,
        fullStepSeconds: report.fullStepSeconds,
        cheapStepSeconds: report.cheapStepSeconds)
    }
    self.comparison = comparison.map { comparison in
      comparison.variants.map {
        Variant(
          name: $0.name, steps: $0.steps, seconds: $0.median,
          speedUp: comparison.speedUp(of: $0), psnr: $0.psnr, ssim: $0.ssim,
          classAccuracy: $0.accuracy)
      }
    }
  }
}
