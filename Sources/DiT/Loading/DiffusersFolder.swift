internal import Tensor

/// The fields of `model_index.json` that a pipeline of DiT has.
private struct PipelineIndex: Decodable {
  let _className: String?
  let id2label: [String: String]?
}

extension DiffusionPipeline {
  /// Opens a folder that diffusers' `DiTPipeline` was saved to.
  init(diffusersFolder folder: String, _ options: LoadingOptions) throws {
    let file = folder + "/model_index.json"
    let index: PipelineIndex = try FileSettings.decoded(path: file)
    let name = index._className ?? "nothing"
    try FileSettings(file: file).require(
      name == "DiTPipeline", "_class_name", name, "DiTPipeline")
    let configurationFile = folder + "/transformer/config.json"
    let fields: TransformerFields = try FileSettings.decoded(path: configurationFile)
    let c = try fields.configuration(FileSettings(file: configurationFile))
    let sampling = try SamplerConfiguration(path: folder + "/scheduler/scheduler_config.json")
    let autoencoder = try options.autoencoder(
      else: folder + "/vae", forLatentsOf: c.channels)
    let checkpoint = try Checkpoint(
      component: folder + "/transformer", variant: options.variant)
    try self.init(
      model: DiffusionTransformer(
        c, from: options.weights(checkpoint, shapes: checkpoint.entries.map(\.shape))),
      space: .latents(autoencoder), labels: index.id2label, sampling: sampling,
      defaults: Defaults(sampler: sampling.kind, spacing: nil))
  }
}
