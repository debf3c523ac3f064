internal import DiT
internal import Foundation
internal import Kernels
internal import ShowcaseModel
internal import Tensor
internal import _ExampleCommandLine

/// What a run of `generate` is to do: the options, checked and completed from the model.
struct Settings: Sendable {
  let pipeline: DiffusionPipeline
  /// The same model in the precision that a calibration corrects to.
  let reference: DiffusionPipeline?
  let modelName: String
  let isShippedModel: Bool
  /// The autoencoder, the text encoder and the variant of the weights that were asked for instead of
  /// the model's.
  let autoencoder, textEncoder, variant: String?
  /// The file that encoded prompts were read from.
  let embeddings: String?
  let encodedTexts: EncodedTextFile?
  /// The prompts as the model reads them, once they are encoded.
  private(set) var encodedPrompts: EncodedPrompts?
  /// The images to draw: those of the shard, without those that are there already.
  let items: [Item]
  /// The number of images of the shard, and of those that are there already.
  let requestedCount, skippedCount: Int
  /// What the images show, and the number of images of each.
  let subjects: Subjects
  let countPerSubject: Int
  /// The size of the images and samples.
  let size: SizeChoice
  /// What there is to know of the model for samples of that size.
  let architecture: Architecture
  /// The seed of the first image of the run.
  let firstSeed: UInt64
  /// The share of the run that is drawn; nil for all.
  let shard: Shard?
  let rng: String
  let samplerChoice: SamplerChoice
  /// The number of steps that was asked for; some samplers evaluate the model more often.
  let steps: Int
  let fullSampler: any Sampler
  /// The steps that are taken: the last ones where there is an image to start from.
  let sampler: any Sampler
  let makeSampler: @Sendable (_ steps: Int) throws -> any Sampler
  let guidance: Guidance
  let cache: CacheChoice?
  let isComparing: Bool
  /// What to measure instead of drawing.
  let calibration: CalibrationRequest?
  let threads: Int
  let batchSize: Int
  let outputs: Outputs
  /// What `noise` was read from.
  let latentsIn: String?
  let noise: Tensor<Float>?
  let previewInterval: Int?
  /// What was asked for of an image to start from.
  let editOptions: EditOptions?
  /// The image to start from.
  let edit: ImageEdit?
  let isQuiet: Bool
  let isJSON: Bool
  /// Whether steps are told to programs.
  let tellsSteps: Bool
  /// What the user may not have meant.
  let warnings: [String]

  /// Checks the options against each other and the model, and loads it.
  ///
  /// - Throws: `UsageError` for what the user can mend, and what loading throws.
  init(_ o: GenerateOptions, _ arguments: ParsedArguments) throws {
    calibration = try CalibrationRequest(o, arguments)
    let request = try OutputRequest(o, arguments)
    latentsIn = arguments[o.latentsIn]
    previewInterval = request.previewInterval
    (isQuiet, isJSON, tellsSteps) = (
      arguments[o.quiet], arguments[o.json], arguments[o.jsonProgress]
    )
    isComparing = arguments[o.compare]
    rng = arguments[o.rng]
    batchSize = arguments[o.batchSize]
    if let latentsIn { try requireArrayFile(latentsIn) }
    let shard = try arguments[o.shard]?.shard(in: ProcessInfo.processInfo.environment)
    self.shard = shard
    threads =
      arguments[o.threads]
      ?? (shard ?? Shard(1, of: 1)).threads(
        machine: ProcessInfo.processInfo.processorCount,
        available: availableProcessors())
    let cacheMethod = try CacheChoice.method(
      arguments[o.cache], calibration: arguments[o.calibration])
    if isComparing && cacheMethod == nil {
      throw UsageError.other("--compare needs a --cache to compare with")
    }
    if isComparing && previewInterval != nil {
      throw UsageError.other("--compare measures times, and --preview-every would spoil them")
    }
    if isComparing && request.skipsExisting {
      throw UsageError.other("--compare draws all images, and --skip-existing would not")
    }
    isShippedModel = arguments[o.model] == nil
    let folder = try arguments[o.model] ?? ShowcaseModel.generator.folder()
    let subjects = try Subjects(o, arguments, folder: folder)
    try request.prepare()
    try calibration?.check()

    let editOptions = try EditOptions(o, arguments)
    self.editOptions = editOptions

    modelName = folder.split(separator: "/").last.map(String.init) ?? folder
    (autoencoder, variant) = (arguments[o.autoencoder], arguments[o.variant])
    (textEncoder, embeddings) = (arguments[o.textEncoder], arguments[o.embeddings])
    let encodedTexts = try embeddings.map(EncodedTextFile.init(path:))
    self.encodedTexts = encodedTexts
    let bar = LoadingBar("loading", quiet: isQuiet || tellsSteps)
    defer { bar.clear() }
    pipeline = try opening { [autoencoder, textEncoder, variant] in
      try DiffusionPipeline(
        folder: folder, autoencoder: autoencoder, textEncoder: textEncoder, variant: variant,
        encodesImages: editOptions != nil, encodesTexts: encodedTexts == nil,
        precision: Precision(rawValue: arguments[o.precision]),
        textPrecision: arguments[o.textPrecision].flatMap(Precision.init(rawValue:)),
        progress: { read, count in bar.advance(to: read, of: count) })
    }
    reference = try calibration?.reference.map { [autoencoder, textEncoder, variant] in
      try DiffusionPipeline(
        folder: folder, autoencoder: autoencoder, textEncoder: textEncoder, variant: variant,
        encodesTexts: false, precision: $0)
    }
    let defaults = pipeline.defaults
    let size = try SizeChoice(o, arguments, pipeline)
    let architecture = try pipeline.denoiser.architecture(for: size.sample)
    (self.size, self.architecture) = (size, architecture)

    let (seed, count) = (arguments[o.seed], arguments[o.count])
    if seed == .random, shard.map({ $0.count > 1 }) ?? false {
      throw UsageError.other("--seed -1 would be another seed in each shard; give one to --shard")
    }
    let firstSeed = seed.value()
    (self.subjects, countPerSubject, self.firstSeed) = (subjects, count, firstSeed)
    let total = subjects.count * count
    let share = shard?.range(of: total) ?? 0..<total
    let outputs = try Outputs(request, count: total, shard: shard)
    self.outputs = outputs
    let shared = share.map { index in
      Item(
        number: index + 1, subject: index / count,
        subjectNames: subjects.names(of: index / count), seed: firstSeed &+ UInt64(index))
    }
    let items = request.skipsExisting ? shared.filter { !outputs.exist(for: $0) } : shared
    self.items = items
    (requestedCount, skippedCount) = (shared.count, shared.count - items.count)

    guard
      request.format != .png && previewInterval == nil
        || [1, 3].contains(pipeline.imageChannels)
    else {
      throw UsageError.other(
        "images of \(pipeline.imageChannels) channels do not go into PNG; use --format npy or safetensors"
      )
    }
    guard !request.isGrid || items.count <= 2000 else {
      throw UsageError.other(
        "a grid of \(items.count) images is too large; 2000 is the most, or name classes for "
          + "files of their own")
    }
    guard !isComparing || min(size.image.height, size.image.width) >= ssimWindow else {
      throw UsageError.other("--compare needs images of at least \(ssimWindow) pixels a side")
    }

    let choice = try SamplerChoice(o, arguments, defaults)
    samplerChoice = choice
    makeSampler = { [sampling = pipeline.sampling] steps in
      try choice.sampler(sampling, steps: steps)
    }
    steps = arguments[o.steps] ?? defaults.steps
    fullSampler = try makeSampler(steps)
    let sampler = try editOptions?.steps(of: fullSampler) ?? fullSampler
    self.sampler = sampler
    guidance = Guidance(
      scale: arguments[o.guidanceScale].map { Float($0) } ?? defaults.guidanceScale,
      channels: arguments[o.guidedChannels].flatMap(Guidance.Channels.init(rawValue:))
        ?? defaults.guidedChannels,
      belowOne: Guidance.BelowOne(rawValue: arguments[o.guidanceBelowOne]) ?? .mixes)
    let outline = try pipeline.outline(
      imageCount: max(1, min(batchSize, items.count)), sampler: sampler, guidance: guidance,
      size: size.sample)
    cache = try cacheMethod.map { try CacheChoice($0, for: outline) }
    edit = try editOptions?.read(for: pipeline, size: size.sample, threads: threads)
    let given = try latentsIn.map {
      try GivenNoise($0, shape: [total] + architecture.sampleShape)
    }
    noise = given.map { given in given.rows(items.map { $0.number - 1 }) }
    let guiding = [
      subjects.prompts?.negative == nil ? nil : "--negative-prompt",
      arguments.has(o.guidedChannels) ? "--cfg-channels" : nil,
    ].compactMap { [guidance] in guidance.isOn ? nil : $0 }
    let cutOff = pipeline.textEncoder.flatMap { subjects.prompts?.warnings($0) } ?? []
    warnings =
      cutOff + guiding.map { "\($0) does nothing without guidance (--cfg-scale 1)" }
      + [
        shard?.warning, given?.warning,
        previewInterval.flatMap {
          $0 > sampler.stepCount
            ? "--preview-every \($0) makes none in \(counted(sampler.stepCount, "step"))" : nil
        },
      ].compactMap { $0 }
  }

  /// The numbers that the model multiplies.
  var precision: Precision { pipeline.denoiser.precision }
  /// The name of the instruction set that multiplies them.
  var instructionSet: String { Workspace(threads: 1, precision: precision).instructionSet }

  /// Encodes the prompts of the images that are drawn.
  ///
  /// - Throws: What `EncodedPrompts` throws.
  mutating func encodePrompts() throws { encodedPrompts = try EncodedPrompts(self) }

  /// The images that are computed together, as ranges of `items`.
  var batches: [Range<Int>] {
    stride(from: 0, to: items.count, by: batchSize).map {
      $0..<min($0 + batchSize, items.count)
    }
  }

  /// Prepares the run of a batch.
  ///
  /// - Parameters:
  ///   - batch: The images to draw.
  ///   - sampler: Another sampler than that of the settings, all of its steps.
  ///   - isCached: Whether to use the cache of the settings.
  ///   - other: The same model in another precision; that of the settings where nil.
  /// - Returns: A run that has not taken a step yet.
  /// - Throws: `RunError` or `CacheError`, where the settings do not fit the model.
  func run(
    _ batch: Range<Int>, sampler: (any Sampler)? = nil, isCached: Bool = true,
    of other: DiffusionPipeline? = nil
  ) throws -> DenoisingRun {
    let places = items[batch].map(\.subject)
    return try (other ?? pipeline).run(
      encodedPrompts?.conditions(of: places)
        ?? places.compactMap { subjects.label(of: $0).map(Condition.label) },
      negatives: encodedPrompts?.negatives(of: places),
      generators: items[batch].map { generator(seed: $0.seed) },
      sampler: sampler ?? fullSampler, guidance: guidance, cache: isCached ? cache?.plan : nil,
      edit: edit, noise: noise.map { $0[batch] }, size: size.sample,
      previewInterval: previewInterval,
      threads: threads)
  }

  private func generator(seed: UInt64) -> any RandomSource {
    rng == "torch" ? TorchGenerator(seed: seed) : PhiloxGenerator(seed: seed)
  }

  /// Where the preview of a batch after a step goes.
  func previewPath(batch: Range<Int>, step: Int) -> String {
    outputs.previewPath(
      first: items[batch.lowerBound], isOnly: batches.count == 1 && shard == nil, step: step,
      stepCount: sampler.stepCount)
  }

  /// Throws, before any work, where an output could not be written.
  func checkOutputs() throws {
    let steps = previewInterval.map { interval in
      (0..<sampler.stepCount).filter { ($0 + 1).isMultiple(of: interval) }
    }
    try outputs.check(
      items,
      previews: batches.flatMap { batch in
        (steps ?? []).map { previewPath(batch: batch, step: $0) }
      })
  }
}
