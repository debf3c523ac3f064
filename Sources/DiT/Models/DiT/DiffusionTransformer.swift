public import Kernels
public import NN
public import Tensor
internal import _KernelsMicro

/// A class-conditional diffusion transformer (DiT).
///
/// Reference: [Peebles and Xie, 2023](https://arxiv.org/abs/2212.09748), and the code that the
/// `Flavor` names; weights have the names of that code.
public struct DiffusionTransformer: Sendable {
  /// The sizes of this model.
  public let configuration: Configuration
  /// The transformer blocks, from the input to the output.
  public let blocks: [Block]
  /// The precision of the layers of its blocks.
  public let precision: Precision
  let patchEmbedding: PatchEmbedding
  let positions: Tensor<Float>
  /// One that all blocks share, or one for each block.
  let conditionEmbeddings: [ConditionEmbedding]
  let output: OutputLayer

  /// Reads the parameters of a model.
  ///
  /// Where the checkpoint has no position table (`pos_embed`), the table is computed.
  ///
  /// - Throws: `WeightError` where `weights` are not those of this configuration.
  public init(_ c: Configuration, from weights: Weights) throws {
    configuration = c
    precision = weights.precision
    let names = c.flavor.names
    // The layers before and behind the blocks are not quantized: they cost almost nothing, and
    // their errors would be in every token.
    let unquantized = weights.multiplying(precision.unquantized)
    patchEmbedding = try PatchEmbedding(
      channels: c.channels, size: c.patchSize, width: c.width,
      from: unquantized[names.patchEmbedding])
    positions =
      weights.contains("pos_embed")
      ? try weights.tensor("pos_embed", [1, c.tokenCount, c.width]).copied()
      : sineCosinePositions(width: c.width, rows: c.grid.rows, columns: c.grid.columns)
    conditionEmbeddings = try ConditionEmbedding.all(c, from: unquantized)
    blocks = try (0..<c.depth).map { try Block(c, from: weights[names.blocks][$0]) }
    output = try OutputLayer(c, from: unquantized)
    try weights.finish()
  }

  /// The kernels that the weights are packed for.
  var table: KernelTable { patchEmbedding.table }

  /// Predicts the noise in `x` and, where the model learned it, the variance.
  ///
  /// - Parameters:
  ///   - x: Noisy images or latents, `[batch, channels, height, width]`.
  ///   - timesteps: The timestep of each.
  ///   - labels: The class of each; `configuration.nullClass` stands for no class.
  ///   - workspace: What to compute with.
  /// - Returns: `[batch, outputChannels, height, width]`.
  public func callAsFunction(
    _ x: Tensor<Float>, timesteps: [Double], labels: [Int], in workspace: Workspace
  ) -> Tensor<Float> {
    let c = Conditions(self, timesteps: timesteps, labels: labels, in: workspace)
    let modulations = modulations(c, in: workspace)
    var tokens = embed(x, in: workspace)
    for (block, modulation) in zip(blocks, modulations.blocks) {
      block(&tokens, modulation, in: workspace)
    }
    return predict(tokens, modulations.output, in: workspace)
  }

  /// The tokens of noisy images, `[batch, tokens, width]`.
  func embed(_ x: Tensor<Float>, in workspace: Workspace) -> Tensor<Float> {
    check(
      x.rank == 4 && Array(x.shape[1...]) == configuration.sampleShape,
      "DiT: input \(x.shape) is not [batch] + \(configuration.sampleShape)")
    return patchEmbedding(x, positions: positions, in: workspace)
  }

  /// The prediction that the last tokens hold, `[batch, outputChannels, height, width]`.
  func predict(
    _ tokens: Tensor<Float>, _ modulation: OutputLayer.Modulation, in workspace: Workspace
  ) -> Tensor<Float> {
    unpatchify(
      output(tokens, modulation, in: workspace), rows: configuration.grid.rows,
      size: configuration.patchSize, in: workspace)
  }
}
