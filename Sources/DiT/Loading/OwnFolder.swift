internal import Tensor

extension DiffusionPipeline {
  /// Opens a folder in the layout of this package, with `config.json` and `model.safetensors`.
  init(ownFolder folder: String, _ options: LoadingOptions) throws {
    let file = folder + "/config.json"
    let description: ModelDescription = try FileSettings.decoded(path: file)
    let c = try description.configuration(file: file)
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
    let weights = try SafetensorsFile(path: folder + "/model.safetensors")
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
