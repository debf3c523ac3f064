import DiT
import NN
import Tensor

/// A small PixArt with random weights, for tests of caches.
struct SmallPixArt: WeightSource {
  static let configuration = PixArtTransformer.Configuration(
    sampleSize: .square(8), channels: 2, outputChannels: 4, patchSize: 2, width: 16, depth: 4,
    headCount: 2, textWidth: 6, textTokens: 5)

  /// Three texts of different lengths, and one that stands for none.
  static let texts = {
    var generator = TorchGenerator(seed: 5)
    return [4, 2, 5, 1].map { count in
      EncodedText(hiddenStates: generator.normal([count, configuration.textWidth]))
    }
  }()

  let tensors: [String: Tensor<Float>]
  let description = "a small PixArt"

  init(seed: UInt64 = 1) {
    let c = Self.configuration
    let width = c.width
    var layers: [String: [Int]] = [
      "pos_embed.proj": [width, c.channels, c.patchSize, c.patchSize],
      "adaln_single.emb.timestep_embedder.linear_1": [width, 256],
      "adaln_single.emb.timestep_embedder.linear_2": [width, width],
      "adaln_single.linear": [6 * width, width],
      "caption_projection.linear_1": [width, c.textWidth],
      "caption_projection.linear_2": [width, width],
      "proj_out": [c.patchSize * c.patchSize * c.outputChannels, width],
    ]
    var tables = ["scale_shift_table": [2, width]]
    for block in 0..<c.depth {
      let scope = "transformer_blocks.\(block)"
      for name in ["to_q", "to_k", "to_v", "to_out.0"].flatMap({ ["attn1.\($0)", "attn2.\($0)"] }) {
        layers["\(scope).\(name)"] = [width, width]
      }
      layers["\(scope).ff.net.0.proj"] = [c.hiddenWidth, width]
      layers["\(scope).ff.net.2"] = [width, c.hiddenWidth]
      tables["\(scope).scale_shift_table"] = [6, width]
    }
    for (name, shape) in layers {
      tables[name + ".weight"] = shape
      tables[name + ".bias"] = [shape[0]]
    }
    var generator = TorchGenerator(seed: seed)
    tensors = Dictionary(
      uniqueKeysWithValues: tables.sorted { $0.key < $1.key }.map {
        ($0.key, generator.normal($0.value) * 0.25)
      })
  }

  var names: [String] { tensors.keys.sorted() }
  func tensor(named name: String) throws -> AnyTensor {
    struct Missing: Error {}
    guard let tensor = tensors[name] else { throw Missing() }
    return AnyTensor(tensor)
  }

  /// The model as the library has it.
  static let model = Result { try PixArtTransformer(configuration, from: Weights(SmallPixArt())) }
}
