import DiT
import Foundation
import Kernels
import NN
import Tensor

/// A small DiT with random weights whose gates are not zero, for tests of caches.
struct SmallDiT: WeightSource {
  static let configuration = DiffusionTransformer.Configuration(
    inputSize: .square(8), channels: 2, patchSize: 2, width: 16, depth: 4, headCount: 2,
    classCount: 3)

  let tensors: [String: Tensor<Float>]
  let description = "a small model"

  init(seed: UInt64 = 1) {
    let c = Self.configuration
    let width = c.width
    var shapes: [String: [Int]] = [
      "x_embedder.proj.weight": [width, c.channels, c.patchSize, c.patchSize],
      "t_embedder.mlp.0.weight": [width, 256], "t_embedder.mlp.2.weight": [width, width],
      "y_embedder.embedding_table.weight": [c.classCount + 1, width],
      "final_layer.linear.weight": [c.patchSize * c.patchSize * c.outputChannels, width],
      "final_layer.adaLN_modulation.1.weight": [2 * width, width],
    ]
    for block in 0..<c.depth {
      for (name, outputs, inputs) in [
        ("attn.qkv", 3 * width, width), ("attn.proj", width, width),
        ("mlp.fc1", c.hiddenWidth, width), ("mlp.fc2", width, c.hiddenWidth),
        ("adaLN_modulation.1", 6 * width, width),
      ] { shapes["blocks.\(block).\(name).weight"] = [outputs, inputs] }
    }
    var generator = TorchGenerator(seed: seed)
    var tensors: [String: Tensor<Float>] = [:]
    for (name, shape) in shapes.sorted(by: { $0.key < $1.key }) {
      tensors[name] = generator.normal(shape) * (name.contains("embedding_table") ? 1 : 0.25)
      if !name.contains("embedding_table") {
        tensors[name.replacingOccurrences(of: ".weight", with: ".bias")] =
          generator.normal([shape[0]]) * 0.25
      }
    }
    self.tensors = tensors
  }

  var names: [String] { tensors.keys.sorted() }
  func tensor(named name: String) throws -> AnyTensor {
    AnyTensor(try require(tensors[name]))
  }

  private func require(_ tensor: Tensor<Float>?) throws -> Tensor<Float> {
    struct Missing: Error {}
    guard let tensor else { throw Missing() }
    return tensor
  }

  /// The model as the library has it.
  static let model = Result { try DiffusionTransformer(configuration, from: Weights(SmallDiT())) }
}

/// The same model in plain loops over Double, one sample at a time, open at every branch: what the
/// tests of cache methods are written with.
struct PlainDiT {
  typealias Branch = Architecture.Branch

  var c: DiffusionTransformer.Configuration { SmallDiT.configuration }
  var layers: PlainLayers { Self.allLayers }

  private static let allLayers = PlainLayers(SmallDiT().tensors)

  private static let positions = {
    let c = SmallDiT.configuration
    let table = sineCosinePositions(width: c.width, rows: c.grid.rows, columns: c.grid.columns)
    return (0..<c.tokenCount).map { table[0, $0].elements.map(Double.init) }
  }()

  /// What the layers that modulate take.
  func condition(_ timestep: Double, _ label: Int) -> [Double] {
    let time = layers.timestep(timestep, "t_embedder.mlp.0", "t_embedder.mlp.2")
    let table = layers.matrix("y_embedder.embedding_table.weight")
    return silu(zip(time, table[label]).map { $0 + $1 })
  }

  /// The tokens of a sample, `[channels][height · width]`.
  func embed(_ x: Matrix) -> Matrix {
    layers.linear("x_embedder.proj", patches(x, side: c.inputSize.width, size: c.patchSize))
      + Self.positions
  }

  /// The shift, scale and gate of a branch of a block.
  private func modulation(
    _ block: Int, _ branch: Branch, _ condition: [Double]
  ) -> PlainModulation {
    PlainModulation(
      layers.linear("blocks.\(block).adaLN_modulation.1", [condition])[0], branch, width: c.width)
  }

  /// The input of a branch after its norm and modulation.
  func modulatedInput(
    _ x: Matrix, _ block: Int, _ branch: Branch, _ condition: [Double]
  ) -> Matrix {
    let m = modulation(block, branch, condition)
    return norm(x, shift: m.shift, scale: m.scale)
  }

  /// A branch of a block before its gate; with a window, attention sees so many tokens to either
  /// side.
  func branch(
    _ x: Matrix, _ block: Int, _ branch: Branch, _ condition: [Double], window: Int? = nil
  ) -> Matrix {
    let input = modulatedInput(x, block, branch, condition)
    if branch == .feedForward {
      return layers.feedForward("blocks.\(block).mlp.fc1", "blocks.\(block).mlp.fc2", input)
    }
    return layers.linear(
      "blocks.\(block).attn.proj",
      heads(layers.linear("blocks.\(block).attn.qkv", input), window: window))
  }

  /// The heads of attention side by side, of queries, keys and values side by side.
  func heads(_ qkv: Matrix, window: Int? = nil) -> Matrix {
    func part(_ index: Int) -> Matrix {
      qkv.map { Array($0[index * c.width..<(index + 1) * c.width]) }
    }
    return attended(part(0), part(1), part(2), headCount: c.headCount, window: window)
  }

  /// A block; `value` may put something else in the place of a branch before its gate.
  func block(
    _ x: Matrix, _ index: Int, _ condition: [Double],
    value: ((Branch, _ x: Matrix, _ compute: () -> Matrix) -> Matrix)? = nil
  ) -> Matrix {
    var x = x
    for branch in [Branch.attention, .feedForward] {
      let compute = { self.branch(x, index, branch, condition) }
      let output = value?(branch, x, compute) ?? compute()
      x = x + modulation(index, branch, condition).gate * output
    }
    return x
  }

  /// All blocks.
  func blocks(_ x: Matrix, _ range: Range<Int>, _ condition: [Double]) -> Matrix {
    range.reduce(x) { block($0, $1, condition) }
  }

  /// The prediction of the last tokens, `[outputChannels][height · width]`.
  func predict(_ tokens: Matrix, _ condition: [Double]) -> Matrix {
    let all = layers.linear("final_layer.adaLN_modulation.1", [condition])[0]
    let input = norm(tokens, shift: Array(all[..<c.width]), scale: Array(all[c.width...]))
    return image(
      layers.linear("final_layer.linear", input), side: c.inputSize.width, size: c.patchSize,
      channels: c.outputChannels)
  }
}
