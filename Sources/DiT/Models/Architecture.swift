/// The sizes and costs of a denoiser for samples of one size: all that a run and a cache know of
/// it.
///
/// Costs are the multiply-adds of one sample in one evaluation. Papers on caching count them in
/// their own way: of linear layers only, and with the modulation of each block in every step.
public struct Architecture: Sendable, Hashable {
  /// A part of a block that adds its output to the residual stream.
  public enum Branch: String, Sendable, Hashable, CaseIterable {
    /// Attention between the tokens of a sample.
    case attention
    /// Attention from the tokens of a sample to those of its text.
    case crossAttention = "cross-attention"
    /// Two linear layers with an activation between them.
    case feedForward = "feed-forward"
  }

  /// A branch and what it costs.
  public struct BranchCost: Sendable, Hashable {
    /// The branch.
    public let branch: Branch
    /// Its cost.
    public let cost: MultiplyAdds

    /// A branch and what it costs.
    public init(_ branch: Branch, _ cost: MultiplyAdds) {
      (self.branch, self.cost) = (branch, cost)
    }
  }

  /// The family of the model, such as `DiT`.
  public var name: String
  /// The shape of a sample, `[channels, height, width]`.
  public var sampleShape: [Int]
  /// The channels of a prediction: those of a sample, or more where it also has a variance.
  public var outputChannels: Int
  /// The number of tokens of a sample.
  public var tokenCount: Int
  /// The number of elements of a token.
  public var width: Int
  /// The number of blocks.
  public var depth: Int
  /// The branches of every block, in the order in which they are computed.
  public var branches: [BranchCost]
  /// What a block spends on its condition (modulation, or keys and values of a text).
  ///
  /// A run computes it once for many steps; papers count it in every step.
  public var blockConditioning: MultiplyAdds
  /// The cost of the layers before and behind the blocks, without those of the condition.
  public var embedding: MultiplyAdds

  /// An architecture.
  public init(
    name: String, sampleShape: [Int], outputChannels: Int? = nil, tokenCount: Int, width: Int,
    depth: Int, branches: [BranchCost], blockConditioning: MultiplyAdds = MultiplyAdds(),
    embedding: MultiplyAdds = MultiplyAdds()
  ) {
    (self.name, self.sampleShape, self.tokenCount) = (name, sampleShape, tokenCount)
    self.outputChannels = outputChannels ?? sampleShape[0]
    (self.width, self.depth, self.branches) = (width, depth, branches)
    (self.blockConditioning, self.embedding) = (blockConditioning, embedding)
  }

  /// The channels of a sample.
  public var channels: Int { sampleShape[0] }

  /// The cost of the tokens of one block.
  public var block: MultiplyAdds { branches.reduce(MultiplyAdds()) { $0 + $1.cost } }

  /// The cost of one block as papers count it: with its condition.
  public var paperBlock: MultiplyAdds { block + blockConditioning }
}
