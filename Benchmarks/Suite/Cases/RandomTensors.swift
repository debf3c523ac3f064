internal import DiT
internal import NN
internal import Tensor

/// Numbers from -1 to 1 that look random, made as fast as memory takes them.
func numbers(_ shape: [Int], scale: Float = 1) -> Tensor<Float> {
  var tensor = Tensor<Float>(uninitialized: shape)
  let factor = scale * 0x1p-31
  tensor.withUnsafeMutableElements { elements in
    for i in 0..<elements.count {
      var bits = UInt32(truncatingIfNeeded: i) &* 0x9E37_79B9
      bits = (bits ^ bits >> 16) &* 0x85EB_CA6B
      bits = (bits ^ bits >> 13) &* 0xC2B2_AE35
      elements[i] = Float(Int32(bitPattern: bits ^ bits >> 16)) * factor
    }
  }
  return tensor
}

/// The weights of an untrained model, made when they are asked for.
struct RandomWeights: WeightSource {
  private let shapes: [String: [Int]]

  /// The weights of a diffusion transformer.
  init(_ c: DiffusionTransformer.Configuration) {
    let patch = c.patchSize * c.patchSize
    var shapes = ["y_embedder.embedding_table.weight": [c.classCount + 1, c.width]]
    func add(_ name: String, _ outputs: Int, _ inputs: Int...) {
      shapes["\(name).weight"] = [outputs] + inputs
      shapes["\(name).bias"] = [outputs]
    }
    add("x_embedder.proj", c.width, c.channels, c.patchSize, c.patchSize)
    add("t_embedder.mlp.0", c.width, 256)
    add("t_embedder.mlp.2", c.width, c.width)
    for block in (0..<c.depth).map({ "blocks.\($0)" }) {
      add("\(block).attn.qkv", 3 * c.width, c.width)
      add("\(block).attn.proj", c.width, c.width)
      add("\(block).mlp.fc1", c.hiddenWidth, c.width)
      add("\(block).mlp.fc2", c.width, c.hiddenWidth)
      add("\(block).adaLN_modulation.1", 6 * c.width, c.width)
    }
    add("final_layer.linear", patch * c.outputChannels, c.width)
    add("final_layer.adaLN_modulation.1", 2 * c.width, c.width)
    self.shapes = shapes
  }

  var names: [String] { Array(shapes.keys) }

  func tensor(named name: String) -> AnyTensor {
    let shape = shapes[name] ?? []
    // What a layer makes of numbers of one size has about that size again.
    let scale = (3 / Float(shape.dropFirst().reduce(1, *))).squareRoot()
    return AnyTensor(numbers(shape, scale: shape.count > 1 ? scale : 0.1))
  }

  var description: String { "random weights" }
}
