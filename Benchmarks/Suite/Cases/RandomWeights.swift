internal import DiT
internal import NN
internal import Tensor

/// The weights of an untrained model, made when they are asked for.
struct RandomWeights: WeightSource {
  private var shapes: [String: [Int]] = [:]

  /// The weights of a diffusion transformer.
  init(_ c: DiffusionTransformer.Configuration) {
    let patch = c.patchSize * c.patchSize
    shapes["y_embedder.embedding_table.weight"] = [c.classCount + 1, c.width]
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
  }

  /// The weights of an autoencoder's decoder.
  init(decoder c: AutoencoderKL.Configuration) {
    let channels = Array(c.stageChannels.reversed())
    let (inner, outer) = (channels[0], channels[channels.count - 1])
    add("post_quant_conv", c.latentChannels, c.latentChannels, 1, 1)
    add("decoder.conv_in", inner, c.latentChannels, 3, 3)
    for block in 0...1 { addResidualBlock("decoder.mid_block.resnets.\(block)", inner, inner) }
    add("decoder.mid_block.attentions.0.group_norm", inner)
    for layer in ["to_q", "to_k", "to_v", "to_out.0"] {
      add("decoder.mid_block.attentions.0.\(layer)", inner, inner)
    }
    for (stage, outputs) in channels.enumerated() {
      for block in 0...c.blocksPerStage {
        addResidualBlock(
          "decoder.up_blocks.\(stage).resnets.\(block)", outputs,
          block == 0 ? channels[max(stage - 1, 0)] : outputs)
      }
      if stage < channels.count - 1 {
        add("decoder.up_blocks.\(stage).upsamplers.0.conv", outputs, outputs, 3, 3)
      }
    }
    add("decoder.conv_norm_out", outer)
    add("decoder.conv_out", c.outputChannels, outer, 3, 3)
  }

  private mutating func addResidualBlock(_ name: String, _ outputs: Int, _ inputs: Int) {
    add("\(name).norm1", inputs)
    add("\(name).conv1", outputs, inputs, 3, 3)
    add("\(name).norm2", outputs)
    add("\(name).conv2", outputs, outputs, 3, 3)
    if inputs != outputs { add("\(name).conv_shortcut", outputs, inputs, 1, 1) }
  }

  private mutating func add(_ name: String, _ outputs: Int, _ inputs: Int...) {
    shapes["\(name).weight"] = [outputs] + inputs
    shapes["\(name).bias"] = [outputs]
  }

  var names: [String] { Array(shapes.keys) }

  func tensor(named name: String) -> AnyTensor {
    let shape = shapes[name] ?? []
    if shape.count == 1 {
      return AnyTensor(numbers(shape, scale: 0.1) + (name.hasSuffix("weight") ? 1 : 0))
    }
    // What a layer makes of numbers of one size has about that size again.
    return AnyTensor(numbers(shape, scale: (3 / Float(shape[1...].reduce(1, *))).squareRoot()))
  }

  var description: String { "random weights" }
}
