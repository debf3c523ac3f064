import Foundation
import Kernels
import NN
import Tensor
import Testing
import _TestSupport

/// Every layer is made from tensors, lists them, saves them, and is read again with the same bits.
@Suite struct RoundTripTests {
  static let x: Tensor<Float> = {
    var numbers = SampleNumbers(seed: 31)
    return Tensor(numbers.next(2 * 5 * 7 * 6), shape: [2, 5, 7, 6])
  }()

  static func numbers(_ shape: Int...) -> Tensor<Float> {
    var numbers = SampleNumbers(seed: UInt64(shape.reduce(17) { $0 * 3 + $1 }))
    return Tensor(numbers.next(shape.reduce(1, *)), shape: shape)
  }

  /// A layer saved and read again computes the same, and has the parameters that are expected.
  func expect<L: Layer>(
    _ layer: L, _ names: [String], _ x: Tensor<Float> = x,
    read: (Weights) throws -> L, _ apply: (L, Tensor<Float>) -> Tensor<Float>,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "layer-\(UUID().uuidString).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try layer.save(to: path)
    let weights = Weights(try SafetensorsFile(path: path))
    let again = try read(weights)
    try weights.finish()
    #expect(layer.parameters.map(\.name) == names, sourceLocation: sourceLocation)
    #expect(again.parameters.map(\.name) == names, sourceLocation: sourceLocation)
    #expect(
      zip(layer.parameters, again.parameters).allSatisfy { $0.tensor == $1.tensor },
      sourceLocation: sourceLocation)
    #expect(apply(again, x) == apply(layer, x), sourceLocation: sourceLocation)
  }

  @Test func products() throws {
    let (weight, bias) = (Self.numbers(9, 6), Self.numbers(9))
    try expect(Linear(weight: weight, bias: bias), ["weight", "bias"]) {
      try Linear(6, 9, from: $0)
    } _: {
      $0($1)
    }
    try expect(Linear(weight: weight), ["weight"]) {
      try Linear(6, 9, bias: false, from: $0)
    } _: {
      $0($1)
    }
    let (fc1, fc2) = (
      Linear(weight: weight, bias: bias),
      Linear(weight: Self.numbers(6, 9), bias: Self.numbers(6))
    )
    try expect(
      FeedForward(fc1: fc1, fc2: fc2, activation: .relu),
      ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"]
    ) {
      try FeedForward(
        6, hiddenWidth: 9, activation: .relu, fc1: $0["fc1"], fc2: $0["fc2"])
    } _: {
      $0($1)
    }
    try expect(
      GatedFeedForward(
        gate: Linear(weight: weight), value: Linear(weight: Self.numbers(9, 6)),
        output: Linear(weight: Self.numbers(6, 9)), activation: .silu),
      ["gate.weight", "value.weight", "output.weight"]
    ) {
      try GatedFeedForward(
        6, hiddenWidth: 9, activation: .silu, gate: $0["gate"], value: $0["value"],
        output: $0["output"])
    } _: {
      $0($1)
    }
  }

  @Test func norms() throws {
    let (weight, bias) = (Self.numbers(6), Self.numbers(6) + 1)
    try expect(LayerNorm(weight: weight, bias: bias), ["weight", "bias"]) {
      try LayerNorm(6, from: $0)
    } _: {
      $0($1)
    }
    try expect(RMSNorm(weight: weight), ["weight"]) {
      try RMSNorm(6, from: $0)
    } _: {
      $0($1)
    }
    try expect(GroupNorm(groups: 3, weight: weight, bias: bias), ["weight", "bias"]) {
      try GroupNorm(6, groups: 3, from: $0)
    } _: {
      $0($1)
    }
    try expect(
      BatchNorm(mean: weight, variance: bias.absolute(), weight: bias, bias: weight),
      ["weight", "bias", "running_mean", "running_var"]
    ) {
      try BatchNorm(6, from: $0)
    } _: {
      $0($1)
    }
    // What has no parameters has PyTorch's epsilon, too.
    #expect(LayerNorm().epsilon == 1e-5 && RMSNorm().epsilon == 1e-6)
    #expect(GroupNorm(groups: 2).epsilon == 1e-5)
    #expect(BatchNorm(mean: weight, variance: weight).epsilon == 1e-5)
    let instance = GroupNorm(groups: 6)(Self.x)
    let centered = Self.x - Self.x.mean(axes: [1, 2], keepingAxes: true)
    let expected =
      centered / (Self.x.variance(axes: [1, 2], keepingAxes: true) + 1e-5).squareRoot()
    #expect(relativeError(instance.elements, expected.elements) < 2e-6)
  }

  @Test func convolutions() throws {
    let bias = Self.numbers(4)
    try expect(
      Conv2d(weight: Self.numbers(4, 3, 3, 3), bias: bias, stride: 2, padding: 1, groups: 2),
      ["weight", "bias"]
    ) {
      try Conv2d(6, 4, size: 3, stride: 2, padding: 1, groups: 2, from: $0)
    } _: {
      $0($1)
    }
    try expect(
      Conv1d(weight: Self.numbers(4, 6, 3), bias: bias, padding: 2, dilation: 2),
      ["weight", "bias"], Self.x[0]
    ) {
      try Conv1d(6, 4, size: 3, padding: 2, dilation: 2, from: $0)
    } _: {
      $0($1)
    }
    try expect(
      ConvTranspose2d(weight: Self.numbers(6, 4, 3, 3), bias: bias, stride: 2, padding: 1),
      ["weight", "bias"]
    ) {
      try ConvTranspose2d(6, 4, size: 3, stride: 2, padding: 1, from: $0)
    } _: {
      $0($1)
    }
  }

  @Test func attentionAndTables() throws {
    func square(_ seed: Int) -> Linear {
      Linear(weight: Self.numbers(6, 6) * Float(seed), bias: Self.numbers(6))
    }
    let x = Self.x.reshaped([2, 35, 6])
    let names = ["query", "key", "value", "output"].flatMap { ["\($0).weight", "\($0).bias"] }
    try expect(
      MultiHeadAttention(
        query: square(1), key: square(2), value: square(3), output: square(4), headCount: 2),
      names, x
    ) {
      MultiHeadAttention(
        query: try Linear(6, 6, from: $0["query"]), key: try Linear(6, 6, from: $0["key"]),
        value: try Linear(6, 6, from: $0["value"]), output: try Linear(6, 6, from: $0["output"]),
        headCount: 2)
    } _: {
      $0($1)
    }
    try expect(Embedding(weight: Self.numbers(11, 6)), ["weight"]) {
      try Embedding(11, 6, from: $0)
    } _: { layer, _ in
      layer(Tensor<Int64>([[3, 10], [0, 3]]))
    }
  }
}
