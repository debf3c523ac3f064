internal import Kernels
internal import NN
internal import Tensor

/// A layer of T5's encoder: self-attention and a gated feed-forward network, each with a norm
/// before it.
///
/// T5 does not scale its scores by 1/√size, its norms do not subtract the mean, and its linear
/// layers have no bias. Hidden states exceed the range of 16-bit floating point, so the residual
/// stream stays in 32 bits.
struct T5Layer: Sendable {
  private let headCount, headSize: Int
  private let attentionNorm, feedForwardNorm: RMSNorm
  private let query, key, value, output: Linear
  private let feedForward: GatedFeedForward

  /// Reads and packs a layer.
  init(_ c: T5Encoder.Configuration, from weights: Weights) throws {
    (headCount, headSize) = (c.headCount, c.headSize)
    let attention = weights["layer"][0], feedForward = weights["layer"][1]
    let scopes = attention["SelfAttention"], network = feedForward["DenseReluDense"]
    attentionNorm = try RMSNorm(c.width, epsilon: c.epsilon, from: attention["layer_norm"])
    query = try Linear(c.width, c.attentionWidth, bias: false, from: scopes["q"])
    key = try Linear(c.width, c.attentionWidth, bias: false, from: scopes["k"])
    value = try Linear(c.width, c.attentionWidth, bias: false, from: scopes["v"])
    output = try Linear(c.attentionWidth, c.width, bias: false, from: scopes["o"])
    feedForwardNorm = try RMSNorm(c.width, epsilon: c.epsilon, from: feedForward["layer_norm"])
    self.feedForward = try GatedFeedForward(
      c.width, hiddenWidth: c.hiddenWidth, activation: .geluTanh, gate: network["wi_0"],
      value: network["wi_1"], output: network["wo"])
  }

  /// Passes tokens through the layer.
  ///
  /// - Parameters:
  ///   - x: `[batch, tokens, width]`.
  ///   - mask: Which keys count, `[batch, tokens]`.
  ///   - bias: What is added to the scores, `[heads, tokens, tokens]`.
  ///   - workspace: What to compute with.
  func callAsFunction(
    _ x: inout Tensor<Float>, mask: Tensor<Bool>, bias: Tensor<Float>, in workspace: Workspace
  ) {
    let a = attentionNorm.operand(x, in: workspace)
    func heads(_ layer: Linear) -> HeadView {
      HeadView(layer.operand(a, in: workspace), from: 0, count: headCount, size: headSize)
    }
    let attended = attention(
      query: heads(query), key: heads(key), value: heads(value), mask: mask, bias: bias, scale: 1,
      in: workspace)
    output(attended, addedTo: &x, in: workspace)
    feedForward(feedForwardNorm.operand(x, in: workspace), addedTo: &x, in: workspace)
  }
}
