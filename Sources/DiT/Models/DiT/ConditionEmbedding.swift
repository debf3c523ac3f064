internal import Kernels
internal import NN
internal import Tensor

extension DiffusionTransformer {
  /// The embeddings of timestep and class, whose sum is the condition.
  struct ConditionEmbedding: Sendable {
    let timestep: TimestepEmbedding
    let label: Embedding

    init(_ c: Configuration, from weights: Weights) throws {
      let names = c.flavor.names
      timestep = try TimestepEmbedding(
        c.width, interval: c.flavor.timestepInterval, first: weights[names.firstOfTimestep],
        second: weights[names.secondOfTimestep])
      label = try Embedding(c.classCount + 1, c.width, from: weights[names.labels])
    }

    /// The embeddings of a model: one that all blocks share, or one for each block.
    ///
    /// Diffusers keeps embeddings in each block. In published models they are copies of one
    /// another, and are read once.
    static func all(_ c: Configuration, from weights: Weights) throws -> [ConditionEmbedding] {
      let names = c.flavor.names
      guard let own = names.ownEmbeddings else { return [try Self(c, from: weights)] }
      let scopes = (0..<c.depth).map { weights[names.blocks][$0][own] }
      let first = try Self(c, from: scopes[0])
      let areCopies = try scopes.map { try $0.areEqual(to: scopes[0]) }
      for (scope, isCopy) in zip(scopes, areCopies) where isCopy { scope.leaveOut() }
      guard areCopies.contains(false) else { return [first] }
      return try zip(scopes, areCopies).map { try $1 ? first : Self(c, from: $0) }
    }

    /// The condition of each timestep and label, `[count, width]`.
    func callAsFunction(
      _ timesteps: [Double], _ labels: [Int], in workspace: Workspace
    ) -> Tensor<Float> {
      timestep(timesteps, in: workspace) + label(labels)
    }
  }

  /// The input of the modulation layers: the conditions after SiLU.
  struct Conditions {
    private let operands: [Operand]

    /// The conditions of some timesteps and labels.
    init(
      _ model: DiffusionTransformer, timesteps: [Double], labels: [Int], in workspace: Workspace
    ) {
      operands = model.conditionEmbeddings.map {
        Operand(activate(.silu, $0(timesteps, labels, in: workspace), in: workspace))
      }
    }

    /// The input of a block's modulation layer.
    subscript(block: Int) -> Operand { operands[block % operands.count] }
    /// The input of the last layer's modulation layer.
    var output: Operand { operands[0] }
  }
}
