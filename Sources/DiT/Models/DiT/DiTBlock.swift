public import Kernels
internal import NN
public import Tensor

/// The ε of every LayerNorm but the one before the feed-forward branch.
private let epsilon: Float = 1e-6

extension DiffusionTransformer {
  /// A transformer block with adaLN-Zero conditioning (section 3.2 of the paper).
  public struct Block: Sendable {
    let attention: SelfAttention
    let feedForward: FeedForward
    let modulation: Linear
    let feedForwardEpsilon: Float

    init(_ c: Configuration, from weights: Weights) throws {
      let names = c.flavor.names
      attention = try SelfAttention(
        c.width, headCount: c.headCount, qkv: names.qkv.map { weights[$0] },
        projection: weights[names.projection])
      feedForward = try FeedForward(
        c.width, hiddenWidth: c.hiddenWidth, fc1: weights[names.fc1],
        fc2: weights[names.fc2])
      modulation = try Linear(
        c.width, 6 * c.width,
        from: weights[names.modulation].multiplying(weights.precision.weightsOnly))
      feedForwardEpsilon = c.feedForwardEpsilon
    }

    /// The shift, scale and gate of both branches, which a block computes from the condition.
    public struct Modulation: Sendable {
      let attention, feedForward: (shift: Tensor<Float>, scale: Tensor<Float>, gate: Tensor<Float>)

      /// Splits rows, `[batch, 6 · width]`, into the six tensors.
      init(_ rows: Tensor<Float>) {
        let parts = rows.reshaped([rows.shape[0], 6, -1]).permuted([1, 0, 2])
        attention = (parts[0], parts[1], parts[2])
        feedForward = (parts[3], parts[4], parts[5])
      }

      private init(
        attention: (Tensor<Float>, Tensor<Float>, Tensor<Float>),
        feedForward: (Tensor<Float>, Tensor<Float>, Tensor<Float>)
      ) {
        (self.attention, self.feedForward) = (attention, feedForward)
      }

      /// The modulation of some rows.
      subscript(rows: [Int]) -> Modulation {
        func part(
          _ m: (shift: Tensor<Float>, scale: Tensor<Float>, gate: Tensor<Float>)
        ) -> (Tensor<Float>, Tensor<Float>, Tensor<Float>) {
          (m.shift.rows(rows), m.scale.rows(rows), m.gate.rows(rows))
        }
        return Modulation(attention: part(attention), feedForward: part(feedForward))
      }
    }

    /// Passes tokens through the block.
    ///
    /// - Parameters:
    ///   - x: `[batch, tokens, width]`.
    ///   - m: The modulation of this block.
    ///   - workspace: What to compute with.
    public func callAsFunction(
      _ x: inout Tensor<Float>, _ m: Modulation, in workspace: Workspace
    ) {
      addAttention(to: &x, m, in: workspace)
      addFeedForward(to: &x, m, in: workspace)
    }

    private func addAttention(
      to x: inout Tensor<Float>, _ m: Modulation, in workspace: Workspace
    ) {
      let input = attentionNorm(x, m, in: workspace)
      attention(input, gate: m.attention.gate, addedTo: &x, in: workspace)
    }

    private func addFeedForward(
      to x: inout Tensor<Float>, _ m: Modulation, in workspace: Workspace
    ) {
      let input = feedForwardNorm(x, m, in: workspace)
      feedForward(input, gate: m.feedForward.gate, addedTo: &x, in: workspace)
    }

    private func attentionNorm(
      _ x: Tensor<Float>, _ m: Modulation, in workspace: Workspace
    ) -> Operand {
      layerNorm(
        x, shift: m.attention.shift, scale: m.attention.scale, epsilon: epsilon, in: workspace)
    }

    private func feedForwardNorm(
      _ x: Tensor<Float>, _ m: Modulation, in workspace: Workspace
    ) -> Operand {
      layerNorm(
        x, shift: m.feedForward.shift, scale: m.feedForward.scale, epsilon: feedForwardEpsilon,
        in: workspace)
    }
  }
}

// The block with a cache.
extension DiffusionTransformer.Block {
  /// Passes tokens through the block.
  ///
  /// The cache says of each branch whether it is computed, computed and kept, or reused.
  func callAsFunction(
    _ x: inout Tensor<Float>, _ m: Modulation, index: Int, _ cache: inout CacheState,
    in workspace: Workspace
  ) {
    cache.add(
      .attention, block: index, gate: m.attention.gate, to: &x, in: workspace,
      byLayer: { x, cache in
        cache.attentionByLayer(
          attentionNorm(x, m, in: workspace).tensor, qkv: attention.qkv,
          projection: attention.projection, block: index, in: workspace,
          heads: { attention.heads(of: Operand($0, in: workspace), in: workspace).tensor })
      },
      fused: { addAttention(to: &$0, m, in: workspace) },
      value: { x, rows, window in
        attention(
          attentionNorm(x.rows(rows), m[rows], in: workspace), window: window, in: workspace)
      })
    cache.add(
      .feedForward, block: index, gate: m.feedForward.gate, to: &x, in: workspace,
      byLayer: { x, cache in
        cache.feedForwardByLayer(
          feedForwardNorm(x, m, in: workspace).tensor, feedForward, block: index, in: workspace)
      },
      fused: { addFeedForward(to: &$0, m, in: workspace) },
      value: { x, rows, _ in
        feedForward(feedForwardNorm(x.rows(rows), m[rows], in: workspace), in: workspace)
      })
  }

  /// The input of attention, after the norm and modulation, `[rows, tokens, width]`.
  func modulatedInput(
    _ x: Tensor<Float>, _ m: Modulation, in workspace: Workspace
  ) -> Tensor<Float> {
    attentionNorm(x, m, in: workspace).tensor
  }
}

extension DiffusionTransformer {
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

    /// The shift and scale of the last layer, computed from the condition.
    struct Modulation: Sendable {
      let shift, scale: Tensor<Float>

      /// Splits rows, `[batch, 2 · width]`, into the two tensors.
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
