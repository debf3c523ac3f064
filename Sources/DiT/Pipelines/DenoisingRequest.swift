public import Tensor

extension DenoisingRun {
  /// What a run is to do.
  public struct Request: Sendable {
    /// The condition of each sample.
    public var conditions: [Condition]
    /// The condition that guidance leads each sample away from; nil is the model's unconditional
    /// one.
    public var negatives: [Condition]?
    /// The standard normal noise that the samples start from, `[batch, channels, height, width]`.
    public var noise: Tensor<Float>
    /// The images to change; nil draws from noise alone.
    public var initialImage: InitialImage?
    /// A generator for each sample, which draws the noise of its steps.
    public var generators: [any RandomSource]
    /// The guidance.
    public var guidance: Guidance
    /// The cache; nil computes everything.
    public var cache: (any CacheMethod)?
    /// The number of steps from one preview to the next; nil makes none.
    public var previewInterval: Int?

    /// A request for samples under some conditions.
    public init(
      conditions: [Condition], negatives: [Condition]? = nil, noise: Tensor<Float>,
      initialImage: InitialImage? = nil, generators: [any RandomSource], guidance: Guidance,
      cache: (any CacheMethod)? = nil, previewInterval: Int? = nil
    ) {
      (self.conditions, self.negatives) = (conditions, negatives)
      (self.noise, self.initialImage, self.generators) = (noise, initialImage, generators)
      (self.guidance, self.cache, self.previewInterval) = (guidance, cache, previewInterval)
    }

    /// A request for samples of some classes.
    public init(
      labels: [Int], noise: Tensor<Float>, initialImage: InitialImage? = nil,
      generators: [any RandomSource], guidance: Guidance, cache: (any CacheMethod)? = nil,
      previewInterval: Int? = nil
    ) {
      self.init(
        conditions: labels.map(Condition.label), noise: noise, initialImage: initialImage,
        generators: generators, guidance: guidance, cache: cache,
        previewInterval: previewInterval)
    }
  }
}

extension DenoisingRun.Request {
  /// Throws where a model cannot serve the request, or the sampler does not suit the model.
  func validate(for architecture: Architecture, sampler: any Sampler) throws(RunError) {
    guard !conditions.isEmpty else { throw .noConditions }
    let shape = [conditions.count] + architecture.sampleShape
    guard noise.shape == shape else { throw .noise(expected: "\(shape)", found: noise.shape) }
    try initialImage?.validate(for: shape)
    guard generators.count == conditions.count else {
      throw .generators(expected: conditions.count, found: generators.count)
    }
    guard negatives?.count ?? conditions.count == conditions.count else {
      throw .negatives(expected: conditions.count, found: negatives?.count ?? 0)
    }
    guard guidance.scale.isFinite else { throw .guidance(guidance.scale) }
    let channels = sampler.predictionChannels(forSample: architecture.channels)
    guard channels.contains(architecture.outputChannels) else {
      throw .channels(
        expected: channels, found: architecture.outputChannels, sampler: sampler.name)
    }
    guard previewInterval ?? 1 > 0 else { throw .previewInterval }
  }

  /// The condition that guidance leads each sample away from; none where guidance is off.
  func guidingConditions(of denoiser: any Denoiser) throws(RunError) -> [Condition] {
    guard guidance.isOn else { return [] }
    if let negatives { return negatives }
    guard let unconditional = denoiser.unconditional else { throw .nothingToGuideFrom }
    return conditions.map { _ in unconditional }
  }
}
