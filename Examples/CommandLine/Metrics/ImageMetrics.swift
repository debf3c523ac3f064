internal import Foundation
package import Tensor

/// The peak signal-to-noise ratio of two 8-bit images in decibels; infinite if they are equal.
///
/// - Precondition: Both have the same shape.
package func psnr(_ a: Tensor<UInt8>, _ b: Tensor<UInt8>) -> Double {
  let difference = a.converted(to: Double.self) - b.converted(to: Double.self)
  let error = (difference * difference).mean().elements[0]
  return 10 * log10(255 * 255 / error)
}

/// The side of the windows that `ssim` compares, in pixels.
package let ssimWindow = 7

/// The structural similarity of two 8-bit images, 1 if they are equal.
///
/// The mean over all windows of 7 × 7 pixels that lie within the image, each channel by itself,
/// with K₁ = 0.01 and K₂ = 0.03.
///
/// Reference: Wang et al., 2004, "Image quality assessment: from error visibility to structural
/// similarity", with the uniform window and the sample covariance of scikit-image.
///
/// - Parameters:
///   - a: `[height, width, channels]`, both sides at least `ssimWindow`.
///   - b: An image of the same shape.
/// - Returns: From -1 to 1.
package func ssim(_ a: Tensor<UInt8>, _ b: Tensor<UInt8>) -> Double {
  let window = ssimWindow
  let (c1, c2): (Double, Double) = (6.5025, 58.5225)  // (0.01 · 255)², (0.03 · 255)²
  let (x, y) = (a.converted(to: Double.self), b.converted(to: Double.self))
  func local(_ values: Tensor<Double>) -> Tensor<Double> {
    let (height, width) = (values.shape[0] - window + 1, values.shape[1] - window + 1)
    let rows = (1..<window).reduce(values[0..<height]) { $0 + values[$1..<$1 + height] }
    let sums = (1..<window).reduce(rows[.all, 0..<width]) { $0 + rows[.all, $1..<$1 + width] }
    return sums / Double(window * window)
  }
  let unbiased = Double(window * window) / Double(window * window - 1)
  let (meanX, meanY) = (local(x), local(y))
  let varianceX = (local(x * x) - meanX * meanX) * unbiased
  let varianceY = (local(y * y) - meanY * meanY) * unbiased
  let covariance = (local(x * y) - meanX * meanY) * unbiased
  let similarity =
    (2 * meanX * meanY + c1) * (2 * covariance + c2)
    / ((meanX * meanX + meanY * meanY + c1) * (varianceX + varianceY + c2))
  return similarity.mean().elements[0]
}
