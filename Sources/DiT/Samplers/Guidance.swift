public import Kernels
public import Tensor

/// Classifier-free guidance: away from what the model predicts without a class.
///
/// Reference: [Ho and Salimans, 2022](https://arxiv.org/abs/2207.12598), as
/// `unconditional + scale · (conditional - unconditional)`.
public struct Guidance: Sendable, Hashable {
  /// The channels of the noise that are guided.
  public enum Channels: String, Sendable, CaseIterable {
    /// All of them.
    case all
    /// The first three, as the original code of DiT does "for exact reproducibility".
    case three
  }

  /// What a scale below 1 does.
  public enum BelowOne: String, Sendable, CaseIterable {
    /// It mixes both predictions, as the formula says: 0 is the unconditional one alone.
    case mixes = "mix"
    /// Nothing: the conditional prediction stands. diffusers' `DiTPipeline` has it so.
    case isOff = "off"
  }

  /// The guidance scale; 1 is the conditional prediction alone.
  public var scale: Float
  /// The channels that are guided.
  public var channels: Channels
  /// What a scale below 1 does.
  public var belowOne: BelowOne

  /// Guidance of a scale.
  public init(scale: Float, channels: Channels = .all, belowOne: BelowOne = .mixes) {
    (self.scale, self.channels, self.belowOne) = (scale, channels, belowOne)
  }

  /// Whether an unconditional prediction is needed.
  public var isOn: Bool { scale > 1 || scale < 1 && belowOne == .mixes }

  /// Joins both predictions.
  ///
  /// Channels that are not guided, such as a predicted variance, are the conditional ones.
  ///
  /// - Parameters:
  ///   - prediction: The conditional predictions and then the unconditional ones,
  ///     `[2 · batch, channels, height, width]`.
  ///   - sampleChannels: The channels that predict noise.
  ///   - workspace: What to compute with.
  /// - Returns: `[batch, channels, height, width]`.
  public func callAsFunction(
    _ prediction: Tensor<Float>, sampleChannels: Int, in workspace: Workspace
  ) -> Tensor<Float> {
    let (batch, all) = (prediction.shape[0] / 2, prediction.shape[1])
    let guided = channels == .all ? sampleChannels : min(3, sampleChannels)
    let conditional = prediction[0..<batch], unconditional = prediction[batch..<2 * batch]
    let noise = linearCombination(
      [
        (scale, conditional[.all, 0..<guided]), (1 - scale, unconditional[.all, 0..<guided]),
      ], in: workspace)
    guard guided < all else { return noise }
    return Tensor(concatenating: [noise, conditional[.all, guided..<all]], axis: 1)
  }
}
