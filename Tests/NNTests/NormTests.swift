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
