public import Kernels
public import Tensor

/// Layer normalization, `(x - mean) / √(variance + ε) · weight + bias` along the last axis.
public struct LayerNorm: Layer {
  /// The factors, `[width]`; nil for 1.
  public let weight: Tensor<Float>?
  /// The summands, `[width]`; nil for 0.
  public let bias: Tensor<Float>?
  /// What is added to the variance.
  public let epsilon: Float

  /// Reads `weight` and `bias`.
  ///
  /// - Parameters:
  ///   - width: The length of the last axis.
  ///   - epsilon: What is added to the variance.
  ///   - bias: Whether there is a bias.
  ///   - weights: The scope of the layer.
  /// - Throws: `WeightError` where they are missing or of another shape.
  public init(_ width: Int, epsilon: Float = 1e-5, bias: Bool = true, from weights: Weights) throws
  {
    self.init(
      weight: try weights.tensor("weight", [width]),
      bias: bias ? try weights.tensor("bias", [width]) : nil, epsilon: epsilon)
  }

  /// A layer with these parameters, or without any.
  ///
  /// - Parameters:
  ///   - weight: The factors, `[width]`; nil for 1.
  ///   - bias: The summands, `[width]`; nil for 0.
  ///   - epsilon: What is added to the variance.
  public init(
    weight: Tensor<Float>? = nil, bias: Tensor<Float>? = nil, epsilon: Float = 1e-5
  ) {
    (self.weight, self.bias, self.epsilon) = (weight, bias, epsilon)
  }

  /// `weight` and `bias`, where the layer has them.
  public var parameters: [Parameter] { .list(["weight": weight, "bias": bias]) }

  /// Normalizes each row.
  ///
  /// - Parameters:
  ///   - x: `[…, width]`.
  ///   - workspace: What to compute with; nil for a workspace that all such calls share.
  /// - Returns: `[…, width]`.
  public func callAsFunction(
    _ x: Tensor<Float>, in workspace: Workspace? = nil
  ) -> Tensor<Float> {
    layerNorm(
      x, weight: weight, bias: bias, epsilon: epsilon, in: workspace ?? .default)
  }

  /// Normalizes each row, for a next layer of the workspace's precision.
  ///
  /// - Parameters:
  ///   - x: `[…, width]`.
  ///   - workspace: What to compute with.
  /// - Returns: `[…, width]`.
  public func operand(_ x: Tensor<Float>, in workspace: Workspace) -> Operand {
    layerNormOperand(x, weight: weight, bias: bias, epsilon: epsilon, in: workspace)
  }
}
