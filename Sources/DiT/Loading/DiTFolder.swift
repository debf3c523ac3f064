internal import Tensor

extension DiffusionPipeline {
  /// Opens a folder that diffusers' `DiTPipeline` was saved to.
  init(dit folder: DiffusersFolder, _ options: LoadingOptions) throws {
    try options.requireNoTextEncoder(for: folder.path)
    let transformer = folder.path + "/transformer"
    let fields: TransformerFields = try FileSettings.decoded(path: transformer + "/config.json")
    let c = try fields.configuration(FileSettings(file: transformer + "/config.json"))
    let sampling = try SamplerConfiguration(
      path: folder.path + "/scheduler/scheduler_config.json")
    let autoencoder = try options.autoencoder(
      else: folder.path + "/vae", forLatentsOf: c.channels)
    let checkpoint = try Checkpoint(
      component: transformer, variant: options.variant(of: transformer))
    try options.requireVariant(for: folder.path, in: [transformer, autoencoder.path])
    let weights = try options.weights(
      checkpoint, shapes: checkpoint.entries.map(\.shape), besides: autoencoder)
    try self.init(
      denoiser: DiffusionTransformer(c, from: weights),
      space: .latents(autoencoder.autoencoder()),
      classNames: Self.classNames(folder.index.id2label, count: c.classCount),
      sampling: sampling, defaults: Defaults(sampler: sampling.kind, spacing: nil))
  }
}
