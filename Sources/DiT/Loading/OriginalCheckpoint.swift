internal import NN
internal import Tensor

extension DiffusionPipeline {
  /// Opens a checkpoint of the original code, with an autoencoder in `vae` beside it.
  init(originalCheckpoint path: String, _ options: LoadingOptions) throws {
    let checkpoint = try Checkpoint(path: path).trained().unwrapped()
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    if PixArtTransformer.Configuration.isOriginal(checkpoint) {
      try self.init(originalPixArt: checkpoint, folder: folder, options)
      return
    }
    try options.requireNoTextEncoder(for: path)
    let c = try DiffusionTransformer.Configuration(checkpoint)
    let autoencoder = try options.autoencoder(else: folder + "vae", forLatentsOf: c.channels)
    try options.requireVariant(for: path, in: [autoencoder.path])
    let weights = try options.weights(
      checkpoint, shapes: checkpoint.entries.map(\.shape), besides: autoencoder)
    try self.init(
      denoiser: DiffusionTransformer(c, from: weights),
      space: .latents(autoencoder.autoencoder()),
      classNames: Self.classNames(nil, count: c.classCount),
      sampling: SamplerConfiguration(
        kind: .ddpm, spacing: .leading, schedule: .linear(), learnsVariance: c.learnsSigma),
      defaults: Defaults(sampler: .ddpm, spacing: nil, guidedChannels: .three))
  }
}

extension Checkpoint {
  /// The weights to sample with: of a training checkpoint the averaged ones (`ema`), or the model's
  /// where there are none.
  func trained() throws -> Checkpoint {
    let scopes = ["ema", "model", "state_dict"]
    guard
      let scope = scopes.first(where: { scope in names.contains { $0.hasPrefix(scope + ".") } })
    else { return self }
    return try subtree(scope)
  }
}

extension DiffusionTransformer.Configuration {
  /// The sizes that the shapes of an original checkpoint's tensors tell.
  ///
  /// - Throws: `WeightError` or `ModelError` where one is missing, or they tell of no such model.
  init(_ checkpoint: Checkpoint) throws {
    let shapes = CheckpointShapes(checkpoint)
    let patches = try shapes["x_embedder.proj.weight", rank: 4]
    let (width, channels, patch) = (patches[0], patches[1], patches[2])
    let heads = try shapes.headCount(width: width, "x_embedder.proj.weight")
    let grid = try shapes.side(
      ofSquare: try shapes["pos_embed", rank: 3][1], "pos_embed", patch: patch)
    let outputs = try shapes["final_layer.linear.weight", rank: 2][0]
    let classes = try shapes["y_embedder.embedding_table.weight", rank: 2][0] - 1
    guard classes > 0 else {
      throw ModelError.value(
        file: checkpoint.path, key: "y_embedder.embedding_table.weight",
        expected: "of a class and the null class", found: "of one row")
    }
    self.init(
      inputSize: .square(grid * patch), channels: channels, patchSize: patch, width: width,
      depth: shapes.count(of: "blocks", "attn.qkv.bias"), headCount: heads,
      hiddenWidth: try shapes["blocks.0.mlp.fc1.bias", rank: 1][0],
      classCount: classes,
      learnsSigma: outputs == 2 * patch * patch * channels)
  }
}
