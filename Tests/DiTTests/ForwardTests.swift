import DiT
import Foundation
import Kernels
import NN
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

/// A golden model's sizes, as the script that made it wrote them.
private struct GoldenConfiguration: Decodable {
  let inputSize, patchSize, inChannels, hiddenSize, depth, numHeads, numClasses: Int
  let mlpRatio: Double
  let learnSigma: Bool
}

/// A model of a golden file.
func goldenModel(_ file: SafetensorsFile) throws -> DiffusionTransformer {
  let decoder = JSONDecoder()
  decoder.keyDecodingStrategy = .convertFromSnakeCase
  let c = try decoder.decode(
    GoldenConfiguration.self, from: Data((file.metadata["config"] ?? "").utf8))
  return try DiffusionTransformer(
    DiffusionTransformer.Configuration(
      inputSize: .square(c.inputSize), channels: c.inChannels, patchSize: c.patchSize,
      width: c.hiddenSize, depth: c.depth, headCount: c.numHeads,
      hiddenWidth: Int(Double(c.hiddenSize) * c.mlpRatio), classCount: c.numClasses,
      learnsSigma: c.learnSigma),
    from: Weights(GoldenWeights(file: file)))
}

@Suite struct ForwardTests {
  @Test(arguments: ["dit-a", "dit-b", "dit-c", "dit-d", "dit-e"])
  func agreesWithPyTorch(_ name: String) throws {
    let file = try Fixtures.open(name)
    let output = try goldenModel(file)(
      try file["input.x"], timesteps: try file.integers("input.t").map(Double.init),
      labels: try file.integers("input.y"), in: Workspace(threads: 2))
    let expected = try file["output"]
    #expect(output.shape == expected.shape)
    #expect(relativeError(output.elements, expected.elements) < 1e-4)
  }

  @Test func shippedModelAgreesWithPyTorch() throws {
    let file = try Fixtures.open("fashion")
    let model = try DiffusionPipeline(folder: Fixtures.showcaseModel).transformer
    let output = model(
      try file["forward.x"], timesteps: try file.integers("forward.t").map(Double.init),
      labels: try file.integers("forward.y"), in: Workspace(threads: 2))
    #expect(relativeError(output.elements, try file["forward.output"].elements) < 1e-4)
  }

  /// PyTorch simulates the quantization in floating point.
  ///
  /// A token near the middle between two whole numbers may become either of them, and attention is of
  /// bfloat16 where the machine multiplies it.
  @Test(
    arguments: KernelTable.supported,
    [(Precision.int8, 3e-3), (.weights8, 1e-4), (.weights4, 1e-4)])
  func quantizedModelAgreesWithPyTorch(
    _ table: KernelTable, _ expectation: (precision: Precision, bound: Double)
  ) throws {
    let (inputs, outputs) = (try Fixtures.open("fashion"), try Fixtures.open("quantized"))
    let precision = expectation.precision
    let model = try DiffusionPipeline(
      folder: Fixtures.showcaseModel, precision: precision, table: table
    ).transformer
    let output = model(
      try inputs["forward.x"], timesteps: try inputs.integers("forward.t").map(Double.init),
      labels: try inputs.integers("forward.y"),
      in: Workspace(threads: 2, precision: precision, table: table))
    let expected = try outputs["output.\(precision.rawValue)"]
    #expect(relativeError(output.elements, expected.elements) < expectation.bound)
  }

  @Test func positionsAgreeWithThoseInTheFile() throws {
    let file = try Fixtures.open("dit-a")
    let expected = try file["model.pos_embed"]
    let positions = sineCosinePositions(width: expected.shape[2], rows: 3, columns: 3)
    #expect(relativeError(positions.elements, expected.elements) < 1e-6)
  }
}
