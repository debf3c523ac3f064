public import Kernels
public import Tensor

/// Images scaled by a factor: PyTorch's `nn.Upsample`.
public struct Upsample: Layer {
  /// The factor of both sides.
  public let factor: Double
  /// How pixels are made.
  public let interpolation: Interpolation

  /// A layer that scales images by `factor`.
  public init(_ factor: Double, _ interpolation: Interpolation = .nearest) {
    (self.factor, self.interpolation) = (factor, interpolation)
  }

  /// None.
  public var parameters: [Parameter] { [] }

  /// Applies the layer.
  ///
  /// - Parameters:
  ///   - x: `[batch, height, width, channels]`.
  ///   - workspace: What to compute with; nil for a workspace that all such calls share.
  /// - Returns: `[batch, factor · height, factor · width, channels]`, rounded down.
  public func callAsFunction(
    _ x: Tensor<Float>, in workspace: Workspace? = nil
  ) -> Tensor<Float> {
    interpolated(x, by: factor, interpolation, in: workspace ?? .default)
  }
}

/// Images of another size: PyTorch's `F.interpolate`, in a workspace that all such calls share.
///
/// ```swift
/// let small = interpolated(images, height: 32, width: 32, .bicubic, antialias: true)
/// ```
///
/// - Parameters:
///   - x: `[batch, height, width, channels]`.
///   - height: The new height.
///   - width: The new width.
///   - interpolation: How pixels are made.
///   - alignsCorners: Whether the centres of the corners stay where they are, rather than the edges of
///     the image; for bilinear and bicubic.
///   - antialias: Whether a pixel of a smaller image is made of all pixels that it covers; for bilinear
///     and bicubic.
/// - Returns: `[batch, height, width, channels]`.
public func interpolated(
  _ x: Tensor<Float>, height: Int, width: Int, _ interpolation: Interpolation = .bilinear,
  alignsCorners: Bool = false, antialias: Bool = false
) -> Tensor<Float> {
  interpolated(
    x, height: height, width: width, interpolation, alignsCorners: alignsCorners,
    antialias: antialias, in: .default)
}
