internal import Kernels
internal import NN
internal import Tensor

extension AutoencoderKL {
  /// The decoder, from latents to images.
  struct Decoder: Sendable {
    let input: Conv2d
    let middle: MiddleBlock
    let stages: [Stage]
    let norm: GroupNorm
    let output: Conv2d

    init(_ c: Configuration, from weights: Weights) throws {
      let channels = Array(c.stageChannels.reversed())
      input = try Conv2d(
        c.latentChannels, channels[0], size: 3, padding: 1, from: weights["conv_in"])
      middle = try MiddleBlock(c, from: weights["mid_block"])
      stages = try channels.indices.map { i in
        try Stage(
          c, channels[max(i - 1, 0)], channels[i], upsamples: i < channels.count - 1,
          from: weights["up_blocks"][i])
      }
      norm = try GroupNorm(
        c.outerChannels, groups: c.groups, epsilon: epsilon, from: weights["conv_norm_out"])
      output = try Conv2d(
        c.outerChannels, c.outputChannels, size: 3, padding: 1, from: weights["conv_out"])
    }

    /// The images of latents, `[batch, height, width, channels]`.
    func callAsFunction(_ z: Tensor<Float>, in workspace: Workspace) -> Tensor<Float> {
      var x = input(PaddedPixels(z, padding: input.padding, in: workspace), in: workspace)
      middle(&x, in: workspace)
      for stage in stages { stage(&x, in: workspace) }
      return output.tensor(
        norm(x, activation: .silu, padding: output.padding, in: workspace), in: workspace)
    }

    /// The residual blocks of one resolution, then twice the resolution.
    struct Stage: Sendable {
      let blocks: [ResidualBlock]
      let upsampling: UpsamplingConv2d?

      init(
        _ c: Configuration, _ inputs: Int, _ outputs: Int, upsamples: Bool, from weights: Weights
      ) throws {
        blocks = try (0...c.blocksPerStage).map { i in
          try ResidualBlock(
            i == 0 ? inputs : outputs, outputs, groups: c.groups, from: weights["resnets"][i])
        }
        upsampling =
          upsamples
          ? try UpsamplingConv2d(outputs, from: weights["upsamplers"][0]["conv"]) : nil
      }

      /// Passes features through the stage, `[batch, height, width, channels]`.
      func callAsFunction(_ x: inout PaddedPixels, in workspace: Workspace) {
        for block in blocks.dropLast() { block(&x, in: workspace) }
        blocks.last?(&x, padding: upsampling?.padding ?? .none, in: workspace)
        if let upsampling { x = upsampling(x, in: workspace) }
      }
    }
  }
}
