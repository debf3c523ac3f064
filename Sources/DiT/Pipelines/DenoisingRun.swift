internal import Foundation
public import Kernels
public import Tensor

/// One sampling run, from noise to images or latents.
///
/// A run is a value that holds all of its state: a copy is a fork, runs do not affect one another,
/// and dropping a run frees its memory. (Forks share one pool of scratch memory.) `next()` takes a
/// step; `steps` gives all of them as an asynchronous sequence.
public struct DenoisingRun: Sendable {
  /// A finished step.
  public struct Step: Sendable {
    /// The number of steps before this one.
    public let index: Int
    /// The number of all steps.
    public let count: Int
    /// The training timestep that the model saw, not always a whole number.
    public let timestep: Double
    /// The samples after the step, `[batch] + sampleShape`.
    public let latents: Tensor<Float>
    /// The finished images as predicted in this step, where a preview was due.
    public let preview: Tensor<Float>?
    /// What each rule of the plan did, for each image where a gate decides: `.` computed,
    /// `R` computed and kept, `-` reused.
    public let actions: [[Character]]
    /// The share of the blocks' multiply-adds that was not computed, as papers count them.
    public let reusedShare: Double
    /// How long it took.
    public let duration: Duration
  }

  /// What there is to know of the model for samples of this run's size.
  public let architecture: Architecture
  /// The sampler.
  public let sampler: any Sampler
  /// What is cached when.
  public private(set) var plan: CachePlan
  /// What the run computes with; its memory is the run's own.
  public let workspace: Workspace
  /// The samples so far, `[batch] + sampleShape`, with the sampler's share of noise.
  public private(set) var latents: Tensor<Float>
  /// The index of the next step.
  public private(set) var index = 0

  private let request: Request
  private var generators: [any RandomSource]
  private var history = SamplerHistory()
  private var cache: CacheState
  private var session: any DenoiserSession
  private(set) var durations: [Duration] = []

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - denoiser: The model.
  ///   - sampler: The sampler.
  ///   - request: What to do.
  ///   - threads: The most threads to use; one for each processor by default.
  /// - Throws: `RunError` where the request does not fit the model, `CacheError` where the cache
  ///   does not.
  public init(
    denoiser: any Denoiser, sampler: any Sampler, request: Request, threads: Int? = nil
  ) throws {
    try self.init(
      denoiser: denoiser, sampler: sampler, request: request,
      workspace: denoiser.workspace(threads: threads))
  }

  package init(
    denoiser: any Denoiser, sampler: any Sampler, request: Request, workspace: Workspace
  ) throws {
    let shape = request.noise.shape
    guard shape.count == 4 else {
      throw RunError.noise(
        expected: "[batch, channels, height, width]", found: shape)
    }
    let size = SampleSize(height: shape[2], width: shape[3])
    architecture = try denoiser.architecture(for: size)
    try request.validate(for: architecture, sampler: sampler)
    (self.sampler, self.request, self.workspace) = (sampler, request, workspace)
    let outline = RunOutline(
      denoiser, architecture, sampler: sampler, guidance: request.guidance,
      imageCount: request.conditions.count)
    let plan = try request.cache?.plan(for: outline) ?? CachePlan(computingEverything: outline)
    try plan.validate(for: outline)
    self.plan = plan
    cache = CacheState(plan)
    latents =
      request.initialImage?.start(sampler, noise: request.noise)
      ?? request.noise * Float(sampler.initialNoiseScale)
    generators = request.generators
    session = try denoiser.session(
      request.conditions + request.guidingConditions(of: denoiser),
      timesteps: sampler.timesteps, size: size, in: workspace)
  }

  /// The number of samples.
  var sampleCount: Int { request.conditions.count }

  /// The rows of the batch that the model sees: twice the samples where guidance is on.
  var batchSize: Int { request.guidance.isOn ? 2 * sampleCount : sampleCount }

  /// The multiply-adds of the model so far.
  var executedCost: MultiplyAdds { session.executed }

  /// The most bytes that the cache held so far.
  var cachePeakBytes: Int { cache.peakByteCount }

  /// The multiply-adds of the blocks so far, as papers count them, and those without a cache.
  var blockCosts: (actual: MultiplyAdds, full: MultiplyAdds) {
    let full = index * fullStepCost
    return (full + cache.costChange, full)
  }

  /// The multiply-adds of the blocks in a step without a cache, as papers count them.
  private var fullStepCost: MultiplyAdds {
    (batchSize * architecture.depth) * architecture.paperBlock
  }

  /// The blocks of which nothing was computed, over all steps; the mean of all images.
  var reusedBlocks: Int { cache.reusedBlocks }

  /// What the plan's rules did so far: one trace for all images or, where gates decide, one for
  /// each.
  public var traces: [CacheTrace] { cache.lanes.map(\.trace) }

  /// What was measured at each site.
  var measurements: [CacheSite: [[Double]]] { cache.lanes[0].measurements }

  /// Takes a step.
  ///
  /// Where it throws, the run is as it was and may be asked again.
  ///
  /// - Returns: The step, or nil after the last one.
  /// - Throws: `CancellationError` within one block of the task's cancellation, and
  ///   `RunError.notFinite` where the samples are no longer numbers.
  public mutating func next() throws -> Step? {
    let correction = plan.isDry ? nil : plan.sampleCorrections.dropFirst(index).first
    return try next { correction?.applied(toSamples: $0) ?? $0 }
  }

  /// Takes a step, and corrects the samples by a function instead of the plan's corrections.
  mutating func next(
    correcting correct: (Tensor<Float>) -> Tensor<Float>
  ) throws -> Step? {
    guard index < sampler.stepCount else { return nil }
    try Task.checkCancellation()
    let start = ContinuousClock.now
    var (session, generators, history) = (session, generators, history)
    let prediction = try prediction(&session)
    let isPreviewDue = request.previewInterval.map { (index + 1) % $0 == 0 } ?? false
    let preview =
      isPreviewDue
      ? sampler.denoised(index, latents, prediction: prediction, in: workspace).copied() : nil
    // A copy: whoever keeps samples must not keep the run's pool alive.
    let drawn = correct(
      sampler.step(
        index, latents, prediction: prediction, noise: stepNoise(&generators), history: &history,
        in: workspace
      ).copied())
    let next =
      request.initialImage?.kept(in: drawn, after: index, sampler, noise: request.noise) ?? drawn
    // Zero times a finite number is zero; zero times infinity or NaN is NaN.
    guard (next * 0).sum().item == 0 else { throw RunError.notFinite(step: index) }
    let saved = cache.costChangeBeforeStep - cache.costChange
    cache.end()
    (self.session, self.generators, self.history) = (session, generators, history)
    latents = next
    durations.append(start.duration(to: .now))
    defer { index += 1 }
    return Step(
      index: index, count: sampler.stepCount, timestep: sampler.timesteps[index],
      latents: latents, preview: preview, actions: cache.lanes.map(\.lastActions),
      reusedShare: saved.linear / fullStepCost.linear, duration: durations[index])
  }

  /// The same run with another cache.
  ///
  /// - Precondition: No step was taken.
  func replanned(_ plan: CachePlan) -> DenoisingRun {
    check(index == 0, "calibration: the run has taken \(index) steps already")
    var run = self
    run.plan = plan
    run.cache = CacheState(plan)
    return run
  }

  /// Changes what each rule of the plan does in the next step.
  mutating func schedule(_ actions: [CacheSchedule.Action]) {
    cache.schedule(actions, step: index)
  }

  /// The guided prediction of the next step if each rule takes the given action.
  ///
  /// It reuses what another run of the same plan has kept. This run does not change.
  func prediction(
    _ actions: [CacheSchedule.Action], keptBy other: DenoisingRun
  ) throws -> Tensor<Float> {
    var (trial, session) = (self, session)
    trial.cache = other.cache
    trial.schedule(actions)
    return try trial.prediction(&session)
  }

  /// The guided prediction for the samples as they are.
  private mutating func prediction(
    _ session: inout any DenoiserSession
  ) throws -> Tensor<Float> {
    let scale = Float(sampler.inputScale(at: index))
    let scaled = scale == 1 ? latents : linearCombination([(scale, latents)], in: workspace)
    let prediction = try cache.prediction(
      for: scaled, step: index, guidance: request.guidance, session: &session, in: workspace)
    guard !plan.noiseScales.isEmpty, !plan.isDry else { return prediction }
    return scaledNoise(prediction, by: plan.noiseScales[index])
  }

  /// A prediction with its noise, but not its variance, multiplied with a factor.
  private func scaledNoise(_ prediction: Tensor<Float>, by factor: Float) -> Tensor<Float> {
    let (channels, all) = (architecture.channels, prediction.shape[1])
    guard factor != 1 else { return prediction }
    let noise = linearCombination([(factor, prediction[.all, 0..<channels])], in: workspace)
    guard channels < all else { return noise }
    return Tensor(concatenating: [noise, prediction[.all, channels..<all]], axis: 1)
  }

  /// Noise for the step, each sample's from its own generator, so that a sample does not depend on
  /// its batch.
  private func stepNoise(_ generators: inout [any RandomSource]) -> Tensor<Float>? {
    guard sampler.addsNoise(at: index) else { return nil }
    let shape = [1] + architecture.sampleShape
    return Tensor(
      concatenating: generators.indices.map { generators[$0].normal(shape) }, axis: 0)
  }
}
