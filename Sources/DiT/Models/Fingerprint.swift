internal import NN
public import Tensor

extension DiffusionTransformer {
  /// The sizes of the model and a hash of the biases of its blocks, which are the same numbers for
  /// every precision and instruction set.
  public var fingerprint: String { identity(architecture, blocks) }

  /// The weights of a linear layer of a block, `[outputs, inputs]`, as the layer multiplies them.
  @Sendable public func weight(_ layer: BlockLinear, block: Int) -> Tensor<Float>? {
    blocks[block].weight(layer)
  }
}

extension PixArtTransformer {
  /// The sizes of the model and a hash of the biases of its blocks, which are the same numbers for
  /// every precision and instruction set.
  public var fingerprint: String { identity(architecture, blocks) }

  /// The weights of a linear layer of a block, `[outputs, inputs]`, as the layer multiplies them.
  @Sendable public func weight(_ layer: BlockLinear, block: Int) -> Tensor<Float>? {
    blocks[block].weight(layer)
  }
}

/// The sizes of a model and a hash of the biases of its blocks.
private func identity(_ architecture: Architecture, _ blocks: [some BlockLayers]) -> String {
  let layers = blocks.flatMap { block in BlockLinear.allCases.map { block.linear($0) } }
  // The hash of Fowler, Noll and Vo, of 64 bits.
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  for bias in layers.flatMap(\.parameters) where bias.name == "bias" {
    for number in bias.tensor.elements {
      for shift in stride(from: 0, to: 32, by: 8) as StrideTo<UInt32> {
        hash = (hash ^ UInt64(number.bitPattern >> shift & 0xff)) &* 0x100_0000_01b3
      }
    }
  }
  return "\(architecture.name)-\(architecture.depth)x\(architecture.width)-"
    + String(hash, radix: 16)
}
