import DiT
import Foundation
import Kernels
import NN
import Tensor
import Testing
import _TestSupport

/// Checkpoints whose weights are quantized, and what may be wrong with them.
@Suite struct QuantizedCheckpointTests {
  private static let layer = "transformer_blocks.1.ff.net.2.weight"
  private static let weights = "transformer/diffusion_pytorch_model.safetensors"

  /// A folder whose transformer is quantized, with some tensors changed.
  private func folder(
    _ quantizer: CheckpointQuantizer = CheckpointQuantizer(groupSize: 16),
    _ change: (inout [String: AnyTensor]) throws -> Void = { _ in }
  ) throws -> FolderCopy {
    let folder = try FolderCopy()
    let checkpoint = try Checkpoint(path: folder.file(Self.weights))
    try Safetensors.write(quantizer.tensors(of: checkpoint), to: folder.file("quantized"))
    var tensors = try folder.tensors("quantized")
    try change(&tensors)
    try Safetensors.write(
      tensors.sorted { $0.key < $1.key }.map { DeferredTensor($0.key, $0.value) },
      to: folder.file(Self.weights))
    return folder
  }

  /// The prediction of a model for fixed noise.
  private func prediction(_ model: DiffusionTransformer) -> [UInt32] {
    var numbers = SampleNumbers(seed: 51)
    let shape = [2] + model.configuration.sampleShape
    let noise = Tensor(numbers.next(shape.reduce(1, *)), shape: shape)
    let workspace = Workspace(threads: 2, precision: model.precision)
    return model(noise, timesteps: [500, 20], labels: [0, 1], in: workspace).elements
      .map(\.bitPattern)
  }

  private func model(_ folder: FolderCopy, _ precision: Precision?) throws -> DiffusionTransformer {
    try DiffusionPipeline(folder: folder.path, precision: precision).transformer
  }

  /// What was quantized when it was saved is what loading quantizes.
  @Test(arguments: [(QuantizedMatrix.Width.eightBits, Precision.int8), (.fourBits, .weights4)])
  func opensAsItWasSaved(_ width: QuantizedMatrix.Width, _ precision: Precision) throws {
    let folder = try folder(CheckpointQuantizer(width: width))
    let opened = try model(folder, nil)
    #expect(opened.precision == precision)
    #expect(prediction(opened) == prediction(try model(FolderCopy(), precision)))
    // Where other numbers are asked for, weights are widened.
    #expect(try model(folder, .float32).precision == .float32)
    #expect(try model(folder, .weights8).precision == .weights8)
  }

  @Test func namesTheLayersOfBlocks() {
    let quantizer = CheckpointQuantizer(width: .fourBits)
    for name in [
      "blocks.3.attn.qkv.weight", "transformer_blocks.0.ff.net.0.proj.weight",
      "encoder.block.11.layer.0.SelfAttention.q.weight",
    ] {
      #expect(quantizer.width(of: name, shape: [8, 8]) == .fourBits)
    }
    for name in ["blocks.0.adaLN_modulation.1.weight", "transformer_blocks.7.norm1.linear.weight"] {
      #expect(quantizer.width(of: name, shape: [8, 8]) == .eightBits)
    }
    for name in [
      "x_embedder.proj.weight", "t_embedder.mlp.0.weight", "y_embedder.embedding_table.weight",
      "final_layer.adaLN_modulation.1.weight", "final_layer.linear.weight",
      "blocks.0.attn.qkv.bias",
      "transformer_blocks.0.norm1.emb.timestep_embedder.linear_1.weight", "proj_out_2.weight",
      "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight", "shared.weight",
    ] {
      #expect(quantizer.width(of: name, shape: [8, 8]) == nil)
    }
    #expect(quantizer.width(of: "blocks.0.norm.weight", shape: [8]) == nil)
  }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch { return "\(error)" }
  }

  /// Loads a folder whose transformer was quantized and then changed.
  private func fault(_ change: (inout [String: AnyTensor]) throws -> Void) throws -> String {
    let folder = try folder(CheckpointQuantizer(groupSize: 16), change)
    return message { _ = try model(folder, nil) }
  }

  @Test(arguments: [0, -1, Float.infinity, .nan])
  func refusesScales(_ scale: Float) throws {
    let found = try fault { tensors in
      let name = Self.layer + "_scale"
      var scales = try #require(tensors[name]?.tensor(of: Float.self))
      scales[1, 2] = Tensor(repeating: scale, shape: [])
      tensors[name] = AnyTensor(scales)
    }
    #expect(
      found.contains("'\(Self.layer)_scale': the scale of row 1, group 2 is \(scale)"), "\(found)")
  }

  @Test func refusesWhatIsMissing() throws {
    for ending in ["_scale", "_group_size"] {
      let found = try fault { $0[Self.layer + ending] = nil }
      #expect(found.hasSuffix("'\(Self.layer)\(ending)' is missing"))
    }
  }

  @Test func refusesShapesAndTypes() throws {
    let name = Self.layer
    var found = try fault { $0[name + "_group_size"] = AnyTensor(Tensor([Int32(0)])) }
    #expect(found.contains("'\(name)_group_size': groups have at least one input, not 0"))
    found = try fault { $0[name + "_group_size"] = AnyTensor(Tensor([Int32.max])) }
    #expect(found.contains("'\(name)_scale' has shape"))
    found = try fault { $0[name + "_group_size"] = AnyTensor(Tensor([Float(16)])) }
    #expect(found.contains("'\(name)_group_size' holds float, the model needs int32"), "\(found)")
    found = try fault {
      $0[name] = AnyTensor(try #require($0[name]).converted(to: Int32.self))
    }
    #expect(found.contains("'\(name)' holds"), "\(found)")
    found = try fault {
      $0[name + "_scale"] = AnyTensor(
        try #require($0[name + "_scale"]).converted(to: Float.self)[.all, 0..<1])
    }
    #expect(found.contains("'\(name)_scale' has shape"))
    // Of layers that are computed as one, all have groups of one size.
    let q = "transformer_blocks.0.attn1.to_q.weight"
    var quantizer = CheckpointQuantizer(groupSize: 16)
    quantizer.groupSizes[q] = 8
    let folder = try folder(quantizer)
    #expect(message { _ = try model(folder, nil) }.contains("groups of [8, 16, 16] inputs"))
  }

  @Test(arguments: [Float.nan, .infinity])
  func refusesWeightsThatAreNoNumbers(_ bad: Float) throws {
    let folder = try FolderCopy()
    var tensors = try folder.tensors(Self.weights)
    var weight = try #require(tensors[Self.layer]).converted(to: Float.self)
    weight[3, 1] = Tensor(repeating: bad, shape: [])
    tensors[Self.layer] = AnyTensor(weight)
    try Safetensors.write(
      tensors.map { DeferredTensor($0.key, $0.value) }, to: folder.file(Self.weights))
    let expected = "'\(Self.layer)': row 3 has a weight that is infinite or not a number"
    for precision in [Precision.int8, .weights8, .weights4] {
      #expect(message { _ = try model(folder, precision) }.contains(expected))
    }
    let checkpoint = try Checkpoint(path: folder.file(Self.weights))
    #expect(
      message {
        try Safetensors.write(
          CheckpointQuantizer().tensors(of: checkpoint), to: folder.file("quantized"))
      }.contains(expected))
  }
}
