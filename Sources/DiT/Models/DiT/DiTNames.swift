extension DiffusionTransformer {
  /// Whose code a model follows: the two differ in the names of weights and in some numbers.
  public enum Flavor: String, Sendable, CaseIterable {
    /// [facebookresearch/DiT](https://github.com/facebookresearch/DiT).
    case original
    /// `DiTTransformer2DModel` of [diffusers](https://github.com/huggingface/diffusers).
    case diffusers

    /// Frequency *k* of the timestep embedding is `10000^(-k / interval)`, with this interval.
    var timestepInterval: Int { self == .original ? 128 : 127 }

    /// The ε of the LayerNorm before the feed-forward branch, unless a configuration file names it.
    var feedForwardEpsilon: Float { self == .original ? 1e-6 : 1e-5 }
  }

  /// What the layers of a model are called in its checkpoint.
  struct LayerNames: Sendable {
    /// Below the whole model.
    let patchEmbedding, blocks, output, outputModulation: String
    /// Below a block.
    let qkv: [String]
    let projection, fc1, fc2, modulation: String
    /// Below the scope of the embeddings.
    let firstOfTimestep, secondOfTimestep, labels: String
    /// The scope of the embeddings below a block; nil where all blocks share those of the model.
    let ownEmbeddings: String?
  }
}

extension DiffusionTransformer.Flavor {
  /// The names of the layers.
  var names: DiffusionTransformer.LayerNames {
    switch self {
    case .original:
      DiffusionTransformer.LayerNames(
        patchEmbedding: "x_embedder.proj", blocks: "blocks", output: "final_layer.linear",
        outputModulation: "final_layer.adaLN_modulation.1", qkv: ["attn.qkv"],
        projection: "attn.proj", fc1: "mlp.fc1", fc2: "mlp.fc2",
        modulation: "adaLN_modulation.1", firstOfTimestep: "t_embedder.mlp.0",
        secondOfTimestep: "t_embedder.mlp.2", labels: "y_embedder.embedding_table",
        ownEmbeddings: nil)
    case .diffusers:
      DiffusionTransformer.LayerNames(
        patchEmbedding: "pos_embed.proj", blocks: "transformer_blocks", output: "proj_out_2",
        outputModulation: "proj_out_1", qkv: ["attn1.to_q", "attn1.to_k", "attn1.to_v"],
        projection: "attn1.to_out.0", fc1: "ff.net.0.proj", fc2: "ff.net.2",
        modulation: "norm1.linear", firstOfTimestep: "timestep_embedder.linear_1",
        secondOfTimestep: "timestep_embedder.linear_2", labels: "class_embedder.embedding_table",
        ownEmbeddings: "norm1.emb")
    }
  }
}
