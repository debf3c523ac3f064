public import Kernels
public import Tensor

/// Root-mean-square normalization, `x / √(mean of x² + ε) · weight` along the last axis.
public struct RMSNorm: Layer {
  /// The factors, `[width]`; nil for 1.
  public let weight: Tensor<Float>?
  /// What is added to the mean of the squares.
  public let epsilon: Float

  /// Reads `weight`.
  ///
  /// - Parameters:
  ///   - width: The length of the last axis.
  ///   - epsilon: What is added to the mean of the squares.
  ///   - weights: The scope of the layer.
  /// - Throws: `WeightError` where it is missing or of another shape.
  public init(_ width: Int, epsilon: Float = 1e-6, from weights: Weights) throws {
    self.init(weight: try weights.tensor("weight", [width]), epsilon: epsilon)
  }

  /// A layer with these factors, `[width]`, or without any.
  public init(weight: Tensor<Float>? = nil, epsilon: Float = 1e-6) {
    (self.weight, self.epsilon) = (weight, epsilon)
  }

  /// `weight`, where the layer has it.
  public var parameters: [Parameter] { .list(["weight": weight]) }

  /// Normalizes each row.
  ///
  /// - Parameters:
  ///   - x: `[…, width]`.
  ///   - workspace: What to compute with; nil for a workspace that all such calls share.
  /// - Returns: `[…, width]`.
  public func callAsFunction(
    _ x: Tensor<Float>, in workspace: Workspace? = nil
  ) -> Tensor<Float> {
    rmsNorm(x, weight: weight, epsilon: epsilon, in: workspace ?? .default)
  }

  /// Normalizes each row, for a next layer of the workspace's precision.
  ///
  /// - Parameters:
  ///   - x: `[…, width]`.
  ///   - workspace: What to compute with.
  /// - Returns: `[…, width]`.
  public func operand(_ x: Tensor<Float>, in workspace: Workspace) -> Operand {
    rmsNormOperand(x, weight: weight, epsilon: epsilon, in: workspace)
  }
}
