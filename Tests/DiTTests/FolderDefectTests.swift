import DiT
import Foundation
import NN
import Tensor
import Testing
import _TestSupport

/// Folders of diffusers that something is wrong with.
@Suite struct FolderDefectTests {
  private static let weights = "transformer/diffusion_pytorch_model.safetensors"

  @Test(arguments: [
    (
      "model_index.json", "DiTPipeline", "UNetPipeline",
      "'_class_name' must be DiTPipeline or PixArtAlphaPipeline or"
    ),
    (
      "transformer/config.json", "DiTTransformer2DModel", "PixArtTransformer2DModel",
      "'_class_name' must be DiTTransformer2DModel or Transformer2DModel, not PixArt"
    ),
    ("transformer/config.json", "norm_zero", "norm_single", "'norm_type' must be ada_norm_zero"),
    ("transformer/config.json", "gelu-approximate", "geglu", "must be gelu-approximate, not geglu"),
    (
      "transformer/config.json", "\"attention_bias\": true", "\"attention_bias\": false",
      "'attention_bias' must be true, not false"
    ),
    (
      "transformer/config.json", "affine\": false", "affine\": true",
      "'norm_elementwise_affine' must be false, not true"
    ),
    (
      "transformer/config.json", "\"out_channels\": 8", "\"out_channels\": 5",
      "'out_channels' must be in_channels 4 or twice as many, not 5"
    ),
    (
      "transformer/config.json", "\"patch_size\": 2", "\"patch_size\": 4",
      "'patch_size' must be a divisor of sample_size 6, not 4"
    ),
    (
      "transformer/config.json", "\"sample_size\": 6", "\"sample_size\": 600",
      "'sample_size' must be at most 256 patches of 2: 512, not 600"
    ),
    (
      "transformer/config.json", "\"num_layers\": 2", "\"num_layers\": 0",
      "'num_layers' must be 1 to 65536, not 0"
    ),
    (
      "transformer/config.json", "\"attention_head_dim\": 8", "\"attention_head_dim\": 7",
      "'attention_head_dim' must be a number that times num_attention_heads 2"
    ),
    ("transformer/config.json", "1e-05", "-1", "'norm_eps' must be"),
    ("vae/config.json", "AutoencoderKL", "VQModel", "'_class_name' must be AutoencoderKL"),
    (
      "vae/config.json", "\"latent_channels\": 4", "\"latent_channels\": 3",
      "'latent_channels' must be 4, the channels that the transformer draws, not 3"
    ),
    ("scheduler/scheduler_config.json", "DDIMS", "MagicS", "'_class_name' must be"),
  ])
  func namesTheFaultOfAField(
    _ file: String, _ part: String, _ other: String, _ message: String
  ) throws {
    let folder = try FolderCopy()
    try folder.replace(part, with: other, in: file)
    let error = #expect(throws: ModelError.self) { try DiffusionPipeline(folder: folder.path) }
    let description = try #require(error).description
    #expect(
      description.hasPrefix(folder.file(file)) && description.contains(message), "\(description)")
  }

  /// The older class has other models too, so what is left out may mean one of those.
  @Test(arguments: ["norm_type", "num_layers", "patch_size", "num_embeds_ada_norm"])
  func namesAFieldThatTheOlderClassNeeds(_ key: String) throws {
    let folder = try FolderCopy("bin")
    try folder.replace("\"\(key)\"", with: "\"other\"", in: "transformer/config.json")
    #expect(
      throws: ModelError.malformed(
        file: folder.file("transformer/config.json"), reason: "key '\(key)' is missing")
    ) { try DiffusionPipeline(folder: folder.path) }
  }

  @Test(arguments: [
    "model_index.json", "transformer/config.json", "vae/config.json",
    "scheduler/scheduler_config.json",
  ])
  func namesAConfigurationThatIsNotThere(_ file: String) throws {
    let folder = try FolderCopy()
    try folder.remove(file)
    #expect(throws: ModelError.unreadable(file: folder.file(file))) {
      try DiffusionPipeline(folder: folder.path)
    }
  }

  @Test(arguments: ["transformer", "vae"])
  func namesWeightsThatAreNotThere(_ part: String) throws {
    let folder = try FolderCopy()
    try folder.remove(part + "/diffusion_pytorch_model.safetensors")
    let names = [
      "safetensors.index.json", "safetensors", "bin.index.json", "bin",
    ].map { "diffusion_pytorch_model." + $0 }
    #expect(throws: ModelError.missing(folder: folder.file(part), files: names)) {
      try DiffusionPipeline(folder: folder.path)
    }
  }

  /// What a download that was broken off leaves: a link to a file that is not there.
  @Test func namesALinkThatLeadsNowhere() throws {
    let folder = try FolderCopy()
    try folder.remove(Self.weights)
    try FileManager.default.createSymbolicLink(
      atPath: folder.file(Self.weights), withDestinationPath: "../blobs/0123")
    let error = #expect(throws: CheckpointError.self) {
      try DiffusionPipeline(folder: folder.path)
    }
    #expect(try #require(error).description.contains(folder.file(Self.weights)))
  }

  @Test func namesATensorOfAnotherShape() throws {
    let folder = try FolderCopy()
    try folder.replace(
      "\"attention_head_dim\": 8", with: "\"attention_head_dim\": 4", in: "transformer/config.json")
    #expect(
      throws: WeightError.shape(
        file: folder.file(Self.weights), tensor: "pos_embed.proj.weight", expected: [8, 4, 2, 2],
        found: [16, 4, 2, 2])
    ) { try DiffusionPipeline(folder: folder.path) }
  }

  @Test func namesTensorsThatAreMissingOrTooMany() throws {
    let folder = try FolderCopy()
    let tensors = try folder.tensors(Self.weights)
    let (key, extra) = ("transformer_blocks.1.attn1.to_k.bias", "transformer_blocks.2.norm1.x")
    try Safetensors.write(tensors.filter { $0.key != key }, to: folder.file(Self.weights))
    #expect(throws: WeightError.missing(file: folder.file(Self.weights), tensor: key)) {
      try DiffusionPipeline(folder: folder.path)
    }
    try Safetensors.write(
      tensors.merging([extra: AnyTensor(Tensor<Float>(zeros: [2]))]) { $1 },
      to: folder.file(Self.weights))
    #expect(throws: WeightError.unexpected(file: folder.file(Self.weights), tensors: [extra])) {
      try DiffusionPipeline(folder: folder.path)
    }
  }

  @Test func namesAModelThatIsNotCached() throws {
    let name = "nobody-\(UUID().uuidString)/model"
    let error = #expect(throws: ModelError.self) { try DiffusionPipeline(folder: name) }
    guard case .notCached(name, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
