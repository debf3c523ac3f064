/// What a run, a cache and a count of costs know of a denoiser, for samples of one size.
///
/// Costs are multiply-adds for one sample in one evaluation.
public struct Architecture: Sendable, Hashable {
  /// A part of a block that adds its output to the residual stream.
  public enum Branch: String, Sendable, Hashable, CaseIterable {
    /// Attention between the tokens of a sample.
    case attention
    /// Attention from the tokens of a sample to those of its text.
    case crossAttention = "cross-attention"
    /// The two linear layers and what is between them.
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
  /// The channels of a prediction: those of a sample, or more where it has a variance too.
  public var outputChannels: Int
  /// The number of tokens of a sample.
  public var tokenCount: Int
  /// The number of elements of a token.
  public var width: Int
  /// The number of blocks.
  public var depth: Int
  /// The branches of every block, in the order in which they are computed.
  public var branches: [BranchCost]
  /// What a block spends on its condition, which a run works out once for many steps; papers count
  /// it in every step.
  public var blockConditioning: MultiplyAdds
  /// The cost of what is outside the blocks, the condition left out.
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

  /// The cost of one block as the papers count: with its condition.
  public var paperBlock: MultiplyAdds { block + blockConditioning }
}
