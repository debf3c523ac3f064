public import Kernels
public import NN
internal import Tensor
internal import _KernelsMicro

/// A text-to-image diffusion transformer (PixArt-α and PixArt-Σ).
///
/// Reference: [Chen et al., 2023](https://arxiv.org/abs/2310.00426) and
/// [2024](https://arxiv.org/abs/2403.04692), and the code that the `Flavor` names; weights
/// have the names of that code.
public struct PixArtTransformer: Sendable {
  /// The sizes of this model.
  public let configuration: Configuration
  let blocks: [Block]
  let patchEmbedding: PatchEmbedding
  let timestepEmbedding: TimestepEmbedding
  /// The embedding of the image's size in pixels; nil where the size is no condition of the model.
  let sizeEmbedding: SizeEmbedding?
  /// The precision of the layers of its blocks.
  public let precision: Precision
  /// Computes the modulation that all blocks share from the embedded timestep.
  let modulation: Linear
  let captionProjection: (first: Linear, second: Linear)
  let output: Linear
  /// The summand of the last layer to the embedded timestep, `[2, width]`.
  let outputTable: Tensor<Float>
  /// The learned null text, where the checkpoint has one.
  let nullText: EncodedText?

  /// Reads the parameters of a model.
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
    timestepEmbedding = try TimestepEmbedding(
      c.width, first: unquantized[names.timestep.0], second: unquantized[names.timestep.1])
    sizeEmbedding = c.isToldSize ? try SizeEmbedding(c, from: unquantized) : nil
    modulation = try Linear(c.width, 6 * c.width, from: unquantized[names.modulation])
    captionProjection = (
      try Linear(c.textWidth, c.width, from: unquantized[names.caption.0]),
      try Linear(c.width, c.width, from: unquantized[names.caption.1])
    )
    blocks = try (0..<c.depth).map { try Block(c, from: weights[names.blocks][$0]) }
    output = try Linear(
      c.width, c.patchSize * c.patchSize * c.outputChannels, from: unquantized[names.output])
    outputTable = try weights.tensor(names.outputTable, [2, c.width])
    nullText = try Self.nullText(c, from: weights)
    if weights.contains("pos_embed") { weights["pos_embed"].leaveOut() }
    try weights.finish()
  }

  /// The embeddings of the height, width and aspect ratio of an image, a third of a token's width
  /// each.
  struct SizeEmbedding: Sendable {
    let resolution, aspectRatio: TimestepEmbedding

    init(_ c: Configuration, from weights: Weights) throws {
      let names = c.flavor.names
      resolution = try TimestepEmbedding(
        c.width / 3, first: weights[names.resolution.0], second: weights[names.resolution.1])
      aspectRatio = try TimestepEmbedding(
        c.width / 3, first: weights[names.aspectRatio.0], second: weights[names.aspectRatio.1])
    }

    /// The embedding of a size in pixels, `[1, width]`.
    func callAsFunction(_ size: SampleSize, in workspace: Workspace) -> Tensor<Float> {
      let sides = resolution([Double(size.height), Double(size.width)], in: workspace)
      let ratio = aspectRatio([Double(size.height) / Double(size.width)], in: workspace)
      return Tensor(concatenating: [sides.reshaped([1, -1]), ratio], axis: 1)
    }
  }

  /// The learned null text that the original code guides away from.
  private static func nullText(_ c: Configuration, from weights: Weights) throws -> EncodedText? {
    let scope = weights["y_embedder"]
    guard scope.contains("y_embedding") else { return nil }
    return EncodedText(
      hiddenStates: try scope.tensor("y_embedding", [c.textTokens, c.textWidth]))
  }

  /// The kernels that the weights are packed for.
  var table: KernelTable { patchEmbedding.table }

  /// The prediction that the last tokens hold.
  ///
  /// - Parameters:
  ///   - tokens: `[rows, tokens, width]`.
  ///   - timestep: The embedded timestep, `[1, width]`.
  ///   - gridRows: The number of patches from top to bottom.
  ///   - workspace: What to compute with.
  /// - Returns: `[rows, outputChannels, height, width]`.
  func predict(
    _ tokens: Tensor<Float>, timestep: Tensor<Float>, gridRows: Int, in workspace: Workspace
  ) -> Tensor<Float> {
    let rows = tokens.shape[0]
    let modulation = outputTable + timestep
    func row(_ index: Int) -> Tensor<Float> {
      modulation[index...index].broadcast(to: [rows, modulation.shape[1]]).copied()
    }
    let x = layerNorm(tokens, shift: row(0), scale: row(1), epsilon: 1e-6, in: workspace)
    return unpatchify(
      output(x, in: workspace), rows: gridRows, size: configuration.patchSize, in: workspace)
  }
}
