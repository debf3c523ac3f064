public import Tensor

// Numbers as diffusers' VaeImageProcessor has them.
extension AutoencoderKL {
  /// The 8-bit images of a decoder's result.
  ///
  /// - Parameter values: `[batch, channels, height, width]`; -1 is black, 1 is white, and what is
  ///   beyond becomes black or white.
  /// - Returns: `[batch, height, width, channels]`, rounded to the nearest level, halves to the even
  ///   one.
  public static func images(_ values: Tensor<Float>) -> Tensor<UInt8> {
    check(values.rank == 4, "images: values of shape \(values.shape) are none")
    let shares = (values.permuted([0, 2, 3, 1]) * 0.5 + 0.5).clamped(to: 0...1)
    return (shares * 255).rounded().converted(to: UInt8.self)
  }

  /// What an encoder takes of 8-bit images.
  ///
  /// - Parameter images: `[batch, height, width, channels]`.
  /// - Returns: `[batch, channels, height, width]`, from -1 for black to 1 for white.
  public static func values(_ images: Tensor<UInt8>) -> Tensor<Float> {
    check(images.rank == 4, "images: levels of shape \(images.shape) are none")
    return images.permuted([0, 3, 1, 2]).converted(to: Float.self) / 255 * 2 - 1
  }
}
