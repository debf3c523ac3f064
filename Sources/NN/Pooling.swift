public import Kernels
public import Tensor

/// The largest number of each window of pixels, each channel by itself.
///
/// ```swift
/// let pool = MaxPool2d(2)                           // windows of 2 × 2 side by side
/// let top = MaxPool2d(.adaptive(height: 1, width: 1))
/// ```
public struct MaxPool2d: Layer {
  /// The windows.
  public let windows: PoolingWindows

  /// Windows of one size; see `PoolingWindows.windows`.
  public init(_ size: Int, stride: Int? = nil, padding: Int = 0, roundsUp: Bool = false) {
    self.init(.windows(size, stride: stride, padding: padding, roundsUp: roundsUp))
  }

  /// Any windows.
  public init(_ windows: PoolingWindows) { self.windows = windows }

  /// None.
  public var parameters: [Parameter] { [] }

  /// Applies the layer.
  ///
  /// - Parameters:
  ///   - x: `[batch, height, width, channels]`.
  ///   - workspace: What to compute with; nil for a workspace that all such calls share.
  /// - Returns: `[batch, windows, windows, channels]`.
  public func callAsFunction(
    _ x: Tensor<Float>, in workspace: Workspace? = nil
  ) -> Tensor<Float> {
    maxPool(x, windows, in: workspace ?? .default)
  }
}

/// The mean of each window of pixels, each channel by itself.
///
/// ```swift
/// let pool = AveragePool2d(3, stride: 2, padding: 1)
/// let mean = AveragePool2d(.global)                 // [batch, 1, 1, channels]
/// ```
public struct AveragePool2d: Layer {
  /// The windows.
  public let windows: PoolingWindows

  /// Windows of one size; see `PoolingWindows.windows`.
  public init(
    _ size: Int, stride: Int? = nil, padding: Int = 0, countsPadding: Bool = true,
    roundsUp: Bool = false
  ) {
    self.init(
      .windows(
        size, stride: stride, padding: padding, countsPadding: countsPadding,
        roundsUp: roundsUp))
  }

  /// Any windows.
  public init(_ windows: PoolingWindows) { self.windows = windows }

  /// None.
  public var parameters: [Parameter] { [] }

  /// Applies the layer.
  ///
  /// - Parameters:
  ///   - x: `[batch, height, width, channels]`.
  ///   - workspace: What to compute with; nil for a workspace that all such calls share.
  /// - Returns: `[batch, windows, windows, channels]`.
  public func callAsFunction(
    _ x: Tensor<Float>, in workspace: Workspace? = nil
  ) -> Tensor<Float> {
    averagePool(x, windows, in: workspace ?? .default)
  }
}
