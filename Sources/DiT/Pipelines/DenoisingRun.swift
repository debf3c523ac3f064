internal import Foundation
public import Kernels
public import Tensor

/// One sampling run, from noise to images or latents.
///
/// A run holds all of its state, so a copy of it is a fork, two runs never meet, and dropping it
/// frees everything; forks take their scratch memory from one pool. `next()` takes a step; `steps`
/// does it as an asynchronous sequence.
public struct DenoisingRun: Sendable {
  /// What a run is to do.
  public struct Request: Sendable {
    /// The class of each sample, below the model's number of classes.
    public var labels: [Int]
    /// What the samples start from, standard normal noise `[batch] + sampleShape`.
    public var noise: Tensor<Float>
    /// The images to change; nil draws from noise alone.
    public var source: InitialImage?
    /// Where the noise of the steps comes from, a generator for each sample.
    public var generators: [any RandomSource]
    /// The guidance.
    public var guidance: Guidance
    /// The cache; nil computes everything.
    public var cache: (any CacheMethod)?
    /// Every how many steps a preview is made; nil makes none.
    public var previewInterval: Int?

    /// A request for samples of some classes.
    public init(
      labels: [Int], noise: Tensor<Float>, source: InitialImage? = nil,
      generators: [any RandomSource], guidance: Guidance, cache: (any CacheMethod)? = nil,
      previewInterval: Int? = nil
    ) {
      (self.labels, self.noise, self.source, self.generators) = (labels, noise, source, generators)
      (self.guidance, self.cache, self.previewInterval) = (guidance, cache, previewInterval)
    }
  }

  /// A finished step.
  public struct Step: Sendable {
    /// The number of steps before this one.
    public let index: Int
    /// The number of all steps.
    public let count: Int
    /// The training timestep that the model saw; it may lie between two.
    public let timestep: Double
    /// The samples after the step, `[batch] + sampleShape`.
    public let latents: Tensor<Float>
    /// The images that the prediction amounts to, where a preview was due.
    public let preview: Tensor<Float>?
    /// The blocks that were computed and that were reused.
    public let computedBlocks, reusedBlocks: Int
    /// How long it took.
    public let duration: Duration
  }

  /// The model.
  public let model: DiffusionTransformer
  /// The sampler.
  public let sampler: any Sampler
  /// What is cached when.
  public let plan: CachePlan
  /// What the run computes with; its memory is the run's own.
  public let workspace: Workspace
  /// The samples so far, `[batch] + sampleShape`, with the sampler's share of noise.
  public private(set) var latents: Tensor<Float>
  /// The index of the next step.
  public private(set) var index = 0

  private let request: Request
  private let labels: [Int]
  private var generators: [any RandomSource]
  private var history = SamplerHistory()
  private var cache: CacheState
  private var modulations: DiffusionTransformer.ModulationTable?
  private(set) var durations: [Duration] = []
  private(set) var conditionCount = 0

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - sampler: The sampler.
  ///   - request: What to do.
  ///   - threads: The most threads to use; one for each processor by default.
  /// - Throws: `RunError` where the request does not fit the model, `CacheError` where the cache
  ///   does not.
  public init(
    model: DiffusionTransformer, sampler: any Sampler, request: Request, threads: Int? = nil
  ) throws {
    try self.init(
      model: model, sampler: sampler, request: request,
      workspace: Workspace(threads: threads, precision: model.precision, table: model.table))
  }

  package init(
    model: DiffusionTransformer, sampler: any Sampler, request: Request, workspace: Workspace
  ) throws {
    let c = model.configuration
    guard !request.labels.isEmpty, request.labels.allSatisfy({ (0...c.nullClass).contains($0) })
    else { throw RunError.labels(request.labels, classCount: c.classCount) }
    guard request.noise.shape == [request.labels.count] + c.sampleShape else {
      throw RunError.noise(
        expected: [request.labels.count] + c.sampleShape, found: request.noise.shape)
    }
    try request.source?.validate(for: request.noise.shape)
    guard request.generators.count == request.labels.count else {
      throw RunError.generators(
        expected: request.labels.count, found: request.generators.count)
    }
    guard request.guidance.scale.isFinite else { throw RunError.guidance(request.guidance.scale) }
    let channels = sampler.predictionChannels(forSample: c.channels)
    guard channels.contains(c.outputChannels) else {
      throw RunError.channels(expected: channels, found: c.outputChannels, sampler: sampler.name)
    }
    guard request.previewInterval ?? 1 > 0 else { throw RunError.previewInterval }
    (self.model, self.sampler, self.request) = (model, sampler, request)
    self.workspace = workspace
    plan =
      try request.cache?.plan(stepCount: sampler.stepCount, depth: c.depth)
      ?? .nothing(stepCount: sampler.stepCount, depth: c.depth)
    guard plan.stepCount == sampler.stepCount else {
      throw CacheError.stepCount(plan: plan.stepCount, run: sampler.stepCount)
    }
    guard plan.depth == c.depth else {
      throw CacheError.depth(plan: plan.depth, model: c.depth)
    }
    cache = CacheState(plan)
    latents =
      request.source?.start(sampler, noise: request.noise)
      ?? request.noise * Float(sampler.initialNoiseScale)
    generators = request.generators
    // The conditional half of a guided batch, and then the unconditional one.
    labels =
      request.guidance.isOn
      ? request.labels + request.labels.map { _ in c.nullClass } : request.labels
  }

  /// The rows of the batch that the model sees: twice the samples where guidance is on.
  var batchSize: Int { labels.count }

  /// The most bytes that the cache held so far.
  var cachePeakBytes: Int { cache.peakByteCount }

  /// Takes a step.
  ///
  /// Where it throws, the run is as it was and may be asked again.
  ///
  /// - Returns: The step, or nil after the last one.
  /// - Throws: `CancellationError` within one block of the task's cancellation, and
  ///   `RunError.notFinite` where the samples are no longer numbers.
  public mutating func next() throws -> Step? {
    guard index < sampler.stepCount else { return nil }
    try Task.checkCancellation()
    let start = ContinuousClock.now
    var (cache, generators, history) = (cache, generators, history)
    let prediction = try guidedPrediction(&cache)
    let isPreviewDue = request.previewInterval.map { (index + 1) % $0 == 0 } ?? false
    let preview =
      isPreviewDue
      ? sampler.denoised(index, latents, prediction: prediction, in: workspace).copied() : nil
    // In memory of their own: who keeps samples does not keep the run's pool.
    let drawn = sampler.step(
      index, latents, prediction: prediction, noise: stepNoise(&generators), history: &history,
      in: workspace
    ).copied()
    let next =
      request.source?.kept(in: drawn, after: index, sampler, noise: request.noise) ?? drawn
    // Zero times a number is zero; infinity and NaN give NaN.
    guard (next * 0).sum().item == 0 else { throw RunError.notFinite(step: index) }
    (self.cache, self.generators, self.history, latents) = (cache, generators, history, next)
    durations.append(start.duration(to: .now))
    defer { index += 1 }
    return Step(
      index: index, count: sampler.stepCount, timestep: sampler.timesteps[index],
      latents: latents, preview: preview, computedBlocks: plan.computedBlocks(step: index),
      reusedBlocks: plan.reusedBlocks(step: index), duration: durations[index])
  }

  /// The guided prediction for the samples as they are.
  private mutating func guidedPrediction(_ cache: inout CacheState) throws -> Tensor<Float> {
    let c = model.configuration
    let scale = Float(sampler.inputScale(at: index))
    let scaled = scale == 1 ? latents : linearCombination([(scale, latents)], in: workspace)
    let input = request.guidance.isOn ? Tensor(concatenating: [scaled, scaled], axis: 0) : scaled
    let modulations = modulations(of: index)
    var tokens = model.embed(input, in: workspace)
    try cache.passBlocks(&tokens, step: index, in: workspace) { block, tokens in
      try Task.checkCancellation()
      model.blocks[block](&tokens, modulations.blocks[block], in: workspace)
    }
    let prediction = model.predict(tokens, modulations.output, in: workspace)
    return request.guidance.isOn
      ? request.guidance(prediction, sampleChannels: c.channels, in: workspace) : prediction
  }

  /// The modulations of a step, worked out for as many steps at a time as memory is meant for.
  private mutating func modulations(of step: Int) -> DiffusionTransformer.Modulations {
    if let modulations, modulations.contains(step) { return modulations[step] }
    let limit = DiffusionTransformer.ModulationTable.stepLimit(
      model.configuration, batch: labels.count)
    let steps = step..<min(step + limit, sampler.stepCount)
    let table = DiffusionTransformer.ModulationTable(
      model, steps: steps, timesteps: sampler.timesteps, labels: labels, in: workspace)
    conditionCount += steps.count * Set(labels).count
    modulations = table
    return table[step]
  }

  /// Noise for the step, each sample's from its own generator, so that a sample does not depend on
  /// its batch.
  private func stepNoise(_ generators: inout [any RandomSource]) -> Tensor<Float>? {
    guard sampler.addsNoise(at: index) else { return nil }
    let shape = [1] + model.configuration.sampleShape
    return Tensor(
      concatenating: generators.indices.map { generators[$0].normal(shape) }, axis: 0)
  }
}

/// A request that a model cannot serve, or a run that went wrong.
public enum RunError: Error, Equatable, CustomStringConvertible {
  /// There are no labels, or some that the model does not have.
  case labels([Int], classCount: Int)
  /// The noise has another shape than the samples.
  case noise(expected: [Int], found: [Int])
  /// The source's latents or its mask have another shape than the samples.
  case source(expected: [Int], found: [Int])
  /// There is not one generator for each sample.
  case generators(expected: Int, found: Int)
  /// The guidance scale is not a finite number.
  case guidance(Float)
  /// The sampler needs another number of channels than the model predicts.
  case channels(expected: ClosedRange<Int>, found: Int, sampler: String)
  /// The interval between previews is not positive.
  case previewInterval
  /// The samples are no longer numbers.
  case notFinite(step: Int)

  /// The error in a sentence.
  public var description: String {
    switch self {
    case .labels(let labels, let classCount):
      labels.isEmpty
        ? "there are no labels" : "labels \(labels) are not all from 0 to \(classCount)"
    case .noise(let expected, let found): "the noise has shape \(found), not \(expected)"
    case .source(let expected, let found):
      "the source image, or its mask, has shape \(found), not \(expected)"
    case .generators(let expected, let found):
      "\(found) generators cannot serve \(expected) samples"
    case .guidance(let scale): "the guidance scale must be a finite number, not \(scale)"
    case .channels(let expected, let found, let sampler):
      "sampler '\(sampler)' needs \(expected.lowerBound) to \(expected.upperBound) predicted "
        + "channels, the model has \(found)"
    case .previewInterval: "the interval between previews must be at least 1"
    case .notFinite(let step): "step \(step): the latents are no longer finite numbers"
    }
  }
}
