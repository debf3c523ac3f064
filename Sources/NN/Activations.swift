public import Kernels
public import Tensor

/// An activation is a layer without parameters: `let activation = Activation.silu`, `activation(x)`.
extension Activation: Layer {
  /// None.
  public var parameters: [Parameter] { [] }

  /// Applies the function to each element.
  ///
  /// - Parameters:
  ///   - x: Any shape.
  ///   - workspace: What to compute with; nil for a workspace that all such calls share.
  /// - Returns: `x.shape`.
  public func callAsFunction(
    _ x: Tensor<Float>, in workspace: Workspace? = nil
  ) -> Tensor<Float> {
    activate(self, x, in: workspace ?? .default)
  }
}

/// The larger of each element and zero.
public func relu(_ x: Tensor<Float>) -> Tensor<Float> { Activation.relu(x) }

/// `x · Φ(x)` of each element, by the error function.
public func gelu(_ x: Tensor<Float>) -> Tensor<Float> { Activation.gelu(x) }

/// GELU of each element, by the hyperbolic tangent.
public func geluTanh(_ x: Tensor<Float>) -> Tensor<Float> { Activation.geluTanh(x) }

/// `x · sigmoid(x)` of each element, also called swish.
public func silu(_ x: Tensor<Float>) -> Tensor<Float> { Activation.silu(x) }

/// `1 / (1 + e^-x)` of each element.
public func sigmoid(_ x: Tensor<Float>) -> Tensor<Float> { Activation.sigmoid(x) }

/// The softmax of each row, `e^x / Σ e^x` along the last axis, in a workspace that all such calls
/// share.
public func softmax(_ x: Tensor<Float>) -> Tensor<Float> { softmax(x, in: .default) }
