public import Kernels
public import Tensor

/// A way from noise to a picture: which timesteps the model sees, and what a step does.
///
/// A sampler is a value without state, so steps can be taken by hand, out of order, or twice:
///
///     for step in 0..<sampler.timesteps.count {
///       let prediction = model(x, timesteps: …, labels: labels, in: workspace)
///       x = sampler.step(step, x, prediction: prediction, noise: noise, in: workspace)
///     }
public protocol Sampler: Sendable {
  /// The name, as the command line takes it.
  var name: String { get }

  /// The training timestep of each step, the noisiest first.
  var timesteps: [Int] { get }

  /// The channels that a prediction must have for samples of `channels` channels.
  func predictionChannels(forSample channels: Int) -> ClosedRange<Int>

  /// ᾱ at the timestep of a step: the share of the picture's variance in the sample.
  func cumulativeAlpha(at step: Int) -> Double

  /// Whether a step adds noise to the sample.
  func addsNoise(at step: Int) -> Bool

  /// Takes a step.
  ///
  /// - Parameters:
  ///   - step: The index of the step, below `timesteps.count`.
  ///   - x: The sample before the step, `[batch, channels, height, width]`.
  ///   - prediction: What the model makes of it, `[batch, channels or more, height, width]`.
  ///   - noise: Standard normal noise of the shape of `x`; needed only if `addsNoise(at: step)`.
  ///   - workspace: What to compute with.
  /// - Returns: The sample after the step.
  func step(
    _ step: Int, _ x: Tensor<Float>, prediction: Tensor<Float>, noise: Tensor<Float>?,
    in workspace: Workspace
  ) -> Tensor<Float>
}

extension Sampler {
  /// The number of steps.
  public var stepCount: Int { timesteps.count }

  /// The noise of a step that adds some; it must be given then.
  func required(_ noise: Tensor<Float>?, for x: Tensor<Float>, step: Int) -> Tensor<Float> {
    let noise = require(noise, "\(name): step \(step) needs noise")
    check(
      noise.shape == x.shape,
      "\(name): step \(step) needs noise of shape \(x.shape), not \(noise.shape)")
    return noise
  }

  /// The picture that a prediction amounts to, `x₀ = (x - √(1 - ᾱ) ε) / √ᾱ`.
  ///
  /// - Parameters:
  ///   - step: The index of the step.
  ///   - x: The sample before the step, `[batch, channels, height, width]`.
  ///   - prediction: The noise in it, `[batch, channels or more, height, width]`.
  ///   - workspace: What to compute with.
  /// - Returns: `[batch, channels, height, width]`.
  public func denoised(
    _ step: Int, _ x: Tensor<Float>, prediction: Tensor<Float>, in workspace: Workspace
  ) -> Tensor<Float> {
    let alpha = cumulativeAlpha(at: step)
    return combination(
      [
        (Float((1 / alpha).squareRoot()), x),
        (Float(-(1 / alpha - 1).squareRoot()), prediction[.all, 0..<x.shape[1]]),
      ], in: workspace)
  }
}

/// A sampler cannot be made from these settings.
public enum SamplerError: Error, Equatable, CustomStringConvertible {
  /// More steps than training timesteps, or none.
  case stepCount(Int, allowed: ClosedRange<Int>)
  /// η is not from zero to one.
  case eta(Double)

  /// The error in a sentence.
  public var description: String {
    switch self {
    case .stepCount(let count, let allowed):
      "\(count) steps are not possible: from \(allowed.lowerBound) to \(allowed.upperBound) are"
    case .eta(let eta): "eta must be from 0 to 1, not \(eta)"
    }
  }
}
