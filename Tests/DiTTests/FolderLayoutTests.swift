import DiT
import Foundation
import Kernels
import NN
import Tensor
import Testing
import _TestSupport

/// The layouts that one model may have on disk give the same samples, to the last bit.
@Suite struct FolderLayoutTests {
  private static let weights = "diffusion_pytorch_model"

  private static let expected = Result {
    try bits(DiffusionPipeline(folder: FolderTests.folders + "/safetensors"))
  }

  private static func bits(_ pipeline: DiffusionPipeline) throws -> [UInt32] {
    try FolderTests.latents(pipeline, steps: 2).elements.map(\.bitPattern)
  }

  @Test func readsSafetensorsBeforeOthers() throws {
    let folder = try FolderCopy()
    for part in ["transformer", "vae"] {
      try folder.write("no weights", to: "\(part)/\(Self.weights).bin")
    }
    #expect(try Self.bits(DiffusionPipeline(folder: folder.path)) == Self.expected.get())
  }

  @Test func readsAVariant() throws {
    let folder = try FolderCopy()
    for part in ["transformer", "vae"] {
      try folder.move(
        "\(part)/\(Self.weights).safetensors", to: "\(part)/\(Self.weights).fp16.safetensors")
    }
    let pipeline = try DiffusionPipeline(folder: folder.path, variant: "fp16")
    #expect(try Self.bits(pipeline) == Self.expected.get())
    let error = ModelError.onlyVariants(folder: folder.file("vae"), ["fp16"])
    #expect(throws: error) { try DiffusionPipeline(folder: folder.path) }
    #expect(throws: error) { try DiffusionPipeline(folder: folder.path, variant: "bf16") }
    #expect("\(error)".contains("--variant fp16"))
  }

  /// diffusers asks those parts for a variant that have it.
  @Test func readsAVariantThatOnePartHas() throws {
    let folder = try FolderCopy()
    try folder.move(
      "transformer/\(Self.weights).safetensors", to: "transformer/\(Self.weights).fp16.safetensors")
    let pipeline = try DiffusionPipeline(folder: folder.path, variant: "fp16")
    #expect(try Self.bits(pipeline) == Self.expected.get())
    #expect(throws: ModelError.self) { try DiffusionPipeline(folder: folder.path, variant: "x") }
  }

  /// The names of transformers, of a variant that the text encoder alone has.
  @Test(arguments: ["model.fp16.safetensors", "model.safetensors.index.fp16.json"])
  func readsAVariantThatTheTextEncoderHas(_ name: String) throws {
    let folder = try FolderCopy("../pixart/folder")
    let whole = "text_encoder/model.safetensors"
    if name.hasSuffix("json") {
      let part = "model.fp16-00001-of-00001.safetensors"
      let names = try folder.tensors(whole).keys.map { "\"\($0)\": \"\(part)\"" }
      try folder.move(whole, to: "text_encoder/\(part)")
      try folder.write(
        "{\"weight_map\": {\(names.joined(separator: ", "))}}", to: "text_encoder/\(name)")
    } else {
      try folder.move(whole, to: "text_encoder/\(name)")
    }
    let pipeline = try DiffusionPipeline(folder: folder.path, variant: "fp16")
    #expect(pipeline.textEncoder?.tokenLimit == 120)
    #expect(throws: ModelError.onlyVariants(folder: folder.file("text_encoder"), ["fp16"])) {
      try DiffusionPipeline(folder: folder.path)
    }
    #expect(throws: ModelError.self) { try DiffusionPipeline(folder: folder.path, variant: "x") }
    let alone = try DiffusionPipeline.textEncoder(folder: folder.path, variant: "fp16")
    #expect(alone != nil)
    #expect(throws: ModelError.self) {
      try DiffusionPipeline.textEncoder(folder: folder.path, variant: "x")
    }
  }

  /// An autoencoder that is named may alone have the variant, and then it is read.
  @Test func readsAVariantOfAnAutoencoderThatIsNamed() throws {
    let vae = try FolderCopy()
    try vae.move("vae/\(Self.weights).safetensors", to: "vae/\(Self.weights).fp16.safetensors")
    let folder = FolderTests.folders + "/safetensors"
    #expect(throws: ModelError.onlyVariants(folder: vae.file("vae"), ["fp16"])) {
      try DiffusionPipeline(folder: folder, autoencoder: vae.path)
    }
    let pipeline = try DiffusionPipeline(
      folder: folder, autoencoder: vae.path, variant: "fp16")
    #expect(try Self.bits(pipeline) == Self.expected.get())
    // What no part has is told of the model's own.
    #expect(throws: ModelError.self) {
      try DiffusionPipeline(folder: folder, autoencoder: vae.path, variant: "x")
    }
    // The model's own autoencoder has it, which another one takes the place of.
    let error = #expect(throws: ModelError.self) {
      try DiffusionPipeline(folder: vae.path, autoencoder: folder, variant: "fp16")
    }
    #expect(
      error?.description.hasSuffix(
        "a variant (--variant) would not be used: '\(vae.file("transformer"))' and "
          + "'\(folder)/vae' have no weights of 'fp16'") == true)
  }

  @Test func readsAVariantOfATextEncoderThatIsNamed() throws {
    let texts = try FolderCopy("../pixart/folder")
    try texts.move("text_encoder/model.safetensors", to: "text_encoder/model.fp16.safetensors")
    let folder = FolderTests.folders + "/../pixart/folder"
    func open(_ variant: String?, textEncoder: String, encodesTexts: Bool = true) throws {
      _ = try DiffusionPipeline(
        folder: folder, textEncoder: textEncoder, variant: variant, encodesTexts: encodesTexts)
    }
    #expect(throws: ModelError.onlyVariants(folder: texts.file("text_encoder"), ["fp16"])) {
      try open(nil, textEncoder: texts.path)
    }
    try open("fp16", textEncoder: texts.path)
    // The texts may come from this encoder, encoded.
    try open("fp16", textEncoder: texts.path, encodesTexts: false)
    #expect(throws: ModelError.self) { try open("fp16", textEncoder: folder) }
    func alone(_ textEncoder: String) throws {
      _ = try DiffusionPipeline.textEncoder(
        folder: folder, textEncoder: textEncoder, variant: "fp16")
    }
    try alone(texts.path)
    #expect(
      throws: ModelError.unused(
        model: folder, part: "a variant (--variant)",
        reason: "'\(folder)/text_encoder' has no weights of 'fp16'")
    ) { try alone(folder) }
  }

  /// What a model has no use for is no option of it.
  @Test func refusesPartsThatItWouldNotUse() throws {
    func expect(
      _ folder: String, _ part: String, autoencoder: String? = nil, textEncoder: String? = nil,
      variant: String? = nil, textPrecision: Precision? = nil
    ) {
      let error = #expect(throws: ModelError.self) {
        try DiffusionPipeline(
          folder: folder, autoencoder: autoencoder, textEncoder: textEncoder, variant: variant,
          textPrecision: textPrecision)
      }
      guard case .unused(folder, let found, _)? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(found.contains(part))
    }
    let own = Fixtures.showcaseModel, folder = FolderTests.folders + "/safetensors"
    expect(own, "--vae", autoencoder: folder)
    expect(own, "--variant", variant: "fp16")
    for model in [own, folder] {
      expect(model, "--text-encoder", textEncoder: folder)
      expect(model, "--text-precision", textPrecision: .bfloat16)
    }
  }

  /// Beside an index, a single file may be a stale one; both names of an index of a variant are served.
  @Test(arguments: [
    ("safetensors.index.json", nil), ("safetensors.index.fp16.json", "fp16"),
    ("safetensors.fp16.index.json", "fp16"),
  ])
  func readsAnIndexBeforeASingleFile(_ ending: String, _ variant: String?) throws {
    let folder = try FolderCopy()
    let whole = "transformer/\(Self.weights).safetensors"
    let part = "\(Self.weights).safetensors.fp16-00001-of-00001.safetensors"
    let names = try folder.tensors(whole).keys.map { "\"\($0)\": \"\(part)\"" }
    try folder.move(whole, to: "transformer/\(part)")
    try folder.write("stale", to: whole)
    try folder.write("stale", to: "transformer/\(Self.weights).fp16.safetensors")
    try folder.write(
      "{\"weight_map\": {\(names.joined(separator: ", "))}}",
      to: "transformer/\(Self.weights).\(ending)")
    let pipeline = try DiffusionPipeline(folder: folder.path, variant: variant)
    #expect(try Self.bits(pipeline) == Self.expected.get())
  }

  @Test func namesThePrefixOfAWrapper() throws {
    let folder = try FolderCopy()
    let path = "transformer/\(Self.weights).safetensors"
    let tensors = try folder.tensors(path).map { (name: "module." + $0.key, tensor: $0.value) }
    try Safetensors.write(tensors, to: folder.file(path))
    let error = #expect(throws: ModelError.self) { try DiffusionPipeline(folder: folder.path) }
    #expect(error?.description.contains("'module.'") == true)
  }

  @Test func readsSeveralFiles() throws {
    let folder = try FolderCopy()
    let whole = "transformer/\(Self.weights).safetensors"
    let tensors = try folder.tensors(whole)
    var map: [String] = []
    for number in 1...2 {
      let shard = "\(Self.weights)-0000\(number)-of-00002.safetensors"
      let part = tensors.filter { ($0.key.contains("blocks.1") ? 2 : 1) == number }
      try Safetensors.write(part, to: folder.file("transformer/\(shard)"))
      map += part.keys.map { "\"\($0)\": \"\(shard)\"" }
    }
    try folder.remove(whole)
    try folder.write(
      "{\"metadata\": {}, \"weight_map\": {\(map.joined(separator: ", "))}}",
      to: whole + ".index.json")
    #expect(try Self.bits(DiffusionPipeline(folder: folder.path)) == Self.expected.get())
  }

  @Test func takesAnotherAutoencoder() throws {
    let folder = try FolderCopy()
    try folder.remove("vae")
    let pipeline = try DiffusionPipeline(
      folder: folder.path, autoencoder: FolderTests.folders + "/bin")
    #expect(try Self.bits(pipeline) == Self.expected.get())
    #expect(pipeline.autoencoder?.configuration.scalingFactor == 0.18215)
    let file = FolderTests.folders + "/bin/vae/diffusion_pytorch_model.bin"
    let error = #expect(throws: ModelError.self) {
      try DiffusionPipeline(folder: folder.path, autoencoder: file)
    }
    #expect(error?.description.contains("name that folder") == true)
  }
}

/// Checkpoints of the original code, whose sizes are those of its tensors.
@Suite struct OriginalCheckpointTests {
  /// A model of DiT-S's width with one block, and little else.
  private static let configuration = DiffusionTransformer.Configuration(
    inputSize: .square(4), channels: 4, patchSize: 2, width: 384, depth: 1, headCount: 6,
    hiddenWidth: 8,
    classCount: 3)

  private static func tensors() -> [String: AnyTensor] {
    var generator = TorchGenerator(seed: 5)
    let c = configuration
    let (width, hidden) = (c.width, c.hiddenWidth)
    let layers: [(String, [Int])] = [
      ("x_embedder.proj", [width, 4, 2, 2]), ("t_embedder.mlp.0", [width, 256]),
      ("t_embedder.mlp.2", [width, width]), ("blocks.0.attn.qkv", [3 * width, width]),
      ("blocks.0.attn.proj", [width, width]), ("blocks.0.mlp.fc1", [hidden, width]),
      ("blocks.0.mlp.fc2", [width, hidden]), ("blocks.0.adaLN_modulation.1", [6 * width, width]),
      ("final_layer.linear", [32, width]), ("final_layer.adaLN_modulation.1", [2 * width, width]),
    ]
    var tensors: [String: AnyTensor] = [
      "y_embedder.embedding_table.weight": AnyTensor(generator.uniform([4, width])),
      "pos_embed": AnyTensor(sineCosinePositions(width: width, rows: 2, columns: 2)),
    ]
    for (name, shape) in layers {
      tensors[name + ".weight"] = AnyTensor(generator.uniform(shape) * 0.1 - 0.05)
      tensors[name + ".bias"] = AnyTensor(generator.uniform([shape[0]]) * 0.1)
    }
    return tensors
  }

  /// Opens a checkpoint with these tensors and the autoencoder of a golden folder beside it.
  private func open(_ tensors: [String: AnyTensor]) throws -> DiffusionPipeline {
    let folder = try FolderCopy()
    try Safetensors.write(tensors, to: folder.file("DiT.pt"))
    return try DiffusionPipeline(folder: folder.file("DiT.pt"))
  }

  @Test func tellsTheSizesOfItsTensors() throws {
    let pipeline = try open(Self.tensors())
    #expect(try pipeline.transformer.configuration == Self.configuration)
    #expect(pipeline.defaults.sampler == .ddpm && pipeline.defaults.guidedChannels == .three)
    #expect(pipeline.imageSize == (8, 8) && pipeline.imageChannels == 3)
  }

  /// A checkpoint of training has the weights of the last step, and their average.
  @Test func readsTheAverageOfTraining() throws {
    let tensors = Self.tensors()
    var training: [String: AnyTensor] = [:]
    for (name, tensor) in tensors {
      training["ema." + name] = tensor
      training["model." + name] = AnyTensor(Tensor<Float>(zeros: tensor.shape))
    }
    let averaged = try open(training).transformer, plain = try open(tensors).transformer
    let x = Tensor<Float>(repeating: 0.5, shape: [1, 4, 4, 4])
    func output(_ model: DiffusionTransformer) -> [Float] {
      model(x, timesteps: [10], labels: [1], in: Workspace(threads: 1)).elements
    }
    #expect(output(averaged) == output(plain))
  }

  @Test(arguments: [
    (
      "x_embedder.proj.weight", [8, 4, 2, 2], "must be of width [384, 768, 1024, 1152], not of wid"
    ),
    ("x_embedder.proj.weight", [384, 16], "must be of 4 dimensions, none of them empty, not of s"),
    ("pos_embed", [1, 5, 384], "must be of a square of at most 65536 tokens, not of 5 tokens"),
    ("blocks.0.attn.proj.weight", [384, 8], "has shape [384, 8], the model needs [384, 384]"),
  ])
  func namesATensorThatDoesNotFit(_ name: String, _ shape: [Int], _ message: String) throws {
    var tensors = Self.tensors()
    tensors[name] = AnyTensor(Tensor<Float>(zeros: shape))
    let error = #expect(throws: (any Error).self) { try open(tensors) }
    let found = try #require(error)
    let description = "\(found)"
    #expect(
      description.contains("DiT.pt: ") && description.contains("'\(name)'")
        && description.contains(message), "\(description)")
  }

  @Test func readsAVariantOfTheAutoencoder() throws {
    let folder = try FolderCopy()
    let vae = try FolderCopy()
    let weights = "vae/diffusion_pytorch_model"
    try vae.move(weights + ".safetensors", to: weights + ".fp16.safetensors")
    let path = folder.file("DiT.pt")
    try Safetensors.write(Self.tensors(), to: path)
    #expect(throws: ModelError.onlyVariants(folder: vae.file("vae"), ["fp16"])) {
      try DiffusionPipeline(folder: path, autoencoder: vae.path)
    }
    let pipeline = try DiffusionPipeline(folder: path, autoencoder: vae.path, variant: "fp16")
    #expect(pipeline.autoencoder?.configuration.latentChannels == 4)
  }

  @Test func refusesAVariantOfNothing() throws {
    let folder = try FolderCopy()
    let path = folder.file("DiT.pt")
    try Safetensors.write(Self.tensors(), to: path)
    let error = #expect(throws: ModelError.self) {
      try DiffusionPipeline(folder: path, autoencoder: folder.path, variant: "fp16")
    }
    #expect(
      error?.description.hasSuffix(
        "a variant (--variant) would not be used: '\(folder.file("vae"))' has no weights of 'fp16'"
      ) == true)
    #expect(throws: ModelError.self) { try DiffusionPipeline(folder: path, variant: "fp16") }
  }

  @Test func namesWhatIsMissing() throws {
    let folder = try FolderCopy()
    let path = folder.file("DiT.pt")
    try Safetensors.write(Self.tensors().filter { $0.key != "pos_embed" }, to: path)
    #expect(throws: WeightError.missing(file: path, tensor: "pos_embed")) {
      try DiffusionPipeline(folder: path)
    }
    try Safetensors.write(Self.tensors(), to: path)
    try folder.remove("vae")
    #expect(throws: ModelError.unreadable(file: folder.file("vae/config.json"))) {
      try DiffusionPipeline(folder: path)
    }
  }
}
