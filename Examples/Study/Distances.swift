package import Tensor
internal import _ExampleCommandLine

/// How near images are to those of a reference, image by image.
package struct Distances: Codable, Hashable, Sendable {
  /// ‖x − reference‖ / ‖reference‖ of the finished samples.
  package let latentError: [Double]
  /// In decibels; 100 stands for equal images.
  package let psnr: [Double]
  /// From -1 to 1; empty where images are smaller than its window.
  package let ssim: [Double]

  /// Compares samples and their images with those of a reference.
  ///
  /// - Parameters:
  ///   - latents: `[images] + sampleShape`.
  ///   - images: `[height, width, channels]` each.
  ///   - reference: As `latents`.
  ///   - referenceImages: As `images`.
  package init(
    _ latents: Tensor<Float>, _ images: [Tensor<UInt8>], to reference: Tensor<Float>,
    _ referenceImages: [Tensor<UInt8>]
  ) {
    latentError = images.indices.map { relativeError(latents[$0], reference[$0]) }
    psnr = zip(images, referenceImages).map { min(_ExampleCommandLine.psnr($0, $1), 100) }
    let hasWindows = images.allSatisfy { min($0.shape[0], $0.shape[1]) >= ssimWindow }
    ssim =
      hasWindows ? zip(images, referenceImages).map { _ExampleCommandLine.ssim($0, $1) } : []
  }
}

/// ‖a − b‖ / ‖b‖; that of a sample of zeros counts as of one.
private func relativeError(_ a: Tensor<Float>, _ b: Tensor<Float>) -> Double {
  let difference = a.converted(to: Double.self) - b.converted(to: Double.self)
  let square = b.converted(to: Double.self)
  let norm = (square * square).sum().item
  return ((difference * difference).sum().item / (norm > 0 ? norm : 1)).squareRoot()
}
