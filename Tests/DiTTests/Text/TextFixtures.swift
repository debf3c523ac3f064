import DiT
import Foundation
import Kernels
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

/// The golden files of `Tests/Fixtures/text`.
enum TextFixtures {
  static let folder = Fixtures.repository + "/Tests/Fixtures/text"

  /// A text and what a reference makes of it.
  struct Case: Decodable {
    let text: String
    let ids: [Int]?
    let prepared: String?
  }

  /// The texts for a tokenizer.
  static func cases(_ name: String) throws -> [Case] {
    let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/tokens.json"))
    return try JSONDecoder().decode([String: [Case]].self, from: data)[name] ?? []
  }

  /// The bytes of a file.
  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
  }

  /// What transformers' encoders give.
  static func states() throws -> SafetensorsFile {
    try SafetensorsFile(path: folder + "/t5.safetensors")
  }

  /// Opens a model.
  static func encoder(
    _ name: String, precision: Precision = .float32, table: KernelTable = .active,
    layerStorage: T5Encoder.LayerStorage = .resident
  ) throws -> T5Encoder {
    let folder = "\(folder)/\(name)"
    let files = [
      "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin.index.json",
    ]
    let file = try #require(
      files.first { FileManager.default.fileExists(atPath: "\(folder)/\($0)") })
    return try T5Encoder(
      .init(path: folder + "/config.json"), from: Checkpoint(path: "\(folder)/\(file)"),
      precision: precision, layerStorage: layerStorage, table: table)
  }
}
