internal import Foundation
internal import Tensor

extension DiffusionPipeline {
  /// Opens a folder that diffusers' `PixArtAlphaPipeline` or `PixArtSigmaPipeline` was saved to.
  ///
  /// - Parameters:
  ///   - folder: The folder.
  ///   - textTokens: The most tokens of a prompt.
  ///   - options: How to read it.
  /// - Throws: An error that names the file, where one is missing, damaged or not served.
  init(pixArt folder: DiffusersFolder, textTokens: Int, _ options: LoadingOptions) throws {
    let transformer = folder.path + "/transformer"
    let settings = FileSettings(file: transformer + "/config.json")
    let fields: PixArtFields = try FileSettings.decoded(path: settings.file)
    let c = try fields.configuration(settings, textTokens: textTokens)
    let sampling = try SamplerConfiguration(
      path: folder.path + "/scheduler/scheduler_config.json")
    let autoencoder = try options.autoencoder(
      else: folder.path + "/vae", forLatentsOf: c.channels)
    let checkpoint = try Checkpoint(component: transformer, variant: options.variant)
    try self.init(
      denoiser: PixArtTransformer(
        c, from: try options.weights(checkpoint, shapes: checkpoint.entries.map(\.shape))),
      space: .latents(autoencoder), classNames: [],
      textEncoder: try options.textEncoder(beside: folder.path, c), sampling: sampling,
      defaults: .pixArt(sampler: sampling.kind))
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

extension LoadingOptions {
  /// The text encoder in the folders `tokenizer` and `text_encoder`, or where the options say.
  ///
  /// - Parameters:
  ///   - folder: The folder of the model.
  ///   - c: The model that reads the texts.
  /// - Returns: The encoder; nil where the folder has none, as that of a model which shares it with
  ///   another.
  /// - Throws: An error that names the file where it is damaged, or makes texts of another width.
  func textEncoder(
    beside folder: String, _ c: PixArtTransformer.Configuration
  ) throws -> T5TextEncoder? {
    let folder = textEncoder ?? folder
    let encoder = folder + "/text_encoder"
    guard textEncoder != nil || hasFile(encoder) else { return nil }
    let configuration = try T5Encoder.Configuration(path: encoder + "/config.json")
    try FileSettings(file: encoder + "/config.json").require(
      configuration.width == c.textWidth, "d_model", configuration.width,
      "\(c.textWidth), the width of the texts that the transformer reads")
    return try T5TextEncoder(
      tokenizer: folder + "/tokenizer", encoder: encoder, variant: textEncoderVariant(encoder),
      tokenLimit: c.textTokens, precision: precision)
  }

  /// The variant of the text encoder: that of the options where the folder has it.
  private func textEncoderVariant(_ folder: String) -> String? {
    guard let variant else { return nil }
    let names = [
      "model.\(variant).safetensors", "model.safetensors.index.\(variant).json",
      "pytorch_model.\(variant).bin", "pytorch_model.bin.index.\(variant).json",
    ]
    return names.contains { hasFile("\(folder)/\($0)") } ? variant : nil
  }
}
