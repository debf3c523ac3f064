import Kernels
import NN
import Tensor
import Testing
import _TestSupport

@Suite struct FeedForwardTests {
  @Test func linearMatchesPyTorch() throws {
    let golden = try LayerCase("linear")
    let layer = try Linear(13, 7, from: golden.weights)
    #expect(relativeError(layer(try golden.x).elements, try golden.y.elements) < 1e-6)
    #expect(layer(try golden.x).shape == [3, 2, 7])
    try expectParameters(of: layer, are: golden)
  }

  @Test func linearWithoutBiasMatchesPyTorch() throws {
    let golden = try LayerCase("linear-without-bias")
    let layer = try Linear(13, 7, bias: false, from: golden.weights)
    #expect(relativeError(layer(try golden.x).elements, try golden.y.elements) < 1e-6)
    try expectParameters(of: layer, are: golden)
    let same = Linear(weight: try golden["layer.weight"])
    #expect(same(try golden.x).elements == layer(try golden.x).elements)
  }

  @Test func feedForwardMatchesPyTorch() throws {
    let golden = try LayerCase("feed-forward")
    let layer = try FeedForward(
      11, hiddenWidth: 23, activation: .relu, fc1: golden.weights["0"], fc2: golden.weights["2"])
    #expect(relativeError(layer(try golden.x).elements, try golden.y.elements) < 2e-6)
  }

  /// The same whether the caller brings operands and a workspace or neither; and in both forms.
  @Test(arguments: [("gated-t5", Activation.geluTanh, 11, 37), ("gated-swiglu", .silu, 16, 33)])
  func gatedMatchesPyTorch(
    _ name: String, _ activation: Activation, _ width: Int, _ hiddenWidth: Int
  ) throws {
    let golden = try LayerCase(name)
    for precision in Precision.floatingPoint {
      let weights = golden.weights(precision)
      let layer = try GatedFeedForward(
        width, hiddenWidth: hiddenWidth, activation: activation, gate: weights["wi_0"],
        value: weights["wi_1"], output: weights["wo"])
      let y = layer(try golden.x)
      let error = precision == .float32 ? 2e-6 : 3e-2
      #expect(relativeError(y.elements, try golden.y.elements) < error)
      let workspace = Workspace(threads: 2, precision: precision)
      var sum = try golden.x
      layer(Operand(sum, in: workspace), addedTo: &sum, in: workspace)
      let expected = try golden.x + golden.y
      #expect(relativeError(sum.elements, expected.elements) < error)
      guard precision == .float32 else { continue }
      var parameters: [String: [Float]] = [:]
      for parameter in layer.parameters { parameters[parameter.name] = parameter.tensor.elements }
      #expect(try parameters["gate.weight"] == golden["layer.wi_0.weight"].elements)
      #expect(try parameters["value.weight"] == golden["layer.wi_1.weight"].elements)
      #expect(try parameters["output.weight"] == golden["layer.wo.weight"].elements)
      #expect(layer.parameterCount == 3 * width * hiddenWidth)
    }
  }

  @Test func joinedGateMatchesPyTorch() throws {
    let golden = try LayerCase("gated-geglu")
    let layer = try GatedFeedForward(
      9, hiddenWidth: 35, activation: .gelu, joined: golden.weights["proj"], gateIsFirst: false,
      output: golden.weights["out"])
    #expect(relativeError(layer(try golden.x).elements, try golden.y.elements) < 2e-6)
  }
}

/// Whether a layer lists the parameters of a case, all of them, under PyTorch's names.
func expectParameters(
  of layer: some Layer, are golden: LayerCase, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let expected = try golden.parameters
  let found = layer.parameters
  #expect(
    found.map(\.name).sorted() == expected.keys.sorted(), sourceLocation: sourceLocation)
  for parameter in found {
    #expect(parameter.shape == expected[parameter.name]?.shape, sourceLocation: sourceLocation)
    #expect(
      parameter.tensor.elements == expected[parameter.name]?.elements,
      "\(parameter.name)", sourceLocation: sourceLocation)
  }
}
