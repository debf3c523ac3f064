import Kernels
import NN
import Tensor
import Testing
import _TestSupport

@Suite struct NormTests {
  @Test func layerNormMatchesPyTorch() throws {
    let golden = try LayerCase("layer-norm")
    let layer = try LayerNorm(13, from: golden.weights)
    #expect(relativeError(layer(try golden.x).elements, try golden.y.elements) < 2e-6)
    try expectParameters(of: layer, are: golden)
    let workspace = Workspace(threads: 2)
    #expect(
      layer.operand(try golden.x, in: workspace).tensor.elements
        == layer(try golden.x).elements)
  }

  @Test func layerNormWithoutParametersMatchesPyTorch() throws {
    let golden = try LayerCase("layer-norm-plain")
    let layer = LayerNorm(epsilon: 1e-3)
    #expect(relativeError(layer(try golden.x).elements, try golden.y.elements) < 2e-6)
    #expect(layer.parameters.isEmpty)
  }

  @Test func layerNormWithoutBiasMatchesPyTorch() throws {
    let golden = try LayerCase("layer-norm-without-bias")
    let layer = try LayerNorm(33, bias: false, from: golden.weights)
    #expect(relativeError(layer(try golden.x).elements, try golden.y.elements) < 2e-6)
    try expectParameters(of: layer, are: golden)
  }

  @Test func rmsNormMatchesPyTorch() throws {
    let golden = try LayerCase("rms-norm")
    let layer = try RMSNorm(17, from: golden.weights)
    #expect(relativeError(layer(try golden.x).elements, try golden.y.elements) < 2e-6)
    try expectParameters(of: layer, are: golden)
    let workspace = Workspace(threads: 2, precision: .bfloat16)
    #expect(
      relativeError(
        layer.operand(try golden.x, in: workspace).tensor.elements, try golden.y.elements) < 8e-3)
  }
}

extension NormTests {
  @Test func groupNormMatchesPyTorch() throws {
    let golden = try LayerCase("group-norm")
    let layer = try GroupNorm(15, groups: 3, from: golden.weights)
    let (x, y) = try (golden.x.channelsLast, golden.y.channelsLast)
    #expect(relativeError(layer(x).elements, y.elements) < 2e-6)
    try expectParameters(of: layer, are: golden)
    // An activation that is fused, and one that is not.
    for activation in [Activation.silu, .mish] {
      let found = layer(x, activation: activation)
      #expect(relativeError(found.elements, activation(y).elements) < 4e-6)
    }
  }

  /// Whatever the rank; and between convolutions, in both precisions.
  @Test(arguments: [
    ("batch-norm-1d", 7, true), ("batch-norm-2d", 7, true), ("batch-norm-plain", 5, false),
  ])
  func batchNormMatchesPyTorch(_ name: String, _ channels: Int, _ affine: Bool) throws {
    let golden = try LayerCase(name)
    let weights = golden.weights
    let layer = try BatchNorm(
      channels, epsilon: affine ? 1e-5 : 1e-3, affine: affine, from: weights)
    let (x, y) = try (golden.x.channelsLast, golden.y.channelsLast)
    #expect(relativeError(layer(x).elements, y.elements) < 2e-6)
    #expect(
      relativeError(layer(x, activation: .relu).elements, relu(y).elements) < 2e-6)
    #expect(
      layer.parameters.map(\.name)
        == (affine ? ["weight", "bias"] : []) + ["running_mean", "running_var"])
    guard x.rank == 4 else { return }
    for precision in Precision.floatingPoint {
      let workspace = Workspace(threads: 2, precision: precision)
      for activation in [Activation.relu, .hardSwish] {
        let images = layer(
          PaddedPixels(x, in: workspace), activation: activation, padding: 1, in: workspace)
        #expect(images.padding == 1)
        #expect(
          relativeError(images.tensor(in: workspace).elements, activation(y).elements)
            < (precision == .float32 ? 3e-6 : 1e-2))
      }
    }
  }
}
