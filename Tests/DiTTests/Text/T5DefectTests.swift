import DiT
import Foundation
import Kernels
import NN
import Tensor
import Testing

/// Models of T5 that are not what they should be.
@Suite struct T5DefectTests {
  private func configuration(_ edit: (inout [String: Any]) -> Void) throws -> String {
    let data = Data(try TextFixtures.bytes("t5-a/config.json"))
    var content = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    edit(&content)
    let path = NSTemporaryDirectory() + "t5-config-\(UUID().uuidString).json"
    try JSONSerialization.data(withJSONObject: content).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test func fieldsThatAreNotServed() throws {
    for (key, value, reason) in [
      ("model_type", "umt5", "'model_type' must be t5, not umt5"),
      ("feed_forward_proj", "relu", "'feed_forward_proj' must be gated-gelu"),
      ("num_layers", 0, "'num_layers' must be 1 to 1024, not 0"),
      ("d_model", -1, "'d_model' must be 1 to 1048576, not -1"),
      ("relative_attention_num_buckets", 3, "'relative_attention_num_buckets' must be 4 to"),
      (
        "relative_attention_max_distance", 8,
        "'relative_attention_max_distance' must be more than 8"
      ),
      ("layer_norm_epsilon", 2.0, "'layer_norm_epsilon' must be"),
      ("d_kv", "seven", "'d_kv' must be an integer"),
    ] as [(String, Any, String)] {
      let path = try configuration { $0[key] = value }
      defer { try? FileManager.default.removeItem(atPath: path) }
      let error = #expect(throws: ModelError.self) { try T5Encoder.Configuration(path: path) }
      #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }
  }

  @Test func fieldsThatAreLeftOutAreTransformers() throws {
    let path = try configuration { $0 = ["feed_forward_proj": "gated-gelu"] }
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(
      try T5Encoder.Configuration(path: path)
        == .init(
          vocabularySize: 32_128, width: 512, headCount: 8, headSize: 64, hiddenWidth: 2048,
          depth: 6))
  }

  @Test func sizesOfTheLargestModel() {
    let xxl = T5Encoder.Configuration(
      vocabularySize: 32_128, width: 4096, headCount: 64, headSize: 64, hiddenWidth: 10_240,
      depth: 24)
    #expect(xxl.layerParameterCount == 192_946_176)
    #expect(xxl.parameterCount == 4_762_310_656)
    #expect(T5Encoder.LayerStorage.automatic(parameterCount: xxl.parameterCount) == .streamed)
    #expect(T5Encoder.LayerStorage.automatic(parameterCount: 35_000_000) == .resident)
  }

  /// Tensors of `t5-a` in a file of their own.
  private func model(
    _ edit: (inout [String: AnyTensor]) -> Void
  ) throws -> (path: String, encoder: () throws -> T5Encoder) {
    let golden = try SafetensorsFile(path: TextFixtures.folder + "/t5-a/model.safetensors")
    var tensors: [String: AnyTensor] = [:]
    for name in golden.names { tensors[name] = try golden.tensor(named: name) }
    edit(&tensors)
    let path = NSTemporaryDirectory() + "t5-\(UUID().uuidString).safetensors"
    try Safetensors.write(tensors, to: path)
    return (
      path,
      {
        try T5Encoder(
          .init(path: TextFixtures.folder + "/t5-a/config.json"), from: Checkpoint(path: path),
          layerStorage: .streamed)
      }
    )
  }

  @Test func tensorsThatAreNotTheModels() throws {
    let query = "encoder.block.1.layer.0.SelfAttention.q.weight"
    let other = AnyTensor(Tensor<Float>(repeating: 0, shape: [5]))
    for (edit, reason) in [
      ({ $0[query] = nil }, "tensor '\(query)' is missing"),
      ({ $0[query] = other }, "tensor '\(query)' has shape [5], the model needs [21, 12]"),
      ({ $0["shared.weight"] = nil }, "tensor 'shared.weight' is missing"),
      ({ $0["encoder.embed_tokens.weight"] = other }, "has shape [5], the model needs [416, 12]"),
      ({ $0["encoder.block.2.layer.0.layer_norm.weight"] = other }, "have no place in the model"),
      ({ $0["decoder.block.0.anything"] = other }, nil),
      (
        {
          $0["encoder.embed_tokens.weight"] = $0["shared.weight"]; $0["shared.weight"] = nil
        }, nil
      ),
    ] as [((inout [String: AnyTensor]) -> Void, String?)] {
      let (path, encoder) = try model(edit)
      defer { try? FileManager.default.removeItem(atPath: path) }
      guard let reason else {
        _ = try encoder()
        continue
      }
      let error = #expect(throws: WeightError.self) { try encoder() }
      #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }
  }

  @Test func copiesOfAModelHaveOneFingerprint() throws {
    let original = try TextFixtures.encoder("t5-a").fingerprint
    let (copy, encoder) = try model { tensors in
      tensors = tensors.mapValues { AnyTensor($0.converted(to: BFloat16.self)) }
    }
    defer { try? FileManager.default.removeItem(atPath: copy) }
    #expect(try encoder().fingerprint == original)
    let (trained, other) = try model {
      let name = "encoder.block.1.layer.1.DenseReluDense.wo.weight"
      $0[name] = AnyTensor(Tensor<Float>(repeating: 0, shape: [12, 29]))
    }
    defer { try? FileManager.default.removeItem(atPath: trained) }
    #expect(try other().fingerprint != original)
  }

  @Test func aTokenizerWithMoreTokensIsRefused() throws {
    let encoder = try TextFixtures.encoder("t5-c")
    let tokenizer = try UnigramTokenizer(path: TextFixtures.folder + "/t5")
    let error = #expect(throws: ModelError.self) {
      try T5TextEncoder(tokenizer: tokenizer, encoder: encoder, tokenLimit: 120)
    }
    #expect(error?.description.contains("410 tokens, and the encoder embeddings for 50") == true)
  }

  @Test func aFolderWithoutWeightsNamesWhatItNeeds() throws {
    let error = #expect(throws: ModelError.self) {
      try T5TextEncoder(
        tokenizer: TextFixtures.folder + "/t5", encoder: TextFixtures.folder + "/t5-b",
        variant: "fp16", tokenLimit: 120)
    }
    #expect(error?.description.contains("'model.fp16.safetensors'") == true)
  }
}
