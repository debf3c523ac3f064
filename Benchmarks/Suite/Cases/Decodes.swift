internal import DiT
internal import Kernels
internal import NN
internal import Tensor

extension Case {
  /// Images decoded by latent diffusion's autoencoder, `vae-decode/f32/sd-<side>`.
  static var decodes: [Case] {
    Precision.floatingPoint.flatMap { precision in
      [decode(side: 256, precision), decode(side: 512, precision, isLong: true)]
    }
  }

  private static func decode(
    side: Int, _ precision: Precision, isLong: Bool = false
  ) -> Case {
    let configuration = AutoencoderKL.Configuration()
    let latent = side / configuration.scale
    return Case(
      family: "vae-decode", precision: precision, shape: "sd-\(side)", note: "1 image",
      work: .operations(
        2 * configuration.decoderCost(latent: latent),
        peak: .of(precision)),
      isLong: isLong, isModel: true
    ) {
      let model = try AutoencoderKL(
        configuration,
        from: Weights(RandomWeights(decoder: configuration), precision: precision),
        includesEncoder: false)
      let z = numbers([1, configuration.latentChannels, latent, latent], scale: 3)
      return { _ = model.decode(z, in: $0) }
    }
  }
}

extension AutoencoderKL.Configuration {
  /// The multiply-adds of the decoder for a square latent of some side.
  fileprivate func decoderCost(latent side: Int) -> Double {
    let channels = Array(stageChannels.reversed())
    let (inner, outer) = (channels[0], channels[channels.count - 1])
    var pixels = side * side
    func block(_ inputs: Int, _ outputs: Int) -> Int {
      9 * (inputs + outputs) * outputs + (inputs == outputs ? 0 : inputs * outputs)
    }
    let attention = 4 * inner * inner + 2 * pixels * inner
    var cost =
      pixels
      * (latentChannels * latentChannels + 9 * latentChannels * inner + 2 * block(inner, inner)
        + attention)
    for (stage, outputs) in channels.enumerated() {
      let inputs = channels[max(stage - 1, 0)]
      cost += pixels * (block(inputs, outputs) + blocksPerStage * block(outputs, outputs))
      guard stage < channels.count - 1 else { break }
      pixels *= 4
      cost += pixels * 4 * outputs * outputs  // as in `upsampledConvolution`
    }
    return Double(cost + pixels * 9 * outer * outputChannels)
  }
}
