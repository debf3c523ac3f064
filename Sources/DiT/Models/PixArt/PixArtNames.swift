extension PixArtTransformer {
  /// Whose code a model follows: the two differ in the names of weights.
  public enum Flavor: String, Sendable, CaseIterable {
    /// [PixArt-alpha/PixArt-alpha](https://github.com/PixArt-alpha/PixArt-alpha) and PixArt-sigma.
    case original
    /// `PixArtTransformer2DModel` of [diffusers](https://github.com/huggingface/diffusers).
    case diffusers
  }

  /// What the layers of a model are called in its checkpoint.
  struct LayerNames: Sendable {
    /// Below the whole model.
    let patchEmbedding, blocks, output, outputTable, modulation: String
    let timestep, caption, resolution, aspectRatio: (String, String)
    /// Below a block.
    let qkv: [String]
    let projection, crossQuery: String
    let crossKeyValue: [String]
    let crossProjection, fc1, fc2: String
  }
}

extension PixArtTransformer.Flavor {
  /// The names of the layers.
  var names: PixArtTransformer.LayerNames {
    switch self {
    case .original:
      PixArtTransformer.LayerNames(
        patchEmbedding: "x_embedder.proj", blocks: "blocks", output: "final_layer.linear",
        outputTable: "final_layer.scale_shift_table", modulation: "t_block.1",
        timestep: ("t_embedder.mlp.0", "t_embedder.mlp.2"),
        caption: ("y_embedder.y_proj.fc1", "y_embedder.y_proj.fc2"),
        resolution: ("csize_embedder.mlp.0", "csize_embedder.mlp.2"),
        aspectRatio: ("ar_embedder.mlp.0", "ar_embedder.mlp.2"), qkv: ["attn.qkv"],
        projection: "attn.proj", crossQuery: "cross_attn.q_linear",
        crossKeyValue: ["cross_attn.kv_linear"], crossProjection: "cross_attn.proj",
        fc1: "mlp.fc1", fc2: "mlp.fc2")
    case .diffusers:
      PixArtTransformer.LayerNames(
        patchEmbedding: "pos_embed.proj", blocks: "transformer_blocks", output: "proj_out",
        outputTable: "scale_shift_table", modulation: "adaln_single.linear",
        timestep: Self.embedder("timestep"),
        caption: ("caption_projection.linear_1", "caption_projection.linear_2"),
        resolution: Self.embedder("resolution"), aspectRatio: Self.embedder("aspect_ratio"),
        qkv: ["attn1.to_q", "attn1.to_k", "attn1.to_v"], projection: "attn1.to_out.0",
        crossQuery: "attn2.to_q", crossKeyValue: ["attn2.to_k", "attn2.to_v"],
        crossProjection: "attn2.to_out.0", fc1: "ff.net.0.proj", fc2: "ff.net.2")
    }
  }

  private static func embedder(_ name: String) -> (String, String) {
    ("adaln_single.emb.\(name)_embedder.linear_1", "adaln_single.emb.\(name)_embedder.linear_2")
  }
}
