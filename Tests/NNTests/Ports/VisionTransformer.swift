import NN
import Tensor

/// A vision transformer with the names of timm, written with the public API alone.
struct VisionTransformer: Layer {
  let patch_embed: PatchEmbedding
  let cls_token, pos_embed: Tensor<Float>
  let blocks: [Block]
  let norm: LayerNorm
  let head: Linear

  struct PatchEmbedding: Layer {
    let proj: Conv2d
  }

  struct Block: Layer {
    let norm1, norm2: LayerNorm
    let attn: Attention
    let mlp: FeedForward

    /// The layers of `SelfAttention` under timm's names.
    struct Attention: Layer {
      let attention: SelfAttention

      var parameters: [Parameter] {
        attention.qkv.parameters(below: "qkv") + attention.projection.parameters(below: "proj")
      }
    }

    init(_ width: Int, headCount: Int, from weights: Weights) throws {
      let (attention, mlp) = (weights["attn"], weights["mlp"])
      norm1 = try LayerNorm(width, epsilon: 1e-6, from: weights["norm1"])
      attn = Attention(
        attention: try SelfAttention(
          width, headCount: headCount, qkv: [attention["qkv"]], projection: attention["proj"]))
      norm2 = try LayerNorm(width, epsilon: 1e-6, from: weights["norm2"])
      self.mlp = try FeedForward(
        width, hiddenWidth: 4 * width, activation: .gelu, fc1: mlp["fc1"], fc2: mlp["fc2"])
    }

    func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
      let x = x + attn.attention(norm1(x))
      return x + mlp(norm2(x))
    }
  }

  init(from weights: Weights) throws {
    let width = 12
    patch_embed = PatchEmbedding(
      proj: try Conv2d(3, width, size: 4, stride: 4, from: weights["patch_embed"]["proj"]))
    cls_token = try weights.tensor("cls_token", [1, 1, width])
    pos_embed = try weights.tensor("pos_embed", [1, 7, width])
    blocks = try (0..<2).map { try Block(width, headCount: 3, from: weights["blocks"][$0]) }
    norm = try LayerNorm(width, epsilon: 1e-6, from: weights["norm"])
    head = try Linear(width, 5, from: weights["head"])
  }

  /// The scores of images, `[batch, 3, height, width]`.
  func callAsFunction(_ images: Tensor<Float>) -> Tensor<Float> {
    let batch = images.shape[0]
    let patches = patch_embed.proj(images.channelsLast).reshaped([batch, -1, 12])
    let first = cls_token.broadcast(to: [batch, 1, 12])
    var x = Tensor(concatenating: [first, patches], axis: 1) + pos_embed
    for block in blocks { x = block(x) }
    return head(norm(x)[.all, 0])
  }
}
