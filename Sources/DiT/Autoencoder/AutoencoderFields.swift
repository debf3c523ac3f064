/// The fields of diffusers' `config.json` of an autoencoder, under its names; each may be left out.
struct AutoencoderFields: Decodable {
  let _className: String?
  let inChannels, outChannels, latentChannels: Int?
  let downBlockTypes, upBlockTypes: [String]?
  let blockOutChannels: [Int]?
  let layersPerBlock, normNumGroups: Int?
  let actFn: String?
  let midBlockAddAttention, useQuantConv, usePostQuantConv: Bool?
  let sampleSize: Side?
  let scalingFactor, shiftFactor: Double?
  let latentsMean, latentsStd: [Double]?

  /// A number, or a list of which the first one counts.
  struct Side: Decodable {
    let value: Int

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let sides = try? container.decode([Int].self), let first = sides.first {
        value = first
      } else {
        value = try container.decode(Int.self)
      }
    }
  }

  /// The sizes of the model.
  ///
  /// - Parameter settings: The file to name in an error.
  /// - Returns: Sizes that go together; diffusers' own where a field is left out.
  /// - Throws: `ModelError.value` where a field has a value that is not supported.
  func configuration(
    _ settings: FileSettings
  ) throws(ModelError) -> AutoencoderKL.Configuration {
    let sizes = 1...65_536
    let name = _className ?? "nothing"
    try settings.require(name == "AutoencoderKL", "_class_name", name, "AutoencoderKL")
    let activation = actFn ?? "silu"
    try settings.require(
      ["silu", "swish"].contains(activation), "act_fn", activation, "silu or swish")
    try settings.require(latentsMean == nil, "latents_mean", "a list", "null")
    try settings.require(latentsStd == nil, "latents_std", "a list", "null")
    let factor = scalingFactor ?? 0.18215
    try settings.require(factor > 0, "scaling_factor", factor, "a positive number")
    let stages = try stageChannels(settings)
    return AutoencoderKL.Configuration(
      inputChannels: try settings.number("in_channels", inChannels, else: 3, in: sizes),
      outputChannels: try settings.number("out_channels", outChannels, else: 3, in: sizes),
      latentChannels: try settings.number("latent_channels", latentChannels, else: 4, in: sizes),
      stageChannels: stages.channels,
      blocksPerStage: try settings.number(
        "layers_per_block", layersPerBlock, else: 1, in: 1...64),
      groups: stages.groups, hasAttention: midBlockAddAttention ?? true,
      quantizes: useQuantConv ?? true, dequantizes: usePostQuantConv ?? true,
      sampleSide: try settings.number("sample_size", sampleSize?.value, else: 32, in: sizes),
      scalingFactor: factor, latentShift: shiftFactor ?? 0)
  }

  /// The channels of the stages, and the groups that divide them.
  private func stageChannels(
    _ settings: FileSettings
  ) throws(ModelError) -> (channels: [Int], groups: Int) {
    let channels = blockOutChannels ?? [64]
    let groups = try settings.number("norm_num_groups", normNumGroups, else: 32, in: 1...65_536)
    try settings.require(
      (1...8).contains(channels.count), "block_out_channels", "\(channels.count) numbers",
      "1 to 8 numbers")
    for count in channels {
      try settings.require(
        (1...65_536).contains(count) && count % groups == 0, "block_out_channels", count,
        "1 to 65536, and multiples of norm_num_groups \(groups)")
    }
    for (key, types, served) in [
      ("down_block_types", downBlockTypes, "DownEncoderBlock2D"),
      ("up_block_types", upBlockTypes, "UpDecoderBlock2D"),
    ] {
      let types = types ?? [served]
      try settings.require(
        types.count == channels.count, key, "\(types.count) names",
        "as many names as block_out_channels has numbers, \(channels.count)")
      for type in types { try settings.require(type == served, key, type, served) }
    }
    return (channels, groups)
  }
}
