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
  /// - Throws: `ModelError` where a field has a value that is not supported.
  func configuration(
    _ settings: FileSettings, textTokens: Int
  ) throws(ModelError) -> PixArtTransformer.Configuration {
    let name = _className ?? "nothing"
    try settings.require(
      ["PixArtTransformer2DModel", "Transformer2DModel"].contains(name), "_class_name", name,
      "PixArtTransformer2DModel or Transformer2DModel")
    try settings.requireBlocks(
      norm: (normType, "ada_norm_single"), activation: activationFn, hasBias: attentionBias,
      normHasWeights: normElementwiseAffine)
    let sizes = 1...65_536
    let channels = try settings.number("in_channels", inChannels, else: 4, in: sizes)
    let outputs = try settings.number("out_channels", outChannels, else: 8, in: sizes)
    try settings.requireOutputs(outputs, of: channels)
    let (heads, width) = try settings.width(heads: numAttentionHeads, headWidth: attentionHeadDim)
    let side = try settings.number("sample_size", sampleSize, else: 128, in: 1...1024)
    let patch = try settings.number("patch_size", patchSize, else: 2, in: sizes)
    try settings.requirePatches(patch, side: side, key: "sample_size")
    let isToldSize = useAdditionalConditions ?? (side == 128)
    try settings.require(
      !isToldSize || width % 3 == 0, "use_additional_conditions", "true",
      "false where 3 does not divide the width \(width)")
    guard let captionChannels else {
      throw .malformed(file: settings.file, reason: "key 'caption_channels' is missing")
    }
    return PixArtTransformer.Configuration(
      sampleSize: .square(side), channels: channels, outputChannels: outputs, patchSize: patch,
      width: width,
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
