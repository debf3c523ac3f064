import DiT
import Testing

@Suite struct AutoencoderConfigurationTests {
  private func configuration(_ text: String) throws -> AutoencoderKL.Configuration {
    try ConfigurationFile(text).autoencoder()
  }

  /// What stands in the file of the autoencoder of Stable Diffusion and DiT, which is old enough to
  /// leave the scaling factor out.
  @Test func readsWhatDiffusersWrites() throws {
    let configuration = try configuration(
      """
      {"_class_name": "AutoencoderKL", "_diffusers_version": "0.4.2", "act_fn": "silu",
       "block_out_channels": [128, 256, 512, 512],
       "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D",
         "DownEncoderBlock2D"],
       "in_channels": 3, "latent_channels": 4, "layers_per_block": 2, "norm_num_groups": 32,
       "out_channels": 3, "sample_size": 256,
       "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D",
         "UpDecoderBlock2D"]}
      """)
    #expect(configuration == AutoencoderKL.Configuration())
    #expect(configuration.scale == 8)
    #expect(configuration.tiling == AutoencoderKL.Tiling(side: 32, overlap: 0.25))
    #expect(configuration.tiling.stride == 24)
  }

  @Test func takesTheFirstOfTwoSides() throws {
    let text = "{\"_class_name\": \"AutoencoderKL\", \"sample_size\": [48, 64]}"
    #expect(try configuration(text).sampleSide == 48)
  }

  @Test(arguments: [
    ("{}", "'_class_name' must be AutoencoderKL, not nothing"),
    ("{\"_class_name\": \"VQModel\"}", "'_class_name' must be AutoencoderKL, not VQModel"),
    ("[]", "it is not a JSON object"),
    ("{", "not valid JSON"),
    ("\"act_fn\": \"relu\"", "'act_fn' must be silu or swish, not relu"),
    ("\"latents_mean\": [0, 0, 0, 0]", "'latents_mean' must be null, not a list"),
    ("\"latents_std\": [1, 1, 1, 1]", "'latents_std' must be null, not a list"),
    ("\"scaling_factor\": 0", "'scaling_factor' must be a positive number, not 0"),
    ("\"in_channels\": 0", "'in_channels' must be 1 to 65536, not 0"),
    ("\"latent_channels\": -4", "'latent_channels' must be 1 to 65536, not -4"),
    ("\"layers_per_block\": 65", "'layers_per_block' must be 1 to 64, not 65"),
    ("\"layers_per_block\": 9e99", "which is not a number of the kind that this key needs"),
    ("\"sample_size\": 0", "'sample_size' must be 1 to 65536, not 0"),
    ("\"sample_size\": []", "key 'sample_size' must be an integer"),
    ("\"norm_num_groups\": 0", "'norm_num_groups' must be 1 to 65536, not 0"),
    ("\"block_out_channels\": []", "'block_out_channels' must be 1 to 8 numbers, not 0 numbers"),
    ("\"block_out_channels\": [\"x\"]", "key 'block_out_channels[0]' must be an integer"),
    ("\"block_out_channels\": [0]", "'block_out_channels' must be 1 to 65536, and multiples of"),
    ("\"block_out_channels\": [48]", "multiples of norm_num_groups 32, not 48"),
    ("\"block_out_channels\": [64, 64]", "'down_block_types' must be as many names as"),
    ("\"down_block_types\": [\"DownBlock2D\"]", "must be DownEncoderBlock2D, not DownBlock2D"),
    ("\"up_block_types\": [\"AttnUpDecoderBlock2D\"]", "must be UpDecoderBlock2D, not Attn"),
  ])
  func namesTheFault(_ text: String, _ message: String) throws {
    let isWhole = "{[".contains(text.prefix(1))
    let file = try ConfigurationFile(
      isWhole ? text : "{\"_class_name\": \"AutoencoderKL\", \(text)}")
    let error = #expect(throws: ModelError.self) {
      try file.autoencoder()
    }
    let description = try #require(error).description
    #expect(
      description.hasPrefix(file.path + ": ") && description.contains(message), "\(description)")
  }
}

extension ConfigurationFile {
  /// The autoencoder's configuration that the file holds.
  func autoencoder() throws -> AutoencoderKL.Configuration {
    try AutoencoderKL.Configuration(path: path)
  }
}
