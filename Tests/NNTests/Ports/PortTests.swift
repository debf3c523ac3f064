import Foundation
import NN
import Tensor
import Testing
import _TestSupport

/// Models of other people, ported line by line: what they compute, and that they save what they read.
@Suite struct PortTests {
  let file: SafetensorsFile

  init() throws { file = try Fixtures.open("ports") }

  @Test func visionTransformerMatchesPyTorch() throws {
    let model = try VisionTransformer(from: Weights(file)["vit"])
    #expect(relativeError(model(try file["vit-x"]).elements, try file["vit-y"].elements) < 1e-5)
    let names = model.parameters.map(\.name)
    #expect(names.contains("blocks.1.attn.qkv.weight"))
    #expect(names.contains("patch_embed.proj.bias"))
    try expectRoundTrip(model, below: "vit") {
      try VisionTransformer(from: $0)(try file["vit-x"])
    }
  }

  @Test func uNetMatchesPyTorch() throws {
    let model = try UNet(from: Weights(file)["unet"])
    let (x, t) = (try file["unet-x"].channelsLast, try file["unet-t"].elements.map(Double.init))
    let y = model(x, timesteps: t)
    #expect(relativeError(y.elements, try file["unet-y"].channelsLast.elements) < 1e-5)
    try expectRoundTrip(model, below: "unet") { try UNet(from: $0)(x, timesteps: t) }
  }

  @Test func gptMatchesPyTorch() throws {
    let model = try GPT(from: Weights(file)["gpt"])
    let text = try file.tensor(named: "gpt-x").converted(to: Int64.self)
    #expect(relativeError(model(text).elements, try file["gpt-y"].elements) < 1e-5)
    let generated = model.generate(text, count: 9).elements.map(Int.init)
    #expect(generated == (try file.integers("gpt-generated")))
    try expectRoundTrip(model, below: "gpt") { try GPT(from: $0)(text) }
  }

  /// A model that is saved has the names and numbers that were read, and computes the same.
  private func expectRoundTrip(
    _ model: some Layer, below name: String, _ result: (Weights) throws -> Tensor<Float>
  ) throws {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "\(name)-\(UUID().uuidString).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try model.save(to: path, metadata: ["model": name])
    let saved = try SafetensorsFile(path: path)
    let expected = file.names.filter { $0.hasPrefix("\(name).") }
    #expect(saved.names.map { "\(name).\($0)" }.sorted() == expected.sorted())
    for tensor in saved.names {
      #expect(try saved[tensor].elements == file["\(name).\(tensor)"].elements)
    }
    let weights = Weights(saved)
    #expect(try result(weights).elements == result(Weights(file)[name]).elements)
    try weights.finish()
  }
}
