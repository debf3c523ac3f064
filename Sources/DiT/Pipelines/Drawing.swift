public import Tensor

extension DiffusionPipeline {
  /// Prepares a run that draws images of classes.
  ///
  ///     let run = try pipeline.run(classes: [207, 360], seeds: [0, 1])
  ///
  /// Arguments that are left out have the model's values (`defaults`).
  ///
  /// - Parameters:
  ///   - classes: The class of each image.
  ///   - seeds: The seed of each image; its noise is that of PyTorch's generator.
  ///   - steps: The number of steps.
  ///   - sampler: The sampler.
  ///   - guidanceScale: The scale of classifier-free guidance; 1 is no guidance.
  ///   - cache: The cache; nil computes everything.
  ///   - edit: The image to start from; nil starts from noise.
  ///   - previewInterval: The number of steps from one preview to the next; nil makes none.
  ///   - threads: The most threads to use; one for each processor by default.
  /// - Returns: A run that has not taken a step yet.
  /// - Throws: `RunError`, `SamplerError` or `CacheError` where the request does not fit the model.
  public func run(
    classes: [Int], seeds: [UInt64], steps: Int? = nil, sampler: SamplerKind? = nil,
    guidanceScale: Float? = nil, cache: (any CacheMethod)? = nil, edit: ImageEdit? = nil,
    previewInterval: Int? = nil, threads: Int? = nil
  ) throws -> DenoisingRun {
    try run(
      classes.map(Condition.label), generators: seeds.map(TorchGenerator.init(seed:)),
      sampler: self.sampler(sampler, steps: steps),
      guidance: guidanceScale.map { Guidance(scale: $0, channels: defaults.guidedChannels) },
      cache: cache, edit: edit, previewInterval: previewInterval, threads: threads)
  }

  /// The sampler that the model is meant to be sampled with, or another one.
  ///
  /// - Parameters:
  ///   - kind: The sampler; nil is the model's.
  ///   - steps: The number of steps; nil is the model's.
  /// - Returns: The sampler.
  /// - Throws: `SamplerError` or `ModelError` where there is none for so many steps or such a
  ///   model.
  public func sampler(_ kind: SamplerKind? = nil, steps: Int? = nil) throws -> any Sampler {
    let kind = kind ?? defaults.sampler
    return try sampling.sampler(
      kind, steps: steps ?? defaults.steps,
      spacing: kind.takesSpacing && kind != .ddpm ? defaults.spacing : nil)
  }

  /// Prepares a run under any conditions.
  ///
  /// Noise is drawn in diffusers' order: first for the latents of the image to start from, then for
  /// the samples at the start, then for each step.
  ///
  /// - Parameters:
  ///   - conditions: The condition of each image.
  ///   - negatives: The condition that guidance leads each image away from; nil is the model's
  ///     unconditional one.
  ///   - generators: A generator for each image, which draws its noise.
  ///   - sampler: The sampler, with all of its steps; nil is the model's.
  ///   - guidance: The guidance; nil is the model's.
  ///   - cache: The cache; nil computes everything.
  ///   - edit: The image to start from; the run takes only the last steps, as its strength says.
  ///   - noise: The noise of the samples at the start, `[images] + sampleShape`; nil draws it.
  ///   - size: The size of a sample; nil is the one that the model was trained for.
  ///   - previewInterval: The number of steps from one preview to the next; nil makes none.
  ///   - threads: The most threads to use; one for each processor by default.
  /// - Returns: A run that has not taken a step yet.
  /// - Throws: `RunError`, `SamplerError` or `CacheError` where the request does not fit the model.
  public func run(
    _ conditions: [Condition], negatives: [Condition]? = nil, generators: [any RandomSource],
    sampler: (any Sampler)? = nil, guidance: Guidance? = nil, cache: (any CacheMethod)? = nil,
    edit: ImageEdit? = nil, noise: Tensor<Float>? = nil, size: SampleSize? = nil,
    previewInterval: Int? = nil, threads: Int? = nil
  ) throws -> DenoisingRun {
    guard !conditions.isEmpty else { throw RunError.noConditions }
    guard generators.count == conditions.count else {
      throw RunError.generators(expected: conditions.count, found: generators.count)
    }
    let sampler = try sampler ?? self.sampler()
    let architecture = try denoiser.architecture(for: size ?? denoiser.sampleSize)
    var generators = generators
    let initialImage = edit?.initialImage(&generators)
    let drawn = Tensor(
      concatenating: generators.indices.map {
        generators[$0].normal([1] + architecture.sampleShape)
      }, axis: 0)
    return try DenoisingRun(
      denoiser: denoiser, sampler: try edit?.steps(of: sampler) ?? sampler,
      request: .init(
        conditions: conditions, negatives: negatives, noise: noise ?? drawn,
        initialImage: initialImage, generators: generators,
        guidance: guidance ?? defaults.guidance,
        cache: cache, previewInterval: previewInterval),
      threads: threads)
  }

  /// What a cache method needs to know of a run to make its plan, before there is a run.
  ///
  /// - Parameters:
  ///   - imageCount: The images that are drawn together.
  ///   - sampler: The sampler, with the steps that are taken; nil is the model's.
  ///   - guidance: The guidance; nil is the model's.
  ///   - size: The size of a sample; nil is the one that the model was trained for.
  /// - Returns: The outline of the run.
  /// - Throws: `RunError` or `SamplerError` where the model cannot draw so.
  public func outline(
    imageCount: Int, sampler: (any Sampler)? = nil, guidance: Guidance? = nil,
    size: SampleSize? = nil
  ) throws -> RunOutline {
    RunOutline(
      denoiser, try denoiser.architecture(for: size ?? denoiser.sampleSize),
      sampler: try sampler ?? self.sampler(),
      guidance: guidance ?? defaults.guidance,
      imageCount: imageCount)
  }
}
