public import Kernels
internal import Tensor

/// Group normalization of images, channels last.
public struct GroupNorm: Sendable {
  /// The factors and summands of the channels, `[channels]`.
  let weight, bias: Tensor<Float>
  let groups: Int
  let epsilon: Float

  /// Reads `weight` and `bias`.
  ///
  /// - Parameters:
  ///   - channels: The number of channels.
  ///   - groups: The number of groups, which divides the channels.
  ///   - epsilon: What is added to the variance.
  ///   - weights: The scope of the layer.
  /// - Throws: `WeightError` where they are missing or of another shape.
  public init(_ channels: Int, groups: Int, epsilon: Float = 1e-5, from weights: Weights) throws {
    weight = try weights.tensor("weight", [channels])
    bias = try weights.tensor("bias", [channels])
    (self.groups, self.epsilon) = (groups, epsilon)
  }

  /// Applies the layer, then `activation`, for a next convolution.
  ///
  /// - Parameters:
  ///   - x: `[batch, height, width, channels]`.
  ///   - activation: What is applied to the result.
  ///   - padding: The zeros that the convolution needs.
  ///   - workspace: What to compute with.
  /// - Returns: Images of the shape of `x`.
  public func callAsFunction(
    _ x: PaddedPixels, activation: Activation? = nil, padding: Padding = .none,
    in workspace: Workspace
  ) -> PaddedPixels {
    groupNorm(
      x, groups: groups, weight: weight, bias: bias, epsilon: epsilon, activation: activation,
      padding: padding, in: workspace)
  }
}
