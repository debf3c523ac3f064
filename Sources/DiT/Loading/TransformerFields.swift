/// The fields of diffusers' `config.json` of a DiT, under its names.
struct TransformerFields: Decodable {
  let _className: String?
  let numAttentionHeads, attentionHeadDim, inChannels, outChannels, numLayers: Int?
  let sampleSize, patchSize, numEmbedsAdaNorm: Int?
  let attentionBias, normElementwiseAffine: Bool?
  let activationFn, normType: String?
  let normEps: Double?
  let captionChannels: Int?

  /// The sizes of the model.
  ///
  /// - Parameter settings: The file to name in an error.
  /// - Returns: Sizes that go together; diffusers' own where a field is left out.
  /// - Throws: `ModelError` where a field has a value that is not supported, or one is left out
  ///   that the class of older releases has for other models too.
  func configuration(
    _ settings: FileSettings
  ) throws(ModelError) -> DiffusionTransformer.Configuration {
    let name = _className ?? "nothing"
    try settings.require(
      ["DiTTransformer2DModel", "Transformer2DModel"].contains(name), "_class_name", name,
      "DiTTransformer2DModel or Transformer2DModel")
    if name == "Transformer2DModel" { try requireFields(settings.file) }
    try settings.requireBlocks(
      norm: (normType, "ada_norm_zero"), activation: activationFn, hasBias: attentionBias,
      normHasWeights: normElementwiseAffine)
    try settings.require(
      captionChannels == nil, "caption_channels", captionChannels ?? 0, "null")
    let sizes = 1...65_536
    let channels = try settings.number("in_channels", inChannels, else: 4, in: sizes)
    let outputs = outChannels ?? channels
    try settings.requireOutputs(outputs, of: channels)
    let (heads, width) = try settings.width(heads: numAttentionHeads, headWidth: attentionHeadDim)
    let side = try settings.number("sample_size", sampleSize, else: 32, in: sizes)
    let patch = try settings.number("patch_size", patchSize, else: 2, in: sizes)
    try settings.requirePatches(patch, side: side, key: "sample_size")
    return DiffusionTransformer.Configuration(
      inputSize: .square(side), channels: channels, patchSize: patch, width: width,
      depth: try settings.number("num_layers", numLayers, else: 28, in: sizes), headCount: heads,
      classCount: try settings.number(
        "num_embeds_ada_norm", numEmbedsAdaNorm, else: 1000, in: sizes),
      learnsSigma: outputs != channels, flavor: .diffusers,
      feedForwardEpsilon: Float(
        try settings.number("norm_eps", normEps, else: 1e-5, in: 1e-12...1)))
  }

  /// Throws where a field is left out that has another default in the older class.
  private func requireFields(_ file: String) throws(ModelError) {
    for (key, isThere) in [
      ("norm_type", normType != nil), ("num_layers", numLayers != nil),
      ("attention_head_dim", attentionHeadDim != nil), ("in_channels", inChannels != nil),
      ("sample_size", sampleSize != nil), ("patch_size", patchSize != nil),
      ("attention_bias", attentionBias != nil), ("activation_fn", activationFn != nil),
      ("num_embeds_ada_norm", numEmbedsAdaNorm != nil),
      ("norm_elementwise_affine", normElementwiseAffine != nil),
    ] where !isThere {
      throw .malformed(file: file, reason: "key '\(key)' is missing")
    }
  }
}
