internal import Kernels
internal import Tensor

/// What the samples of a model are.
enum SampleForm: Sendable {
  /// Pictures, with the values of black and white, and the rows and columns that show something.
  case pixels(ClosedRange<Float>, rows: Range<Int>, columns: Range<Int>)
  /// Latents of an autoencoder.
  case latents(AutoencoderKL)

  /// The size of the picture of a sample, in pixels.
  func pictureSize(
    _ c: DiffusionTransformer.Configuration
  ) -> (height: Int, width: Int) {
    switch self {
    case .pixels(_, let rows, let columns): (rows.count, columns.count)
    case .latents(let autoencoder):
      (autoencoder.configuration.scale * c.inputSide, autoencoder.configuration.scale * c.inputSide)
    }
  }

  /// The 8-bit pictures of samples, `[batch, height, width, channels]`.
  func pictures(_ samples: Tensor<Float>, in workspace: Workspace) -> Tensor<UInt8> {
    switch self {
    case .pixels(let range, let rows, let columns):
      let (low, high) = (range.lowerBound, range.upperBound)
      let cropped = samples[.all, .all, rows, columns].permuted([0, 2, 3, 1])
      return ((cropped.clamped(to: range) - low) * (255 / (high - low))).rounded()
        .converted(to: UInt8.self)
    case .latents(let autoencoder):
      return AutoencoderKL.pictures(
        autoencoder.decode(autoencoder.unscaled(samples), in: workspace))
    }
  }
}
