import DiT
import Foundation
import NN
import Tensor
import Testing
import _TestSupport

/// A folder of PixArt, as diffusers' pipelines draw with it.
@Suite struct PixArtFolderTests {
  static let folder = Fixtures.repository + "/Tests/Fixtures/pixart/folder"
  static let prompts = ["A photo of an ASTRONAUT riding a horse", "two cats"]

  private func finished(_ run: DenoisingRun) throws -> Tensor<Float> {
    var run = run
    while try run.next() != nil {}
    return run.latents
  }

  /// The folder with some texts of its files replaced.
  private func pipeline(
    replacing edits: (file: String, text: String, by: String)...
  ) throws -> (DiffusionPipeline, FolderCopy) {
    let copy = try FolderCopy("../pixart/folder")
    for edit in edits { try copy.replace(edit.text, with: edit.by, in: edit.file) }
    return (try DiffusionPipeline(folder: copy.path), copy)
  }

  private func expect(_ latents: Tensor<Float>, _ name: String, of pipeline: DiffusionPipeline)
    throws
  {
    let golden = try Fixtures.open("pixart/runs")
    let expected = try golden["\(name).latents"]
    #expect(latents.shape == expected.shape)
    #expect(relativeError(latents.elements, expected.elements) < 1e-3)
    let images = pipeline.images(latents)
    let levels = try golden.tensor(named: "\(name).images").converted(to: Float.self).elements
    let found = images.converted(to: Float.self).elements
    #expect(zip(found, levels).count { abs($0 - $1) > 1 } <= levels.count / 500)
  }

  @Test func drawsWhatAlphaDraws() throws {
    let (pipeline, _) = try pipeline()
    #expect(pipeline.defaults.sampler == .dpmSolver && pipeline.defaults.guidanceScale == 4.5)
    let run = try pipeline.run(
      prompts: Self.prompts, negativePrompt: "a dog", seeds: [42, 43], steps: 5)
    try expect(finished(run), "alpha", of: pipeline)
  }

  @Test func drawsAnySizeThatPatchesDivide() throws {
    let (pipeline, _) = try pipeline()
    let run = try pipeline.run(
      prompts: Self.prompts, negativePrompt: "a dog", seeds: [42, 43], imageSize: (24, 40),
      steps: 3)
    try expect(finished(run), "wide", of: pipeline)
    #expect(
      throws: RunError.imageSize(
        SampleSize(height: 24, width: 39), expected: "multiples of 4, up to 2048")
    ) {
      try pipeline.run(prompts: ["a"], seeds: [1], imageSize: (24, 39))
    }
  }

  @Test func drawsWhatSigmaDraws() throws {
    let (pipeline, _) = try pipeline(
      replacing: ("model_index.json", "PixArtAlphaPipeline", "PixArtSigmaPipeline"),
      ("transformer/config.json", "\"interpolation_scale\": null", "\"interpolation_scale\": 0.5"))
    #expect(pipeline.textEncoder?.tokenLimit == 300)
    let run = try pipeline.run(
      prompts: Self.prompts, negativePrompt: "a dog", seeds: [42, 43], steps: 4)
    try expect(finished(run), "sigma", of: pipeline)
  }

  @Test func fewStepModelsNeedNoGuidance() throws {
    let (pipeline, _) = try pipeline(
      replacing: (
        "scheduler/scheduler_config.json", "DPMSolverMultistepScheduler", "LCMScheduler"
      ))
    #expect(pipeline.defaults.steps == 4 && pipeline.defaults.guidanceScale == 1)
    let run = try pipeline.run(prompts: Self.prompts, seeds: [42, 43])
    try expect(finished(run), "lcm", of: pipeline)
  }

  @Test func saysThatPromptsNeedATextEncoder() throws {
    let (_, copy) = try pipeline()
    for part in ["text_encoder", "tokenizer"] { try copy.remove(part) }
    let without = try DiffusionPipeline(folder: copy.path)
    #expect(throws: RunError.noTextEncoder) { try without.run(prompts: ["a"], seeds: [1]) }
    let with = try DiffusionPipeline(folder: copy.path, textEncoder: Self.folder)
    #expect(try with.conditions(for: ["a", "b", "a"]).prompts.count == 3)
  }

  @Test func listsTheFamiliesItServes() throws {
    let error = #expect(throws: ModelError.self) {
      try pipeline(replacing: ("model_index.json", "PixArtAlphaPipeline", "FluxPipeline"))
    }
    let served = "DiTPipeline or PixArtAlphaPipeline or PixArtSigmaPipeline"
    #expect(error?.description.contains(served) == true)
  }

  @Test func findsTheNearestPublishedSize() throws {
    let bins = try #require(AspectRatioBins(side: 1024))
    #expect(bins.nearest(height: 720, width: 1280) == SampleSize(height: 768, width: 1344))
    #expect(bins.nearest(height: 1000, width: 1000) == .square(1024))
    #expect(
      AspectRatioBins(side: 256)?.nearest(height: 100, width: 400)
        == SampleSize(height: 128, width: 512))
    #expect(AspectRatioBins(side: 100) == nil)
  }
}

/// Checkpoints of the original code, whose shapes tell the sizes of the model.
@Suite struct OriginalPixArtTests {
  /// The tensors of a model of one block whose keys are compressed.
  private static func tensors(width: Int = 384, text: Int = 12) -> [String: AnyTensor] {
    var generator = PhiloxGenerator(seed: 1)
    var tensors: [String: AnyTensor] = [:]
    func add(_ name: String, _ shape: [Int]) {
      tensors[name] = AnyTensor(generator.uniform(shape) * 0.1 - 0.05)
    }
    for (name, shape) in [
      ("x_embedder.proj", [width, 4, 2, 2]), ("t_embedder.mlp.0", [width, 256]),
      ("t_embedder.mlp.2", [width, width]), ("t_block.1", [6 * width, width]),
      ("y_embedder.y_proj.fc1", [width, text]), ("y_embedder.y_proj.fc2", [width, width]),
      ("blocks.0.attn.qkv", [3 * width, width]), ("blocks.0.attn.proj", [width, width]),
      ("blocks.0.attn.sr", [width, 1, 2, 2]), ("blocks.0.cross_attn.q_linear", [width, width]),
      ("blocks.0.cross_attn.kv_linear", [2 * width, width]),
      ("blocks.0.cross_attn.proj", [width, width]), ("blocks.0.mlp.fc1", [8, width]),
      ("blocks.0.mlp.fc2", [width, 8]), ("final_layer.linear", [32, width]),
    ] {
      add(name + ".weight", shape)
      add(name + ".bias", [shape[0]])
    }
    add("blocks.0.attn.norm.weight", [width])
    add("blocks.0.attn.norm.bias", [width])
    add("blocks.0.scale_shift_table", [6, width])
    add("final_layer.scale_shift_table", [2, width])
    add("y_embedder.y_embedding", [5, text])
    // Positions of a model of 4 × 4 patches that are half as far apart.
    let positions = sineCosinePositions(width: width, rows: 8, columns: 8)
      .reshaped([8, 8, width])[0..<4, 0..<4]
    tensors["pos_embed"] = AnyTensor(positions.reshaped([1, 16, width]))
    return tensors
  }

  @Test func tellTheirSizes() throws {
    let copy = try FolderCopy("../pixart/folder")
    try Safetensors.write(
      ["state_dict": Self.tensors()].flatMap { scope, tensors in
        tensors.map { ("\(scope).\($0.key)", $0.value) }
      }.reduce(into: [:]) { $0[$1.0] = $1.1 }, to: copy.file("PixArt.pth"))
    let pipeline = try DiffusionPipeline(folder: copy.file("PixArt.pth"))
    let model = try #require(pipeline.denoiser as? PixArtTransformer)
    #expect(
      model.configuration
        == PixArtTransformer.Configuration(
          sampleSize: .square(8), width: 384, depth: 1, headCount: 6, hiddenWidth: 8,
          textWidth: 12, textTokens: 5, interpolationScale: 1, isToldSize: false,
          keyCompression: 2, flavor: .original))
    #expect(pipeline.textEncoder?.tokenLimit == 5)
    // The learned text stands for none, without a prompt.
    guard case .text(let text)? = model.unconditional else {
      Issue.record("the checkpoint has a text that stands for none")
      return
    }
    #expect(text.tokenCount == 5)
    #expect(pipeline.denoiser.sizes == .multiples(of: 4, upTo: 1024))
  }

  /// Of the parts beside a checkpoint, or named in their place, one must have the variant.
  @Test func takeTheVariantOfAPart() throws {
    let copy = try FolderCopy("../pixart/folder")
    let checkpoint = copy.file("PixArt.pth")
    try Safetensors.write(Self.tensors(), to: checkpoint)
    let vae = FolderTests.folders + "/safetensors/vae"
    func open(encodesTexts: Bool) throws {
      _ = try DiffusionPipeline(
        folder: checkpoint, autoencoder: vae, variant: "fp16", encodesTexts: encodesTexts)
    }
    #expect(throws: ModelError.self) { try open(encodesTexts: true) }
    let error = #expect(throws: ModelError.self) { try open(encodesTexts: false) }
    #expect(error?.description.contains("a variant (--variant) would not be used") == true)
    try copy.move("text_encoder/model.safetensors", to: "text_encoder/model.fp16.safetensors")
    for encodesTexts in [true, false] { try open(encodesTexts: encodesTexts) }
  }
}
