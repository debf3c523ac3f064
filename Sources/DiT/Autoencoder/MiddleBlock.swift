internal import Kernels
internal import NN
internal import Tensor

extension AutoencoderKL {
  /// Where the features are smallest: a residual block, attention between all pixels, and a
  /// residual block.
  struct MiddleBlock: Sendable {
    let first, second: ResidualBlock
    let attention: PixelAttention?

    init(_ c: Configuration, from weights: Weights) throws {
      func block(_ index: Int) throws -> ResidualBlock {
        try ResidualBlock(
          c.innerChannels, c.innerChannels, groups: c.groups, from: weights["resnets"][index])
      }
      first = try block(0)
      attention =
        c.hasAttention
        ? try PixelAttention(c.innerChannels, groups: c.groups, from: weights["attentions"][0])
        : nil
      second = try block(1)
    }

    /// Passes features through the block, `[batch, height, width, channels]`.
    func callAsFunction(_ x: inout PaddedPixels, in workspace: Workspace) {
      first(&x, in: workspace)
      attention?(&x, in: workspace)
      second(&x, in: workspace)
    }
  }

  /// Attention of one head between all pixels of an image, beside a residual stream.
  struct PixelAttention: Sendable {
    let norm: GroupNorm
    let qkv: Conv2d
    let projection: Linear

    /// Reads the weights under their current names, or those of before 2023.
    init(_ channels: Int, groups: Int, from weights: Weights) throws {
      norm = try GroupNorm(
        channels, groups: groups, epsilon: epsilon, from: weights["group_norm"])
      let isLegacy = weights.contains("query.weight")
      let layers = (isLegacy ? ["query", "key", "value"] : ["to_q", "to_k", "to_v"])
        .map { weights[$0] }
      let weight = Tensor(
        concatenating: try layers.map { try $0.tensor("weight", [channels, channels]) })
      qkv = Conv2d(
        weight: weight.reshaped([3 * channels, channels, 1, 1]),
        bias: Tensor(concatenating: try layers.map { try $0.tensor("bias", [channels]) }),
        precision: weights.precision, table: weights.table)
      projection = try Linear(
        channels, channels, from: isLegacy ? weights["proj_attn"] : weights["to_out"][0])
    }

    /// Passes features through the layer, `[batch, height, width, channels]`.
    func callAsFunction(_ x: inout PaddedPixels, in workspace: Workspace) {
      let shape = x.shape
      let (batch, pixels, channels) = (shape[0], shape[1] * shape[2], shape[3])
      let parts = qkv.tensor(norm(x, in: workspace), in: workspace)
        .reshaped([batch, pixels, 3, 1, channels])
        .permuted([2, 0, 1, 3, 4])
      let h = attention(query: parts[0], key: parts[1], value: parts[2], in: workspace)
      var sum = x.tensor(in: workspace).reshaped([batch, pixels, channels])
      projection(h, addedTo: &sum, in: workspace)
      x = PaddedPixels(sum.reshaped(shape), in: workspace)
    }
  }
}
