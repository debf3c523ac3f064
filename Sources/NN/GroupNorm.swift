public import Kernels
public import Tensor

/// Group normalization of images, channels last.
///
/// With as many groups as channels it is instance normalization.
public struct GroupNorm: Layer {
  /// The factors and summands of the channels, `[channels]`; nil for 1 and 0.
  public let weight, bias: Tensor<Float>?
  /// The number of groups, which divides the channels.
  public let groups: Int
  /// What is added to the variance.
  public let epsilon: Float

  /// Reads `weight` and `bias`.
  ///
  /// - Parameters:
  ///   - channels: The number of channels.
  ///   - groups: The number of groups, which divides the channels.
  ///   - epsilon: What is added to the variance.
  ///   - weights: The scope of the layer.
  /// - Throws: `WeightError` where they are missing or of another shape.
  public init(_ channels: Int, groups: Int, epsilon: Float = 1e-5, from weights: Weights) throws {
    self.init(
      groups: groups, weight: try weights.tensor("weight", [channels]),
      bias: try weights.tensor("bias", [channels]), epsilon: epsilon)
  }

  /// A layer with these parameters, `[channels]`, or without any.
  public init(
    groups: Int, weight: Tensor<Float>? = nil, bias: Tensor<Float>? = nil,
    epsilon: Float = 1e-5
  ) {
    (self.weight, self.bias, self.groups, self.epsilon) = (weight, bias, groups, epsilon)
  }

  /// `weight` and `bias`, where the layer has them.
  public var parameters: [Parameter] { .list(["weight": weight, "bias": bias]) }

  /// Applies the layer, then `activation`.
  ///
  /// - Parameters:
  ///   - x: `[batch, …, channels]`.
  ///   - activation: What is applied to the result.
  ///   - workspace: What to compute with; nil for a workspace that all such calls share.
  /// - Returns: `x.shape`.
  public func callAsFunction(
    _ x: Tensor<Float>, activation: Activation = .identity, in workspace: Workspace? = nil
  ) -> Tensor<Float> {
    check(x.rank >= 2, "group norm: \(x.shape) is not [batch, …, channels]")
    let workspace = workspace ?? .default
    let images =
      x.rank == 4 ? x : x.reshaped([x.shape[0], -1, 1, x.shape[x.rank - 1]])
    return self(PaddedPixels(images, in: workspace), activation: activation, in: workspace)
      .tensor(in: workspace).reshaped(x.shape)
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
    _ x: PaddedPixels, activation: Activation = .identity, padding: Padding = .none,
    in workspace: Workspace
  ) -> PaddedPixels {
    groupNorm(
      x, groups: groups, weight: weight, bias: bias, epsilon: epsilon, activation: activation,
      padding: padding, in: workspace)
  }
}
