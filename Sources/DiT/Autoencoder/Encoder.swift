internal import Kernels
internal import NN
internal import Tensor

extension AutoencoderKL {
  /// The encoder, from images to the means and variances of latents.
  struct Encoder: Sendable {
    let input: Conv2d
    let stages: [Stage]
    let middle: MiddleBlock
    let norm: GroupNorm
    let output: Conv2d

    init(_ c: Configuration, from weights: Weights) throws {
      let channels = c.stageChannels
      input = try Conv2d(
        c.inputChannels, channels[0], size: 3, padding: 1, from: weights["conv_in"])
      stages = try channels.indices.map { i in
        try Stage(
          c, channels[max(i - 1, 0)], channels[i], shrinks: i < channels.count - 1,
          from: weights["down_blocks"][i])
      }
      middle = try MiddleBlock(c, from: weights["mid_block"])
      norm = try GroupNorm(
        c.innerChannels, groups: c.groups, epsilon: epsilon, from: weights["conv_norm_out"])
      output = try Conv2d(
        c.innerChannels, 2 * c.latentChannels, size: 3, padding: 1, from: weights["conv_out"])
    }

    /// The moments of images, `[batch, height, width, channels]`.
    func callAsFunction(_ images: Tensor<Float>, in workspace: Workspace) -> Tensor<Float> {
      var x = input(
        PaddedPixels(images, padding: input.padding, in: workspace), in: workspace)
      for stage in stages { stage(&x, in: workspace) }
      middle(&x, in: workspace)
      return output.tensor(
        norm(x, activation: .silu, padding: output.padding, in: workspace), in: workspace)
    }

    /// The residual blocks of one resolution, then half the resolution.
    struct Stage: Sendable {
      let blocks: [ResidualBlock]
      let downsampling: Conv2d?

      init(
        _ c: Configuration, _ inputs: Int, _ outputs: Int, shrinks: Bool, from weights: Weights
      ) throws {
        blocks = try (0..<c.blocksPerStage).map { i in
          try ResidualBlock(
            i == 0 ? inputs : outputs, outputs, groups: c.groups, from: weights["resnets"][i])
        }
        downsampling =
          shrinks
          ? try Conv2d(
            outputs, outputs, size: 3, stride: 2, padding: .downsampling,
            from: weights["downsamplers"][0]["conv"]) : nil
      }

      /// Passes features through the stage, `[batch, height, width, channels]`.
      func callAsFunction(_ x: inout PaddedPixels, in workspace: Workspace) {
        for block in blocks.dropLast() { block(&x, in: workspace) }
        blocks.last?(&x, padding: downsampling?.padding ?? .none, in: workspace)
        if let downsampling { x = downsampling(x, in: workspace) }
      }
    }
  }
}
