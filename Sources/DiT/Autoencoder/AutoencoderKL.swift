public import Kernels
public import NN
public import Tensor

/// The autoencoder of latent diffusion: it encodes images to small latents, and decodes latents to
/// images.
///
/// Reference: [Rombach et al., 2022](https://arxiv.org/abs/2112.10752), and `AutoencoderKL` of
/// [diffusers](https://github.com/huggingface/diffusers); weights have the names of that code.
public struct AutoencoderKL: Sendable {
  /// The sizes of this model.
  public let configuration: Configuration
  let encoder: Encoder?
  let decoder: Decoder
  let quantization: Conv2d?
  let dequantization: Conv2d?

  /// The ε of every group norm.
  static let epsilon: Float = 1e-6

  /// Reads the parameters of a model.
  ///
  /// - Parameters:
  ///   - c: The sizes of the model.
  ///   - weights: The parameters.
  ///   - includesEncoder: Whether the model is to encode; what only decodes needs a third less
  ///     memory.
  /// - Throws: `WeightError` where `weights` are not those of this configuration.
  public init(
    _ c: Configuration, from weights: Weights, includesEncoder: Bool = true
  ) throws {
    configuration = c
    func quantConv(_ name: String, _ channels: Int) throws -> Conv2d {
      try Conv2d(channels, channels, size: 1, from: weights[name])
    }
    if includesEncoder {
      encoder = try Encoder(c, from: weights["encoder"])
      quantization = c.quantizes ? try quantConv("quant_conv", 2 * c.latentChannels) : nil
    } else {
      (encoder, quantization) = (nil, nil)
      weights["encoder"].leaveOut()
      weights["quant_conv"].leaveOut()
    }
    decoder = try Decoder(c, from: weights["decoder"])
    dequantization = c.dequantizes ? try quantConv("post_quant_conv", c.latentChannels) : nil
    try weights.finish()
  }

  /// Decodes latents to images.
  ///
  /// They are decoded one after the other, so a batch takes hardly more memory than one image.
  ///
  /// - Parameters:
  ///   - z: Latents as the encoder gives them, `[batch, latentChannels, height, width]`; pass the
  ///     samples of a diffusion model through `unscaled(_:)` first.
  ///   - tiling: The tiles that latents are decoded in; nil decodes them whole.
  ///   - workspace: What to compute with.
  /// - Returns: Values that are usually from -1 to 1, `[batch, outputChannels, scale · height,
  ///   scale · width]`.
  public func decode(
    _ z: Tensor<Float>, tiling: Tiling? = nil, in workspace: Workspace
  ) -> Tensor<Float> {
    let c = configuration
    check(
      z.rank == 4 && z.shape[1] == c.latentChannels && z.count > 0,
      "autoencoder: \(z.shape) are no latents of \(c.latentChannels) channels")
    let grid = TileGrid(
      tiling, latent: (z.shape[2], z.shape[3]), unit: 1, resultUnit: c.scale)
    var images = Tensor<Float>(
      uninitialized: [
        z.shape[0], c.scale * z.shape[2], c.scale * z.shape[3], c.outputChannels,
      ])
    for i in 0..<z.shape[0] {
      grid.map(z[i...i].permuted([0, 2, 3, 1]), into: &images, at: i) { tile in
        let tile = copy(tile, in: workspace)
        return decoder(dequantization?.tensor(tile, in: workspace) ?? tile, in: workspace)
      }
    }
    return images.permuted([0, 3, 1, 2])
  }

  /// The distributions of the latents of images.
  ///
  /// - Parameters:
  ///   - images: Values from -1 to 1, `[batch, inputChannels, height, width]`.
  ///   - tiling: How large images are cut; nil to encode them whole.
  ///   - workspace: What to compute with.
  /// - Returns: Distributions of `[batch, latentChannels, height / scale, width / scale]`.
  /// - Precondition: The model has its encoder, and the sides of the images are multiples of the
  ///   scale.
  public func encode(
    _ images: Tensor<Float>, tiling: Tiling? = nil, in workspace: Workspace
  ) -> DiagonalGaussian {
    let c = configuration
    check(
      images.rank == 4 && images.shape[1] == c.inputChannels && images.count > 0
        && images.shape[2] % c.scale == 0 && images.shape[3] % c.scale == 0,
      "autoencoder: \(images.shape) are no images of \(c.inputChannels) channels and of sides "
        + "that \(c.scale) divides")
    let encoder = require(encoder, "autoencoder: the model was read without its encoder")
    let (height, width) = (images.shape[2] / c.scale, images.shape[3] / c.scale)
    let grid = TileGrid(tiling, latent: (height, width), unit: c.scale, resultUnit: 1)
    var moments = Tensor<Float>(
      uninitialized: [images.shape[0], height, width, 2 * c.latentChannels])
    for i in 0..<images.shape[0] {
      grid.map(images[i...i].permuted([0, 2, 3, 1]), into: &moments, at: i) { tile in
        let h = encoder(copy(tile, in: workspace), in: workspace)
        return quantization?.tensor(h, in: workspace) ?? h
      }
    }
    return DiagonalGaussian(moments: moments.permuted([0, 3, 1, 2]))
  }

  /// Latents at the scale that diffusion models are trained on.
  ///
  /// - Parameter z: Latents of the encoder, any shape.
  /// - Returns: `(z - shift) · factor`.
  public func scaled(_ z: Tensor<Float>) -> Tensor<Float> {
    (z - Float(configuration.latentShift)) * Float(configuration.scalingFactor)
  }

  /// Latents at the scale that the decoder takes.
  ///
  /// - Parameter z: Latents of a diffusion model, any shape.
  /// - Returns: `z / factor + shift`.
  public func unscaled(_ z: Tensor<Float>) -> Tensor<Float> {
    z * Float(1 / configuration.scalingFactor) + Float(configuration.latentShift)
  }
}
