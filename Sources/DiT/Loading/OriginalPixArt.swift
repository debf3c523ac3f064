internal import Foundation
internal import NN
internal import Tensor

extension DiffusionPipeline {
  /// Opens a checkpoint of PixArt's original code, with `vae`, `text_encoder` and `tokenizer` beside
  /// it.
  init(originalPixArt checkpoint: Checkpoint, folder: String, _ options: LoadingOptions) throws {
    let c = try PixArtTransformer.Configuration(checkpoint)
    let autoencoder = try options.autoencoder(else: folder + "vae", forLatentsOf: c.channels)
    let textEncoder = try options.textEncoder(beside: folder + ".", c)
    try options.requireVariant(
      for: checkpoint.path,
      in: [autoencoder.path, LoadingOptions.encoder(in: options.textEncoder ?? folder + ".")])
    let weights = try options.weights(
      checkpoint, shapes: checkpoint.entries.map(\.shape), besides: autoencoder, textEncoder)
    try self.init(
      denoiser: PixArtTransformer(c, from: weights), space: .latents(autoencoder.autoencoder()),
      textEncoder: textEncoder?.textEncoder(),
      tokenizer: options.tokenizer(beside: folder + "."),
      sampling: SamplerConfiguration(
        kind: .dpmSolver, spacing: .linspace, schedule: .linear(), learnsVariance: false),
      defaults: .pixArt(sampler: .dpmSolver))
  }
}

extension PixArtTransformer.Configuration {
  /// Whether a checkpoint is one of PixArt's original code.
  static func isOriginal(_ checkpoint: Checkpoint) -> Bool {
    checkpoint.names.contains("y_embedder.y_proj.fc1.weight")
  }

  /// The sizes that the shapes of an original checkpoint's tensors tell.
  ///
  /// - Throws: `WeightError` or `ModelError` where one is missing, or they tell of no such model.
  init(_ checkpoint: Checkpoint) throws {
    let shapes = CheckpointShapes(checkpoint)
    let patches = try shapes["x_embedder.proj.weight", rank: 4]
    let (width, channels, patch) = (patches[0], patches[1], patches[2])
    let tokens = try shapes["pos_embed", rank: 3][1]
    let grid = try shapes.side(ofSquare: tokens, "pos_embed", patch: patch)
    let outputs = try shapes["final_layer.linear.weight", rank: 2][0]
    let text = try shapes["y_embedder.y_embedding", rank: 2]
    let positions = try checkpoint.tensor(named: "pos_embed").converted(to: Float.self)
    let compressions = shapes.names.filter { $0.hasSuffix(".attn.sr.weight") }
    let side = try compressions.first.map { try shapes[$0, rank: 4][3] }
    self.init(
      sampleSize: .square(grid * patch), channels: channels,
      outputChannels: outputs / (patch * patch), patchSize: patch, width: width,
      depth: shapes.count(of: "blocks", "attn.qkv.weight"),
      headCount: try shapes.headCount(width: width, "x_embedder.proj.weight"),
      hiddenWidth: try shapes["blocks.0.mlp.fc1.weight", rank: 2][0],
      textWidth: text[1], textTokens: text[0],
      // The second patch is one column further, and its first element the sine of its position.
      interpolationScale: grid > 1 ? (2 / asin(Double(positions[0, 1, 0].item))).rounded() / 2 : 1,
      isToldSize: shapes.names.contains("csize_embedder.mlp.0.weight"),
      keyCompression: side ?? 1, flavor: .original)
  }
}
