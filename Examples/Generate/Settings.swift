internal import DiT
internal import Kernels
internal import ShowcaseModel
internal import Tensor
internal import _ExampleCommandLine

/// What a run of `generate` is to do: the options, checked and completed from the model.
struct Settings: Sendable {
  /// An image to draw.
  struct Item: Sendable {
    let label: Int
    let seed: UInt64
  }

  let pipeline: DiffusionPipeline
  let modelName: String
  let isShippedModel: Bool
  /// The autoencoder and the variant of the weights that were asked for instead of the model's.
  let autoencoder, variant: String?
  let items: [Item]
  /// The number of images of each class that was named.
  let countPerClass: Int
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
  let threads: Int
  let batchSize: Int
  let output: String
  /// Where images go.
  let imagePaths: [String]
  let format: OutputFormat
  let isGrid: Bool
  let isClobbering: Bool
  /// What `noise` was read from.
  let latentsIn: String?
  let noise: Tensor<Float>?
  let latentsOut: String?
  let previewInterval: Int?
  /// What was asked for of an image to start from.
  let editOptions: EditOptions?
  /// The image to start from.
  let edit: ImageEdit?
  let isQuiet: Bool
  let isJSON: Bool

  /// Checks the options against each other and the model, and loads it.
  ///
  /// - Throws: `UsageError` for what the user can mend, and what loading throws.
  init(_ o: GenerateOptions, _ arguments: ParsedArguments) throws {
    output = arguments[o.output]
    format = try OutputFormat(
      of: output, requested: arguments[o.format].flatMap(OutputFormat.init(rawValue:)))
    isGrid = arguments[o.grid] || arguments[o.classes].isEmpty
    isClobbering = !arguments[o.noClobber]
    (latentsIn, latentsOut) = (arguments[o.latentsIn], arguments[o.latentsOut])
    previewInterval = arguments[o.previewInterval]
    (isQuiet, isJSON) = (arguments[o.quiet], arguments[o.json])
    isComparing = arguments[o.compare]
    rng = arguments[o.rng]
    batchSize = arguments[o.batchSize]
    threads = arguments[o.threads] ?? Workspace().threads
    for path in [latentsOut, latentsIn].compactMap({ $0 }) {
      try Self.requireArrayFile(path)
    }
    let cacheMethod = try CacheChoice.method(
      arguments[o.cache], calibration: arguments[o.calibration])
    if isComparing && cacheMethod == nil {
      throw UsageError.other("--compare needs a --cache to compare with")
    }
    if isComparing && previewInterval != nil {
      throw UsageError.other("--compare measures times, and --preview-every would spoil them")
    }

    let editOptions = try EditOptions(o, arguments)
    self.editOptions = editOptions

    isShippedModel = arguments[o.model] == nil
    let folder = try arguments[o.model] ?? ShowcaseModel.generator.folder()
    modelName = folder.split(separator: "/").last.map(String.init) ?? folder
    (autoencoder, variant) = (arguments[o.autoencoder], arguments[o.variant])
    let bar = LoadingBar(quiet: isQuiet)
    defer { bar.clear() }
    pipeline = try DiffusionPipeline(
      folder: folder, autoencoder: autoencoder, variant: variant, encodesImages: editOptions != nil,
      precision: Precision(rawValue: arguments[o.precision]),
      progress: { read, count in bar.advance(to: read, of: count) })
    let (defaults, c) = (pipeline.defaults, pipeline.denoiser.architecture)

    let labels = try ClassNames(pipeline.classNames).labels(
      arguments[o.classes], option: o.classes)
    let (first, count) = (arguments[o.seed], arguments[o.count])
    countPerClass = count
    items = labels.flatMap { label in (0..<count).map { _ in label } }.enumerated().map {
      Item(label: $0.element, seed: UInt64(first + $0.offset))
    }

    guard format != .png && previewInterval == nil || [1, 3].contains(pipeline.imageChannels)
    else {
      throw UsageError.other(
        "images of \(pipeline.imageChannels) channels do not go into PNG; use --format npy or safetensors"
      )
    }
    guard format != .png || !isGrid || items.count <= 2000 else {
      throw UsageError.other(
        "a grid of \(items.count) images is too large; 2000 is the most, or name classes for "
          + "files of their own")
    }
    let size = pipeline.imageSize
    guard !isComparing || min(size.height, size.width) >= ssimWindow else {
      throw UsageError.other("--compare needs images of at least \(ssimWindow) pixels a side")
    }
    imagePaths = try outputPaths(
      output, format: format, count: format == .png && !isGrid ? items.count : 1)
    if let latentsOut, imagePaths.contains(where: { isSameFile($0, latentsOut) }) {
      throw UsageError.other("--output and --latents-out both mean '\(latentsOut)'")
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
        ?? defaults.guidedChannels)
    let outline = try pipeline.outline(
      imageCount: min(batchSize, items.count), sampler: sampler, guidance: guidance)
    cache = try cacheMethod.map { try CacheChoice($0, for: outline) }
    edit = try editOptions?.read(for: pipeline, threads: threads)
    noise = try latentsIn.map {
      try Self.noise($0, shape: [labels.count * count] + c.sampleShape)
    }
  }

  /// The numbers that the model multiplies.
  var precision: Precision { pipeline.denoiser.precision }
  /// The name of the instruction set that multiplies them.
  var instructionSet: String { Workspace(threads: 1, precision: precision).instructionSet }

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
  /// - Returns: A run that has not taken a step yet.
  /// - Throws: `RunError` or `CacheError`, where the settings do not fit the model.
  func run(
    _ batch: Range<Int>, sampler: (any Sampler)? = nil, isCached: Bool = true
  ) throws -> DenoisingRun {
    try pipeline.run(
      items[batch].map { .label($0.label) },
      generators: items[batch].map { generator(seed: $0.seed) },
      sampler: sampler ?? fullSampler, guidance: guidance, cache: isCached ? cache?.plan : nil,
      edit: edit, noise: noise.map { $0[batch] }, previewInterval: previewInterval,
      threads: threads)
  }

  private func generator(seed: UInt64) -> any RandomSource {
    rng == "torch" ? TorchGenerator(seed: seed) : PhiloxGenerator(seed: seed)
  }

  /// Throws where a path is not named like an array file.
  private static func requireArrayFile(_ path: String) throws {
    guard [.npy, .safetensors].contains(OutputFormat(path: path)) else {
      throw UsageError.other("latents file '\(path)' must end in .npy or .safetensors")
    }
  }

  /// The noise in a file.
  private static func noise(_ path: String, shape: [Int]) throws -> Tensor<Float> {
    let tensor =
      OutputFormat(path: path) == .npy
      ? try NumPyFile.read(path) : try SafetensorsFile(path: path).tensor(named: "latents")
    guard tensor.shape == shape, tensor.scalarType.isFloatingPoint else {
      throw ModelError.value(
        file: path, key: "latents", expected: "floating point of shape \(shape)",
        found: "\(tensor.scalarType.rawValue) of shape \(tensor.shape)")
    }
    return tensor.converted(to: Float.self)
  }
}
