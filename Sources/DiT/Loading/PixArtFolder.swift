internal import Foundation
internal import Tensor

extension DiffusionPipeline {
  /// Opens a folder that diffusers' `PixArtAlphaPipeline` or `PixArtSigmaPipeline` was saved to.
  ///
  /// - Parameters:
  ///   - folder: The folder.
  ///   - textTokens: The most tokens of a prompt.
  ///   - options: How to read it.
  /// - Throws: An error that names the file, where one is missing, damaged or not supported.
  init(pixArt folder: DiffusersFolder, textTokens: Int, _ options: LoadingOptions) throws {
    let c = try folder.pixArtConfiguration(textTokens: textTokens)
    let sampling = try SamplerConfiguration(
      path: folder.path + "/scheduler/scheduler_config.json")
    let autoencoder = try options.autoencoder(
      else: folder.path + "/vae", forLatentsOf: c.channels)
    let textEncoder = try options.textEncoder(beside: folder.path, c)
    let transformer = folder.path + "/transformer"
    let checkpoint = try Checkpoint(
      component: transformer, variant: options.variant(of: transformer))
    try options.requireVariant(
      for: folder.path,
      in: [
        transformer, autoencoder.path,
        LoadingOptions.encoder(in: options.textEncoder ?? folder.path),
      ])
    let weights = try options.weights(
      checkpoint, shapes: checkpoint.entries.map(\.shape), besides: autoencoder, textEncoder)
    try self.init(
      denoiser: PixArtTransformer(c, from: weights), space: .latents(autoencoder.autoencoder()),
      textEncoder: textEncoder?.textEncoder(),
      tokenizer: options.tokenizer(beside: folder.path), sampling: sampling,
      defaults: .pixArt(sampler: sampling.kind))
  }
}

extension DiffusersFolder {
  /// The sizes of the PixArt transformer in the folder.
  ///
  /// - Parameter textTokens: The most tokens of a prompt.
  /// - Returns: The sizes.
  /// - Throws: `ModelError` where its configuration is missing, or has a value that is not
  ///   supported.
  func pixArtConfiguration(
    textTokens: Int
  ) throws(ModelError) -> PixArtTransformer.Configuration {
    let settings = FileSettings(file: path + "/transformer/config.json")
    let fields: PixArtFields = try FileSettings.decoded(path: settings.file)
    return try fields.configuration(settings, textTokens: textTokens)
  }
}

extension DiffusionPipeline.Defaults {
  /// How PixArt is sampled: models that were distilled for few steps without guidance.
  static func pixArt(sampler: SamplerKind) -> Self {
    sampler == .lcm
      ? Self(sampler: sampler, steps: 4, guidanceScale: 1)
      : Self(sampler: sampler, steps: 20, guidanceScale: 4.5)
  }
}
