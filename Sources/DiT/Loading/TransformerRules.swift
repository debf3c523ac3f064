// Rules that diffusers' `config.json` of DiT and of PixArt have in common.
extension FileSettings {
  /// Throws where blocks are not those of DiT and PixArt; nil stands for a key that is left out.
  ///
  /// - Parameters:
  ///   - norm: What `norm_type` says, and what it must be.
  ///   - activation: What `activation_fn` says.
  ///   - hasBias: What `attention_bias` says.
  ///   - normHasWeights: What `norm_elementwise_affine` says.
  /// - Throws: `ModelError.value`.
  func requireBlocks(
    norm: (found: String?, served: String), activation: String?, hasBias: Bool?,
    normHasWeights: Bool?
  ) throws(ModelError) {
    for (key, found, served) in [
      ("norm_type", norm.found ?? norm.served, norm.served),
      ("activation_fn", activation ?? "gelu-approximate", "gelu-approximate"),
      ("attention_bias", "\(hasBias ?? true)", "true"),
      ("norm_elementwise_affine", "\(normHasWeights ?? false)", "false"),
    ] {
      try require(found == served, key, found, served)
    }
  }

  /// Throws where the outputs are neither noise alone nor noise and variances.
  func requireOutputs(_ outputs: Int, of channels: Int) throws(ModelError) {
    try require(
      outputs == channels || outputs == 2 * channels, "out_channels", outputs,
      "in_channels \(channels) or twice as many")
  }

  /// The number of heads and the width of tokens.
  ///
  /// - Parameters:
  ///   - heads: What `num_attention_heads` says; nil where it is left out.
  ///   - headWidth: What `attention_head_dim` says.
  /// - Returns: The number of heads and the width.
  /// - Throws: `ModelError.value` where they are out of range, or positions do not fit the width.
  func width(heads: Int?, headWidth: Int?) throws(ModelError) -> (heads: Int, width: Int) {
    let heads = try number("num_attention_heads", heads, else: 16, in: 1...256)
    let headWidth = try number("attention_head_dim", headWidth, else: 72, in: 1...256)
    try require(
      heads * headWidth % 4 == 0, "attention_head_dim", headWidth,
      "a number that times num_attention_heads \(heads) is a multiple of 4")
    return (heads, heads * headWidth)
  }

  /// Throws where patches do not fit into a sample, or are too many.
  ///
  /// - Parameters:
  ///   - patch: The side of a patch, which `patch_size` gives.
  ///   - side: The side of a sample.
  ///   - key: The key that gives it.
  /// - Throws: `ModelError.value` where a number does not suit the other.
  func requirePatches(_ patch: Int, side: Int, key: String) throws(ModelError) {
    try require(side % patch == 0, "patch_size", patch, "a divisor of \(key) \(side)")
    try require(
      side / patch <= 256, key, side, "at most 256 patches of \(patch): \(256 * patch)")
  }
}
