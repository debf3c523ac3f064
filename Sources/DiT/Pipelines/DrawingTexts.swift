internal import Tensor

extension DiffusionPipeline {
  /// Prepares a run that draws images of prompts.
  ///
  ///     let run = try pipeline.run(prompts: ["an astronaut riding a horse"], seeds: [0])
  ///
  /// Arguments that are left out have the model's values (`defaults`).
  ///
  /// - Parameters:
  ///   - prompts: The prompt of each image.
  ///   - negativePrompt: The prompt that guidance leads away from. Nil is the null text that the
  ///     checkpoint has learned, and the empty prompt where it has none.
  ///   - seeds: The seed of each image; its noise is that of PyTorch's generator.
  ///   - imageSize: The size of an image in pixels; nil is the one that the model was trained for.
  ///   - steps: The number of steps.
  ///   - sampler: The sampler.
  ///   - guidanceScale: The scale of classifier-free guidance; 1 is no guidance.
  ///   - cache: The cache; nil computes everything.
  ///   - edit: The image to start from; nil starts from noise.
  ///   - previewInterval: The number of steps from one preview to the next; nil makes none.
  ///   - threads: The most threads to use; one for each processor by default.
  /// - Returns: A run that has not taken a step yet.
  /// - Throws: `RunError`, `SamplerError` or `CacheError` where the request does not fit the model,
  ///   and errors of reading the text encoder.
  public func run(
    prompts: [String], negativePrompt: String? = nil, seeds: [UInt64],
    imageSize: (height: Int, width: Int)? = nil, steps: Int? = nil, sampler: SamplerKind? = nil,
    guidanceScale: Float? = nil, cache: (any CacheMethod)? = nil, edit: ImageEdit? = nil,
    previewInterval: Int? = nil, threads: Int? = nil
  ) throws -> DenoisingRun {
    let conditions = try conditions(
      for: prompts, negativePrompt: negativePrompt, threads: threads)
    return try run(
      conditions.prompts, negatives: conditions.negatives,
      generators: seeds.map(TorchGenerator.init(seed:)),
      sampler: self.sampler(sampler, steps: steps),
      guidance: guidanceScale.map { Guidance(scale: $0, channels: defaults.guidedChannels) },
      cache: cache, edit: edit, size: try imageSize.map { try sampleSize(of: $0) },
      previewInterval: previewInterval,
      threads: threads)
  }

  /// The size of the sample whose image has a given size.
  ///
  /// - Parameter image: The size in pixels.
  /// - Returns: The size of the sample.
  /// - Throws: `RunError.imageSize` where there is no such sample.
  public func sampleSize(of image: (height: Int, width: Int)) throws(RunError) -> SampleSize {
    if image == imageSize { return denoiser.sampleSize }
    let scale = autoencoder?.configuration.scale ?? 1
    let size = SampleSize(height: image.height / scale, width: image.width / scale)
    guard space.imageSize(size) == image, denoiser.sizes.contains(size) else {
      throw .imageSize(
        SampleSize(height: image.height, width: image.width),
        expected: describedSizes(scale: scale))
    }
    return size
  }

  /// The sizes of images that the model draws, in words.
  private func describedSizes(scale: Int) -> String {
    guard case .only = denoiser.sizes else { return denoiser.sizes.described(scale: scale) }
    // An image may be smaller than its sample, whose rows and columns at the edge are cut off.
    return "\(SampleSize(height: imageSize.height, width: imageSize.width))"
  }
}
