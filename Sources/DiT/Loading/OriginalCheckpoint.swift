internal import Foundation
internal import NN
internal import Tensor

extension DiffusionPipeline {
  /// Opens a checkpoint of the original code, with an autoencoder in `vae` beside it.
  init(originalCheckpoint path: String, _ options: LoadingOptions) throws {
    let checkpoint = try Checkpoint(path: path).trained().unwrapped()
    let c = try DiffusionTransformer.Configuration(checkpoint)
    let folder = (path as NSString).deletingLastPathComponent
    let autoencoder = try options.autoencoder(
      else: (folder.isEmpty ? "" : folder + "/") + "vae", forLatentsOf: c.channels)
    try self.init(
      denoiser: DiffusionTransformer(
        c, from: options.weights(checkpoint, shapes: checkpoint.entries.map(\.shape))),
      space: .latents(autoencoder), classNames: Self.classNames(nil, count: c.classCount),
      sampling: SamplerConfiguration(
        kind: .ddpm, spacing: .leading, schedule: .linear(), learnsVariance: c.learnsSigma),
      defaults: Defaults(sampler: .ddpm, spacing: nil, guidedChannels: .three))
  }
}

extension Checkpoint {
  /// The weights to sample with: those of a checkpoint of training that were averaged, and else
  /// those of its model.
  fileprivate func trained() throws -> Checkpoint {
    let scopes = ["ema", "model", "state_dict"]
    guard
      let scope = scopes.first(where: { scope in names.contains { $0.hasPrefix(scope + ".") } })
    else { return self }
    return try subtree(scope)
  }
}

extension DiffusionTransformer.Configuration {
  /// The number of heads of the published sizes, which no shape tells, by their width.
  private static let headCounts = [384: 6, 768: 12, 1024: 16, 1152: 16]

  /// The sizes that the shapes of an original checkpoint's tensors tell.
  ///
  /// - Throws: `WeightError` or `ModelError` where one is missing, or they tell of no such model.
  init(_ checkpoint: Checkpoint) throws {
    let shapes = Dictionary(
      checkpoint.entries.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
    func shape(_ name: String, rank: Int) throws -> [Int] {
      guard let shape = shapes[name] else {
        throw WeightError.missing(file: checkpoint.path, tensor: name)
      }
      guard shape.count == rank, shape.allSatisfy({ (1...1_048_576).contains($0) }) else {
        throw ModelError.value(
          file: checkpoint.path, key: name, expected: "of \(rank) dimensions, none of them empty",
          found: "of shape \(shape)")
      }
      return shape
    }
    let patches = try shape("x_embedder.proj.weight", rank: 4)
    let (width, channels, patch) = (patches[0], patches[1], patches[2])
    guard let heads = Self.headCounts[width] else {
      throw ModelError.value(
        file: checkpoint.path, key: "x_embedder.proj.weight",
        expected: "of width \(Self.headCounts.keys.sorted())", found: "of width \(width)")
    }
    let tokens = try shape("pos_embed", rank: 3)[1]
    let grid = Int(Double(tokens).squareRoot())
    guard grid * grid == tokens, grid <= 256, patch <= 256 else {
      throw ModelError.value(
        file: checkpoint.path, key: "pos_embed", expected: "of a square of at most 65536 tokens",
        found: "of \(tokens) tokens")
    }
    let outputs = try shape("final_layer.linear.weight", rank: 2)[0]
    let classes = try shape("y_embedder.embedding_table.weight", rank: 2)[0] - 1
    guard classes > 0 else {
      throw ModelError.value(
        file: checkpoint.path, key: "y_embedder.embedding_table.weight",
        expected: "of a class and the null class", found: "of one row")
    }
    let depth = (0..<shapes.count).prefix { shapes["blocks.\($0).attn.qkv.weight"] != nil }.count
    self.init(
      inputSize: .square(grid * patch), channels: channels, patchSize: patch, width: width,
      depth: depth, headCount: heads,
      hiddenWidth: try shape("blocks.0.mlp.fc1.weight", rank: 2)[0],
      classCount: classes,
      learnsSigma: outputs == 2 * patch * patch * channels)
  }
}
