public import Kernels
internal import Tensor

/// Nearest upsampling by two and a convolution of 3 × 3 pixels, computed as one, plus a bias.
public struct UpsamplingConv2d: Layer {
  /// The weights, `[channels, channels, 3, 3]`.
  private let weight: Tensor<Float>
  /// The same, packed for products.
  private let packed: PackedUpsamplingKernel
  /// The bias, `[channels]`.
  private let bias: Tensor<Float>

  /// Reads `weight` and `bias`.
  ///
  /// - Parameters:
  ///   - channels: The number of channels that it takes and gives.
  ///   - weights: The scope of the layer.
  /// - Throws: `WeightError` where they are missing or of another shape.
  public init(_ channels: Int, from weights: Weights) throws {
    weight = try weights.tensor("weight", [channels, channels, 3, 3])
    packed = PackedUpsamplingKernel(
      weight, precision: weights.precision, table: weights.table)
    bias = try weights.tensor("bias", [channels])
  }

  /// `weight` and `bias`.
  public var parameters: [Parameter] { .list(["weight": weight, "bias": bias]) }

  /// The zeros that the images it takes need around them.
  public var padding: Padding { PackedUpsamplingKernel.padding }

  /// Applies the layer.
  ///
  /// - Parameters:
  ///   - x: `[batch, height, width, channels]`, with the layer's padding.
  ///   - workspace: What to compute with.
  /// - Returns: `[batch, 2 · height, 2 · width, channels]`.
  public func callAsFunction(_ x: PaddedPixels, in workspace: Workspace) -> PaddedPixels {
    upsampledConvolution(x, packed, bias: bias, in: workspace)
  }
}
