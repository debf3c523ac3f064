public import Kernels
internal import NN
public import Tensor

/// The ε of every LayerNorm but the one before the feed-forward branch.
private let epsilon: Float = 1e-6

extension DiffusionTransformer {
  /// A transformer block with adaLN-Zero conditioning (section 3.2 of the paper).
  public struct Block: Sendable {
    let attention: SelfAttention
    let projection: Linear
    let feedForward: FeedForward
    let modulation: Linear
    let feedForwardEpsilon: Float

    init(_ c: Configuration, from weights: Weights) throws {
      let names = c.flavor.names
      attention = try SelfAttention(
        c.width, headCount: c.headCount, qkv: names.qkv.map { weights[$0] })
      projection = try Linear(c.width, c.width, from: weights[names.projection])
      feedForward = try FeedForward(
        c.width, hiddenWidth: c.hiddenWidth, fc1: weights[names.fc1],
        fc2: weights[names.fc2])
      modulation = try Linear(c.width, 6 * c.width, from: weights[names.modulation])
      feedForwardEpsilon = c.feedForwardEpsilon
    }

    /// What the condition makes of a block: the shift, scale and gate of both branches.
    public struct Modulation: Sendable {
      let attention, feedForward: (shift: Tensor<Float>, scale: Tensor<Float>, gate: Tensor<Float>)

      /// Cuts `[batch, 6 · width]` into its parts.
      init(_ rows: Tensor<Float>) {
        let parts = rows.reshaped([rows.shape[0], 6, -1]).permuted([1, 0, 2])
        attention = (parts[0], parts[1], parts[2])
        feedForward = (parts[3], parts[4], parts[5])
      }
    }

    /// Passes tokens through the block.
    ///
    /// - Parameters:
    ///   - x: `[batch, tokens, width]`.
    ///   - m: What the condition makes of this block.
    ///   - workspace: What to compute with.
    public func callAsFunction(
      _ x: inout Tensor<Float>, _ m: Modulation, in workspace: Workspace
    ) {
      let a = layerNorm(
        x, shift: m.attention.shift, scale: m.attention.scale, epsilon: epsilon, in: workspace)
      projection(
        attention(a, in: workspace), gate: m.attention.gate, addedTo: &x, in: workspace)
      let b = layerNorm(
        x, shift: m.feedForward.shift, scale: m.feedForward.scale, epsilon: feedForwardEpsilon,
        in: workspace)
      feedForward(b, gate: m.feedForward.gate, addedTo: &x, in: workspace)
    }
  }

  /// The last layer: a modulated LayerNorm and a linear layer that gives patches.
  struct OutputLayer: Sendable {
    let linear: Linear
    let modulation: Linear

    init(_ c: Configuration, from weights: Weights) throws {
      let names = c.flavor.names
      linear = try Linear(
        c.width, c.patchSize * c.patchSize * c.outputChannels, from: weights[names.output])
      modulation = try Linear(c.width, 2 * c.width, from: weights[names.outputModulation])
    }

    /// What the condition makes of the last layer.
    struct Modulation: Sendable {
      let shift, scale: Tensor<Float>

      /// Cuts `[batch, 2 · width]` into its parts.
      init(_ rows: Tensor<Float>) {
        let parts = rows.reshaped([rows.shape[0], 2, -1]).permuted([1, 0, 2])
        (shift, scale) = (parts[0], parts[1])
      }
    }

    /// The patches, `[batch, tokens, patchSize² · outputChannels]`.
    func callAsFunction(
      _ x: Tensor<Float>, _ m: Modulation, in workspace: Workspace
    ) -> Tensor<Float> {
      linear(
        layerNorm(x, shift: m.shift, scale: m.scale, epsilon: epsilon, in: workspace),
        in: workspace)
    }
  }
}
