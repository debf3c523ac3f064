import NN
import Tensor

/// A vision transformer with the names of timm, written with the public API alone.
struct VisionTransformer: Layer {
  let patchEmbedding: Conv2d
  let classToken, positions: Tensor<Float>
  let blocks: [Block]
  let norm: LayerNorm
  let head: Linear

  struct Block: Layer {
    let norm1, norm2: LayerNorm
    let attention: SelfAttention
    let mlp: FeedForward

    init(_ width: Int, headCount: Int, from weights: Weights) throws {
      let (attention, mlp) = (weights["attn"], weights["mlp"])
      norm1 = try LayerNorm(width, epsilon: 1e-6, from: weights["norm1"])
      self.attention = try SelfAttention(
        width, headCount: headCount, qkv: [attention["qkv"]], projection: attention["proj"])
      norm2 = try LayerNorm(width, epsilon: 1e-6, from: weights["norm2"])
      self.mlp = try FeedForward(
        width, hiddenWidth: 4 * width, activation: .gelu, fc1: mlp["fc1"], fc2: mlp["fc2"])
    }

    /// As timm names them.
    var parameters: [Parameter] {
      norm1.parameters(below: "norm1") + norm2.parameters(below: "norm2")
        + attention.qkv.parameters(below: "attn.qkv")
        + attention.projection.parameters(below: "attn.proj") + mlp.parameters(below: "mlp")
    }

    func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
      let x = x + attention(norm1(x))
      return x + mlp(norm2(x))
    }
  }

  init(from weights: Weights) throws {
    let width = 12
    patchEmbedding = try Conv2d(
      3, width, size: 4, stride: 4, from: weights["patch_embed"]["proj"])
    classToken = try weights.tensor("cls_token", [1, 1, width])
    positions = try weights.tensor("pos_embed", [1, 7, width])
    blocks = try (0..<2).map { try Block(width, headCount: 3, from: weights["blocks"][$0]) }
    norm = try LayerNorm(width, epsilon: 1e-6, from: weights["norm"])
    head = try Linear(width, 5, from: weights["head"])
  }

  /// As timm names them.
  var parameters: [Parameter] {
    patchEmbedding.parameters(below: "patch_embed.proj")
      + [Parameter("cls_token", classToken), Parameter("pos_embed", positions)]
      + blocks.enumerated().flatMap { $0.element.parameters(below: "blocks.\($0.offset)") }
      + norm.parameters(below: "norm") + head.parameters(below: "head")
  }

  /// The scores of images, `[batch, 3, height, width]`.
  func callAsFunction(_ images: Tensor<Float>) -> Tensor<Float> {
    let batch = images.shape[0]
    let patches = patchEmbedding(images.channelsLast).reshaped([batch, -1, 12])
    let first = classToken.broadcast(to: [batch, 1, 12])
    var x = Tensor(concatenating: [first, patches], axis: 1) + positions
    for block in blocks { x = block(x) }
    return head(norm(x)[.all, 0])
  }
}
