/// The fields of diffusers' `config.json` of a PixArt transformer, under its names.
struct PixArtFields: Decodable {
  let _className: String?
  let numAttentionHeads, attentionHeadDim, inChannels, outChannels, numLayers: Int?
  let sampleSize, patchSize, captionChannels: Int?
  let attentionBias, normElementwiseAffine, useAdditionalConditions: Bool?
  let activationFn, normType: String?
  let normEps, interpolationScale: Double?

  /// The sizes of the model.
  ///
  /// - Parameters:
  ///   - settings: The file to name in an error.
  ///   - textTokens: The most tokens of a text.
  /// - Returns: Sizes that go together; diffusers' own where a field is left out.
  /// - Throws: `ModelError` where a field asks for what is not served.
  func configuration(
    _ settings: FileSettings, textTokens: Int
  ) throws(ModelError) -> PixArtTransformer.Configuration {
    let name = _className ?? "nothing"
    try settings.require(
      ["PixArtTransformer2DModel", "Transformer2DModel"].contains(name), "_class_name", name,
      "PixArtTransformer2DModel or Transformer2DModel")
    for (key, found, served) in [
      ("norm_type", normType ?? "ada_norm_single", "ada_norm_single"),
      ("activation_fn", activationFn ?? "gelu-approximate", "gelu-approximate"),
      ("attention_bias", "\(attentionBias ?? true)", "true"),
      ("norm_elementwise_affine", "\(normElementwiseAffine ?? false)", "false"),
    ] {
      try settings.require(found == served, key, found, served)
    }
    let sizes = 1...65_536
    let channels = try settings.number("in_channels", inChannels, else: 4, in: sizes)
    let outputs = try settings.number("out_channels", outChannels, else: 8, in: sizes)
    try settings.require(
      outputs == channels || outputs == 2 * channels, "out_channels", outputs,
      "in_channels \(channels) or twice as many")
    let heads = try settings.number(
      "num_attention_heads", numAttentionHeads, else: 16, in: 1...256)
    let headWidth = try settings.number(
      "attention_head_dim", attentionHeadDim, else: 72, in: 1...256)
    try settings.require(
      heads * headWidth % 4 == 0, "attention_head_dim", headWidth,
      "a number that times num_attention_heads \(heads) is a multiple of 4")
    let side = try settings.number("sample_size", sampleSize, else: 128, in: 1...1024)
    let patch = try settings.number("patch_size", patchSize, else: 2, in: sizes)
    try settings.requirePatches(patch, side: side, key: "sample_size")
    let isToldSize = useAdditionalConditions ?? (side == 128)
    try settings.require(
      !isToldSize || heads * headWidth % 3 == 0, "use_additional_conditions", "true",
      "false where 3 does not divide the width \(heads * headWidth)")
    guard let captionChannels else {
      throw .malformed(file: settings.file, reason: "key 'caption_channels' is missing")
    }
    return PixArtTransformer.Configuration(
      sampleSize: .square(side), channels: channels, outputChannels: outputs, patchSize: patch,
      width: heads * headWidth,
      depth: try settings.number("num_layers", numLayers, else: 28, in: sizes), headCount: heads,
      textWidth: try settings.number(
        "caption_channels", captionChannels, else: captionChannels, in: sizes),
      textTokens: textTokens,
      interpolationScale: try settings.number(
        "interpolation_scale", interpolationScale, else: Double(max(side / 64, 1)), in: 1e-3...1e3),
      isToldSize: isToldSize,
      epsilon: Float(try settings.number("norm_eps", normEps, else: 1e-6, in: 1e-12...1)))
  }
}
