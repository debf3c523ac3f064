internal import Kernels
internal import Tensor

/// What the samples of a model are: images, or latents of an autoencoder.
enum SampleSpace: Sendable {
  /// Images: the values of black and white, and the rows and columns that are not padding.
  case pixels(ClosedRange<Float>, rows: Range<Int>, columns: Range<Int>)
  /// Latents of an autoencoder.
  case latents(AutoencoderKL)

  /// The size of the image of a sample, in pixels.
  func imageSize(_ sample: SampleSize) -> (height: Int, width: Int) {
    switch self {
    case .pixels(_, let rows, let columns): (rows.count, columns.count)
    case .latents(let autoencoder):
      (
        autoencoder.configuration.scale * sample.height,
        autoencoder.configuration.scale * sample.width
      )
    }
  }

  /// Encodes an image for runs that start from it.
  ///
  /// - Parameters:
  ///   - image: 8-bit levels, `[1, height, width, channels]`, of the size `imageSize(size)`.
  ///   - size: The size of a sample.
  ///   - workspace: What to compute with.
  /// - Returns: A sample, or a distribution of latents.
  func encoded(
    _ image: Tensor<UInt8>, _ size: SampleSize, in workspace: Workspace
  ) -> EncodedImage {
    switch self {
    case .pixels(let range, let rows, let columns):
      let (low, high) = (range.lowerBound, range.upperBound)
      // The padding is black, as in training.
      var sample = Tensor(
        repeating: low, shape: [1, image.shape[3], size.height, size.width])
      sample[.all, .all, rows, columns] =
        image.permuted([0, 3, 1, 2]).converted(to: Float.self) * ((high - low) / 255) + low
      return EncodedImage(form: .sample(sample))
    case .latents(let autoencoder):
      let distribution = autoencoder.encode(AutoencoderKL.values(image), in: workspace)
      return EncodedImage(form: .latents(distribution, autoencoder))
    }
  }

  /// The mask of a sample.
  ///
  /// - Parameters:
  ///   - levels: 8-bit levels, `[height, width]`, of the size `imageSize(size)`.
  ///   - size: The size of a sample.
  /// - Returns: `[1, 1, height, width]`, one where the levels are at least half of white, else
  ///   zero.
  func mask(_ levels: Tensor<UInt8>, _ size: SampleSize) -> Tensor<Float> {
    let ones = (levels.converted(to: Float.self) - 127).clamped(to: 0...1)
    var mask = Tensor<Float>(ones: [1, 1, size.height, size.width])
    switch self {
    case .pixels(_, let rows, let columns): mask[0, 0, rows, columns] = ones
    case .latents(let autoencoder):
      // One pixel for each element of a latent, as diffusers takes it.
      let scale = autoencoder.configuration.scale
      mask[0, 0] = ones[.stride(by: scale), .stride(by: scale)]
    }
    return mask
  }

  /// The 8-bit images of samples.
  ///
  /// - Parameters:
  ///   - samples: `[batch, channels, height, width]`.
  ///   - tiling: How latents are cut for the decoder; nil decodes them whole.
  ///   - workspace: What to compute with.
  /// - Returns: `[batch, height, width, channels]`.
  func images(
    _ samples: Tensor<Float>, tiling: AutoencoderKL.Tiling?, in workspace: Workspace
  ) -> Tensor<UInt8> {
    switch self {
    case .pixels(let range, let rows, let columns):
      let (low, high) = (range.lowerBound, range.upperBound)
      let cropped = samples[.all, .all, rows, columns].permuted([0, 2, 3, 1])
      return ((cropped.clamped(to: range) - low) * (255 / (high - low))).rounded()
        .converted(to: UInt8.self)
    case .latents(let autoencoder):
      return AutoencoderKL.images(
        autoencoder.decode(autoencoder.unscaled(samples), tiling: tiling, in: workspace))
    }
  }
}
