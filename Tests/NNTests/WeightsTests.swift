import Foundation
import Kernels
import NN
import Tensor
import Testing

@Suite struct WeightsTests {
  /// A file that is overwritten in place does not change what a layer was given.
  @Test func tensorsAreTheirOwn() throws {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "weights-\(UUID().uuidString).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Safetensors.write(["weight": AnyTensor(Tensor<Float>([1, 2, 3]))], to: path)
    let weights = Weights(try SafetensorsFile(path: path))
    let own = try weights.tensor("weight", [3])
    let norm = try RMSNorm(3, from: weights)
    let file = try #require(FileHandle(forUpdatingAtPath: path))
    let size = try file.seekToEnd()
    try file.seek(toOffset: size - 12)
    try file.write(contentsOf: Data(repeating: 0, count: 12))
    try file.close()
    #expect(own.elements == [1, 2, 3])
    #expect(norm.weight?.elements == [1, 2, 3])
  }

  @Test func dictionariesAreSources() throws {
    let weights = Weights(tensors: ["a.weight": Tensor([1, 2], shape: [1, 2])])
    #expect(try weights["a"].tensor("weight", [1, 2]).elements == [1, 2])
    try weights.finish()
    #expect(throws: WeightError.missing(file: "a dictionary of tensors", tensor: "a.bias")) {
      try Linear(2, 1, from: weights["a"])
    }
    #expect(
      throws: WeightError.shape(
        file: "a dictionary of tensors", tensor: "a.weight", expected: [3, 2], found: [1, 2])
    ) {
      try Linear(2, 3, bias: false, from: weights["a"])
    }
  }

  /// A model that says nothing lists its properties: layers, lists, optional ones and tensors.
  @Test func parametersAreFound() throws {
    struct Model: Layer {
      let first = LayerNorm(weight: Tensor<Float>([1, 2]))
      let rest = [RMSNorm(weight: Tensor<Float>([3])), RMSNorm()]
      let none: Linear? = nil
      let some: Linear? = Linear(weight: Tensor([4, 5], shape: [1, 2]))
      let table = Tensor<Float>([6, 7])
      let activation = Activation.relu
      let width = 5
    }
    let parameters = Model().parameters
    #expect(
      parameters.map(\.name) == ["first.weight", "rest.0.weight", "some.weight", "table"])
    #expect(parameters.map(\.tensor.elements) == [[1, 2], [3], [4, 5], [6, 7]])
    #expect(Model().parameterCount == 7)
  }
}
