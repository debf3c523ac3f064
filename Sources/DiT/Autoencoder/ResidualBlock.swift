internal import Kernels
internal import NN

extension AutoencoderKL {
  /// A residual block of two convolutions, each after a norm and SiLU.
  struct ResidualBlock: Sendable {
    let norm1, norm2: GroupNorm
    let conv1, conv2: Conv2d
    /// Converts the input to the channels of the output; nil where they are equal.
    let shortcut: Conv2d?

    init(_ inputs: Int, _ outputs: Int, groups: Int, from weights: Weights) throws {
      norm1 = try GroupNorm(inputs, groups: groups, epsilon: epsilon, from: weights["norm1"])
      conv1 = try Conv2d(inputs, outputs, size: 3, padding: 1, from: weights["conv1"])
      norm2 = try GroupNorm(outputs, groups: groups, epsilon: epsilon, from: weights["norm2"])
      conv2 = try Conv2d(outputs, outputs, size: 3, padding: 1, from: weights["conv2"])
      shortcut =
        inputs == outputs
        ? nil : try Conv2d(inputs, outputs, size: 1, from: weights["conv_shortcut"])
    }

    /// Passes features through the block, `[batch, height, width, channels]`.
    ///
    /// - Parameters:
    ///   - x: The features.
    ///   - padding: The zeros that the next operation needs around images.
    ///   - workspace: What to compute with.
    func callAsFunction(
      _ x: inout PaddedPixels, padding: Padding = .none, in workspace: Workspace
    ) {
      let h = conv1(
        norm1(x, activation: .silu, padding: conv1.padding, in: workspace), in: workspace)
      if let shortcut { x = shortcut(x, in: workspace) }
      x = conv2(
        norm2(h, activation: .silu, padding: conv2.padding, in: workspace), residual: x,
        padding: padding, in: workspace)
    }
  }
}
