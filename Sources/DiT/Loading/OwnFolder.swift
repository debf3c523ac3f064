internal import Tensor

extension DiffusionPipeline {
  /// Opens a folder in the layout of this package, with `config.json` and `model.safetensors`.
  init(ownFolder folder: String, _ options: LoadingOptions) throws {
    let file = folder + "/config.json"
    let description: ModelDescription = try FileSettings.decoded(path: file)
    let c = try description.configuration(file: file)
    try options.requireNoOtherParts(for: folder)
    let range = try description.range(file: file)
    let crop = try description.crop(file: file)
    let schedule = NoiseSchedule.linear(
      count: description.diffusion.numTrainTimesteps, from: description.diffusion.betaStart,
      to: description.diffusion.betaEnd)
    let spacing = try FileSettings(file: file).choice(
      "sampler.timestep_spacing", description.sampler?.timestepSpacing,
      else: TimestepSpacing.leading)
    let defaults = try Self.defaults(
      description.sampler, spacing: spacing, timestepCount: schedule.count, file: file)
    let weights = try Checkpoint(path: folder + "/model.safetensors").unwrapped()
    try self.init(
      denoiser: DiffusionTransformer(
        c, from: try options.weights(weights, shapes: weights.entries.map(\.shape))),
      space: .pixels(range, rows: crop.rows, columns: crop.columns),
      classNames: Self.classNames(description.id2label, count: c.classCount),
      sampling: SamplerConfiguration(
        kind: defaults.sampler, spacing: spacing, schedule: schedule,
        learnsVariance: c.learnsSigma),
      defaults: defaults)
  }

  private static func defaults(
    _ sampler: ModelDescription.Sampler?, spacing: TimestepSpacing, timestepCount: Int,
    file: String
  ) throws(ModelError) -> Defaults {
    let settings = FileSettings(file: file)
    var defaults = Defaults(spacing: spacing)
    defaults.sampler = try settings.choice(
      "sampler.name", sampler?.name, else: defaults.sampler,
      of: SamplerKind.allCases.filter { $0 != .flowEuler })
    defaults.guidanceScale = sampler?.guidanceScale ?? defaults.guidanceScale
    defaults.steps = try settings.number(
      "sampler.steps", sampler?.steps, else: min(defaults.steps, timestepCount),
      in: 1...timestepCount)
    return defaults
  }
}

extension LoadingOptions {
  /// Throws where parts were asked for that a folder of this package does not have.
  fileprivate func requireNoOtherParts(for model: String) throws(ModelError) {
    guard autoencoder == nil else {
      throw .unused(
        model: model, part: "another autoencoder (--vae)", reason: "the model draws pixels")
    }
    guard variant == nil else {
      throw .unused(
        model: model, part: "a variant (--variant)",
        reason: "the weights are in one file, 'model.safetensors'")
    }
    try requireNoTextEncoder(for: model)
  }
}
