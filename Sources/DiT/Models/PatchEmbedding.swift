internal import Kernels
internal import NN
internal import Tensor
internal import _KernelsMicro

/// Cuts samples into square patches, and makes a token of each.
struct PatchEmbedding: Sendable {
  private let linear: Linear
  private let size: Int

  /// Reads the convolution that checkpoints hold as one linear layer: its kernel and its stride are
  /// both a patch.
  ///
  /// - Parameters:
  ///   - channels: The channels of a sample.
  ///   - size: The side of a patch.
  ///   - width: The number of elements of a token.
  ///   - weights: The scope of the convolution.
  /// - Throws: `WeightError` where `weight` or `bias` is missing or of another shape.
  init(channels: Int, size: Int, width: Int, from weights: Weights) throws {
    linear = Linear(
      weight: try weights.tensor("weight", [width, channels, size, size])
        .reshaped([width, channels * size * size]),
      bias: try weights.tensor("bias", [width]), precision: weights.precision,
      table: weights.table)
    self.size = size
  }

  /// The kernels that the weights are packed for.
  var table: KernelTable { linear.table }

  /// The tokens of samples.
  ///
  /// - Parameters:
  ///   - x: `[batch, channels, height, width]`.
  ///   - positions: What is added to the token of each patch, `[1, tokens, width]`.
  ///   - workspace: What to compute with.
  /// - Returns: `[batch, tokens, width]`.
  func callAsFunction(
    _ x: Tensor<Float>, positions: Tensor<Float>, in workspace: Workspace
  ) -> Tensor<Float> {
    let patches = patchify(x, size: size, in: workspace)
    let shape = [x.shape[0], positions.shape[1], positions.shape[2]]
    var tokens = copy(positions.broadcast(to: shape), in: workspace)
    linear(patches, addedTo: &tokens, in: workspace)
    return tokens
  }
}
