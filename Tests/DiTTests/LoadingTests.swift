import DiT
import Foundation
import NN
import Tensor
import Testing
import _TestSupport

@Suite struct LoadingTests {
  /// A model folder with the configuration of a golden model, to be damaged.
  private final class ModelFolder {
    let path: String
    var tensors: [String: AnyTensor] = [:]
    var configuration = """
      {"architecture": "DiT", "layout": "facebookresearch", "input_size": 2, "patch_size": 2,
       "in_channels": 2, "hidden_size": 8, "depth": 1, "num_heads": 2, "mlp_ratio": 4.0,
       "num_classes": 2, "learn_sigma": false,
       "diffusion": {"num_train_timesteps": 1000, "beta_schedule": "linear",
         "beta_start": 0.0001, "beta_end": 0.02, "prediction_type": "epsilon"}}
      """

    init() throws {
      path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      let golden = try Fixtures.open("dit-e")
      for name in golden.names where name.hasPrefix("model.") {
        tensors[String(name.dropFirst("model.".count))] = try golden.tensor(named: name)
      }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var weights: String { path + "/model.safetensors" }

    func open() throws -> DiffusionPipeline {
      try Data(configuration.utf8).write(to: URL(filePath: path + "/config.json"))
      try Safetensors.write(tensors, to: weights)
      return try DiffusionPipeline(folder: path)
    }
  }

  @Test func opensAFolder() throws {
    let pipeline = try ModelFolder().open()
    #expect(pipeline.classNames == ["class 0", "class 1"])
    #expect(try pipeline.transformer.configuration.tokenCount == 1)
  }

  @Test func namesAMissingTensor() throws {
    let folder = try ModelFolder()
    folder.tensors["blocks.0.attn.qkv.bias"] = nil
    #expect(throws: WeightError.missing(file: folder.weights, tensor: "blocks.0.attn.qkv.bias")) {
      try folder.open()
    }
  }

  @Test func namesATensorOfAnotherShape() throws {
    let folder = try ModelFolder()
    folder.tensors["blocks.0.mlp.fc1.weight"] = AnyTensor(Tensor<Float>(zeros: [8, 31]))
    #expect(
      throws: WeightError.shape(
        file: folder.weights, tensor: "blocks.0.mlp.fc1.weight", expected: [32, 8],
        found: [8, 31])
    ) { try folder.open() }
  }

  @Test func namesATensorOfAnotherType() throws {
    let folder = try ModelFolder()
    folder.tensors["t_embedder.mlp.0.bias"] = AnyTensor(Tensor<Int32>(zeros: [8]))
    #expect(
      throws: WeightError.scalarType(
        file: folder.weights, tensor: "t_embedder.mlp.0.bias", expected: "floating point",
        found: .int32)
    ) { try folder.open() }
  }

  @Test func namesATensorThatNobodyReads() throws {
    let folder = try ModelFolder()
    folder.tensors["blocks.1.attn.qkv.bias"] = AnyTensor(Tensor<Float>(zeros: [24]))
    #expect(
      throws: WeightError.unexpected(file: folder.weights, tensors: ["blocks.1.attn.qkv.bias"])
    ) { try folder.open() }
  }

  @Test(arguments: [
    ("\"depth\": 1,", "", "key 'depth' is missing"),
    ("\"depth\": 1", "\"depth\": \"one\"", "key 'depth' must be an integer"),
    ("\"hidden_size\": 8,", "", "key 'hidden_size' is missing"),
    ("\"learn_sigma\": false", "\"learn_sigma\": 0", "key 'learn_sigma' must be true or false"),
    (
      "\"num_train_timesteps\": 1000", "\"num_train_timesteps\": []", "num_train_timesteps' must be"
    ),
    ("\"mlp_ratio\": 4.0", "\"mlp_ratio\": NaN", "line 2, column 79: a value is expected"),
    ("\"mlp_ratio\": 4.0", "\"mlp_ratio\": -Infinity", "line 2, column 79: a value is expected"),
    ("\"depth\": 1", "\"depth\": 0", "'depth' must be 1 to 65536, not 0"),
    ("\"input_size\": 2", "\"input_size\": 65536", "'input_size' must be at most 256 patches"),
    ("\"num_heads\": 2", "\"num_heads\": 3", "'num_heads' must be a divisor of hidden_size 8"),
    ("\"patch_size\": 2", "\"patch_size\": 3", "'patch_size' must be a divisor of input_size 2"),
    ("\"DiT\"", "\"UNet\"", "'architecture' must be DiT, not UNet"),
    ("\"linear\"", "\"cosine\"", "'diffusion.beta_schedule' must be linear, not cosine"),
    ("\"beta_end\": 0.02", "\"beta_end\": 2", "'diffusion.beta_end' must be between 0 and 1"),
    ("\"mlp_ratio\": 4.0", "\"mlp_ratio\": -1", "'mlp_ratio' must be a positive factor"),
    (
      "\"learn_sigma\": false", "\"learn_sigma\": false, \"sampler\": {\"name\": \"magic\"}",
      "'sampler.name' must be ddpm or ddim or dpm++2m"
    ),
    (
      "\"learn_sigma\": false", "\"learn_sigma\": false, \"sampler\": {\"steps\": 0}",
      "'sampler.steps' must be 1 to 1000, not 0"
    ),
    ("{\"architecture\"", "\"architecture\"", "not valid JSON"),
    ("\"depth\": 1", "\"depth\": 1.5", "which is not a number of the kind"),
    ("\"learn_sigma\"", "\"image_crop\": [0, 1, 2, 2], \"learn_sigma\"", "'image_crop' must be"),
    ("\"learn_sigma\"", "\"image_range\": [1, 0], \"learn_sigma\"", "'image_range' must be"),
    ("\"learn_sigma\"", "\"latent\": true, \"learn_sigma\"", "'latent' must be false"),
  ])
  func namesTheFaultOfAConfiguration(_ part: String, _ other: String, _ message: String) throws {
    let folder = try ModelFolder()
    folder.configuration = folder.configuration.replacing(part, with: other)
    let error = #expect(throws: ModelError.self) { try folder.open() }
    let description = error.map { "\($0)" } ?? ""
    #expect(description.hasPrefix(folder.path + "/config.json: "))
    #expect(description.contains(message))
  }

  @Test func namesAFileThatIsNotThere() throws {
    #expect(throws: ModelError.unreadable(file: "/nowhere/config.json")) {
      try DiffusionPipeline(folder: "/nowhere")
    }
  }
}
