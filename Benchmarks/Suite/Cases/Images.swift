internal import Kernels
internal import Tensor

extension Case {
  /// What the decoder of latent diffusion's autoencoder consists of, for latents of 32² and 64².
  ///
  /// Convolutions are `conv3x3/f32/<batch>x<inputs>x<height>x<width>x<outputs>`, norms
  /// `group-norm-silu/f32/<batch>x<channels>x<height>x<width>`; extents of upsamplings are those of
  /// the smaller images.
  static var images: [Case] {
    var names: Set<String> = []
    let cases = Precision.floatingPoint.flatMap { precision in
      images(precision, latent: 32)
        + images(precision, latent: 64).map {
          var long = $0
          long.isLong = true
          return long
        }
    }
    return cases.filter { names.insert($0.name).inserted }
  }

  private static func images(_ precision: Precision, latent: Int) -> [Case] {
    let convolutions = decoderConvolutions.map {
      convolution($0.inputs, $0.outputs, precision, side: latent * $0.scale, latent: latent)
    }
    let norms = decoderNorms.map {
      groupNorm($0.channels, precision, side: latent * $0.scale, latent: latent)
    }
    let upsamplings = decoderUpsamplings.map {
      upsampling($0.channels, precision, side: latent * $0.scale, latent: latent)
    }
    let upsampledConvolutions = decoderUpsamplings.map {
      upsampledConvolution($0.channels, precision, side: latent * $0.scale, latent: latent)
    }
    return convolutions + upsampledConvolutions + norms + upsamplings
  }

  /// The decoder's convolutions, at a side of the latent's times the scale.
  private static let decoderConvolutions: [(inputs: Int, outputs: Int, scale: Int)] = [
    (4, 512, 1), (512, 512, 1), (512, 512, 2), (512, 512, 4), (512, 256, 4), (256, 256, 4),
    (256, 256, 8), (256, 128, 8), (128, 128, 8), (128, 3, 8),
  ]

  /// The decoder's norms, likewise.
  private static let decoderNorms: [(channels: Int, scale: Int)] = [
    (512, 1), (512, 2), (512, 4), (256, 4), (256, 8), (128, 8),
  ]

  /// The images that it upsamples, likewise.
  private static let decoderUpsamplings: [(channels: Int, scale: Int)] = [
    (512, 1), (512, 2), (256, 4),
  ]

  private static func note(_ latent: Int) -> String { "SD VAE decoder, latent \(latent)²" }

  private static func convolution(
    _ inputs: Int, _ outputs: Int, _ precision: Precision, side: Int, latent: Int
  ) -> Case {
    Case(
      family: "conv3x3", precision: precision, shape: [1, inputs, side, side, outputs].joined,
      note: note(latent),
      work: .operations(
        2 * Double(side * side * 9 * inputs * outputs),
        peak: .of(precision))
    ) {
      let weight = PackedKernel(numbers([outputs, inputs, 3, 3]), precision: precision)
      let (bias, images) = (numbers([outputs]), numbers([1, side, side, inputs]))
      let x = PaddedPixels(
        images, padding: weight.padding, in: Workspace(precision: precision))
      return { _ = Kernels.convolutionPixels(x, weight, bias: bias, in: $0) }
    }
  }

  private static func upsampledConvolution(
    _ channels: Int, _ precision: Precision, side: Int, latent: Int
  ) -> Case {
    Case(
      family: "upsampled-conv3x3", precision: precision,
      shape: [1, channels, side, side, channels].joined, note: note(latent),
      // Of the nine pixels that a result is made of, only four differ.
      work: .operations(
        2 * Double(4 * side * side * 4 * channels * channels),
        peak: .of(precision))
    ) {
      let images = numbers([1, side, side, channels])
      let x = PaddedPixels(
        images, padding: PackedUpsamplingKernel.padding, in: Workspace(precision: precision))
      let weight = PackedUpsamplingKernel(
        numbers([channels, channels, 3, 3]), precision: precision)
      let bias = numbers([channels])
      return { _ = Kernels.upsampledConvolution(x, weight, bias: bias, in: $0) }
    }
  }

  private static func groupNorm(
    _ channels: Int, _ precision: Precision, side: Int, latent: Int
  ) -> Case {
    // Read twice and written once.
    let bytes = precision == .bfloat16 && Workspace.hasTileUnit ? 6.0 : 12.0
    return Case(
      family: "group-norm-silu", precision: precision, shape: [1, channels, side, side].joined,
      note: note(latent), work: .bytes(bytes * Double(side * side * channels))
    ) {
      let images = numbers([1, side, side, channels])
      let x = PaddedPixels(images, in: Workspace(precision: precision))
      let (weight, bias) = (numbers([channels]), numbers([channels]))
      return {
        _ = Kernels.groupNorm(
          x, groups: 32, weight: weight, bias: bias, epsilon: 1e-6, activation: .silu,
          padding: Padding(1), in: $0)
      }
    }
  }

  private static func upsampling(
    _ channels: Int, _ precision: Precision, side: Int, latent: Int
  ) -> Case {
    let bytes = precision == .bfloat16 && Workspace.hasTileUnit ? 10.0 : 20.0
    return Case(
      family: "upsample", precision: precision, shape: [1, channels, side, side].joined,
      note: note(latent), work: .bytes(bytes * Double(side * side * channels))
    ) {
      let images = numbers([1, side, side, channels])
      let x = PaddedPixels(images, in: Workspace(precision: precision))
      return { _ = upsampled(x, by: 2, padding: Padding(1), in: $0) }
    }
  }
}
