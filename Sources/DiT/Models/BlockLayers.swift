internal import NN
internal import Tensor

/// The linear layers of a block that a cache can reuse.
protocol BlockLayers {
  /// Makes queries, keys and values of self-attention, side by side.
  var qkv: Linear { get }
  /// The output projection of self-attention.
  var projection: Linear { get }
  /// Both layers of the feed-forward branch.
  var feedForward: FeedForward { get }
}

extension BlockLayers {
  /// A layer.
  func linear(_ layer: BlockLinear) -> Linear {
    switch layer {
    case .qkv: qkv
    case .projection: projection
    case .fc1: feedForward.fc1
    case .fc2: feedForward.fc2
    }
  }

  /// The weights of a layer, `[outputs, inputs]`, as the layer multiplies them.
  func weight(_ layer: BlockLinear) -> Tensor<Float>? {
    linear(layer).parameters.first { $0.name == "weight" }?.tensor
  }
}

extension DiffusionTransformer.Block: BlockLayers {
  var qkv: Linear { attention.qkv }
  var projection: Linear { attention.projection }
}

extension PixArtTransformer.Block: BlockLayers {
  var qkv: Linear { attention.qkv }
  var projection: Linear { attention.projection }
}
