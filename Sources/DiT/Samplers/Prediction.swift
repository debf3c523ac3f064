internal import Kernels
internal import Tensor

/// What a model predicts, and the bounds of the image that is computed from it.
public struct Prediction: Sendable, Hashable {
  /// What a model predicts, under diffusers' name for it.
  public enum Kind: String, Sendable, CaseIterable {
    /// The noise ε.
    case epsilon
    /// The image x₀.
    case sample
    /// The velocity, `α ε - σ x₀`, of the variance-preserving process.
    ///
    /// Reference: [Salimans and Ho, 2022](https://arxiv.org/abs/2202.00512), section 4.
    case velocity = "v_prediction"
    /// The flow from image to noise, `ε - x₀`, where `α = 1 - σ`.
    ///
    /// Reference: [Lipman et al., 2022](https://arxiv.org/abs/2210.02747).
    case flow = "flow_prediction"
  }

  /// What the model predicts.
  public var kind: Kind
  /// The bounds of the image; nil leaves it as it is.
  public var bounds: SampleBounds?

  /// Predictions of a kind.
  public init(_ kind: Kind = .epsilon, bounds: SampleBounds? = nil) {
    (self.kind, self.bounds) = (kind, bounds)
  }

  /// The image x₀ computed from an output of the model, within the bounds.
  ///
  /// - Parameters:
  ///   - x: The sample, `[batch, channels, height, width]`.
  ///   - output: The model's output for it, `[batch, channels or more, height, width]`.
  ///   - level: The noise level of the sample.
  ///   - workspace: What to compute with.
  /// - Returns: `[batch, channels, height, width]`.
  func start(
    of x: Tensor<Float>, _ output: Tensor<Float>, at level: NoiseLevel, in workspace: Workspace
  ) -> Tensor<Float> {
    let (α, σ) = (level.alpha, level.sigma)
    let scale = level.inputScale
    let output = output[.all, 0..<x.shape[1]]
    let start =
      switch kind {
      case .epsilon: linearCombination([(Float(1 / α), x), (Float(-σ / α), output)], in: workspace)
      case .sample: output
      case .velocity:
        linearCombination(
          [(Float(α * scale * scale), x), (Float(-σ * scale), output)], in: workspace)
      case .flow: linearCombination([(1, x), (Float(-σ), output)], in: workspace)
      }
    return bounds.map { $0(start) } ?? start
  }

  /// The noise ε computed from an output of the model, without regard to the bounds.
  ///
  /// - Parameters:
  ///   - x: The sample, `[batch, channels, height, width]`.
  ///   - output: The model's output for it, `[batch, channels or more, height, width]`.
  ///   - level: The noise level of the sample.
  ///   - workspace: What to compute with.
  /// - Returns: `[batch, channels, height, width]`.
  func noise(
    in x: Tensor<Float>, _ output: Tensor<Float>, at level: NoiseLevel, in workspace: Workspace
  ) -> Tensor<Float> {
    let (α, σ) = (level.alpha, level.sigma)
    let scale = level.inputScale
    let output = output[.all, 0..<x.shape[1]]
    return switch kind {
    case .epsilon: output
    case .sample: linearCombination([(Float(1 / σ), x), (Float(-α / σ), output)], in: workspace)
    case .velocity:
      linearCombination([(Float(σ * scale * scale), x), (Float(α * scale), output)], in: workspace)
    case .flow: linearCombination([(1, x), (Float(α), output)], in: workspace)
    }
  }
}
