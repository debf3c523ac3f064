public import Kernels
public import Tensor

/// Batch normalization along the last axis, with the running means and variances of training:
/// PyTorch's `BatchNorm1d`, `BatchNorm2d` and `BatchNorm3d` in `eval()`.
public struct BatchNorm: Layer {
  /// The factors and summands of the channels, `[channels]`; nil for 1 and 0.
  public let weight, bias: Tensor<Float>?
  /// The means and variances of the channels, `[channels]`.
  public let mean, variance: Tensor<Float>
  /// What is added to a variance.
  public let epsilon: Float

  /// Reads `weight`, `bias`, `running_mean` and `running_var`.
  ///
  /// - Parameters:
  ///   - channels: The number of channels.
  ///   - epsilon: What is added to a variance.
  ///   - affine: Whether there are factors and summands.
  ///   - weights: The scope of the layer.
  /// - Throws: `WeightError` where they are missing or of another shape.
  public init(
    _ channels: Int, epsilon: Float = 1e-5, affine: Bool = true, from weights: Weights
  ) throws {
    self.init(
      mean: try weights.tensor("running_mean", [channels]),
      variance: try weights.tensor("running_var", [channels]),
      weight: affine ? try weights.tensor("weight", [channels]) : nil,
      bias: affine ? try weights.tensor("bias", [channels]) : nil, epsilon: epsilon)
    weights["num_batches_tracked"].leaveOut()
  }

  /// A layer with these parameters, each `[channels]`.
  public init(
    mean: Tensor<Float>, variance: Tensor<Float>, weight: Tensor<Float>? = nil,
    bias: Tensor<Float>? = nil, epsilon: Float = 1e-5
  ) {
    (self.mean, self.variance, self.weight, self.bias) = (mean, variance, weight, bias)
    self.epsilon = epsilon
  }

  /// `weight` and `bias`, where the layer has them, `running_mean` and `running_var`.
  public var parameters: [Parameter] {
    .list(["weight": weight, "bias": bias, "running_mean": mean, "running_var": variance])
  }

  /// Normalizes each channel, and applies `activation`.
  ///
  /// - Parameters:
  ///   - x: `[…, channels]`.
  ///   - activation: What is applied to the result.
  ///   - workspace: What to compute with; nil for a workspace that all such calls share.
  /// - Returns: `x.shape`.
  public func callAsFunction(
    _ x: Tensor<Float>, activation: Activation = .identity, in workspace: Workspace? = nil
  ) -> Tensor<Float> {
    batchNorm(
      x, mean: mean, variance: variance, weight: weight, bias: bias, epsilon: epsilon,
      activation: activation, in: workspace ?? .default)
  }

  /// Normalizes each channel, and applies `activation`, for a next convolution.
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
    batchNorm(
      x, mean: mean, variance: variance, weight: weight, bias: bias, epsilon: epsilon,
      activation: activation, padding: padding, in: workspace)
  }
}
