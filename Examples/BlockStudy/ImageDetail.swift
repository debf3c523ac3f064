internal import Foundation
internal import Tensor

/// The mean size of an image's gradient, by Sobel's operator: how clear its outlines are.
///
/// - Parameter image: 8-bit levels, `[height, width, channels]`.
/// - Returns: The mean of √((∂x² + ∂y²) / 2) over all pixels that have neighbours, in levels.
func meanGradient(_ image: Tensor<UInt8>) -> Double {
  let x = image.converted(to: Double.self)
  let (height, width) = (x.shape[0], x.shape[1])
  guard height > 2, width > 2 else { return 0 }
  func shifted(_ row: Int, _ column: Int) -> Tensor<Double> {
    x[row..<row + height - 2, column..<column + width - 2]
  }
  let across =
    shifted(0, 2) + 2 * shifted(1, 2) + shifted(2, 2)
    - (shifted(0, 0) + 2 * shifted(1, 0) + shifted(2, 0))
  let down =
    shifted(2, 0) + 2 * shifted(2, 1) + shifted(2, 2)
    - (shifted(0, 0) + 2 * shifted(0, 1) + shifted(0, 2))
  return ((across * across + down * down) / 2).squareRoot().mean().item
}

/// How far the low and the high frequencies of an image are from those of a reference.
///
/// High are those above a quarter of a period for each pixel, half of the highest one along an axis.
///
/// - Parameters:
///   - image: 8-bit levels, `[height, width, channels]`.
///   - reference: An image of the same shape.
/// - Returns: ‖image − reference‖ / ‖reference‖ of each part; the mean level is in neither.
func frequencyErrors(
  _ image: Tensor<UInt8>, to reference: Tensor<UInt8>
) -> (low: Double, high: Double) {
  let (height, width) = (image.shape[0], image.shape[1])
  let rows = Tensor<Double>.fftFrequencies(count: height).reshaped([height, 1])
  let columns = Tensor<Double>.fftFrequencies(count: width)
  let radii = (rows * rows + columns * columns).squareRoot().elements
  let (a, b) = (image.converted(to: Double.self), reference.converted(to: Double.self))
  func powers(_ x: Tensor<Double>) -> [Double] {
    x.permuted([2, 0, 1]).fft2().squaredMagnitude.sum(axes: [0]).elements
  }
  let (differences, sizes) = (powers(a - b), powers(b))
  func error(_ isPart: (Double) -> Bool) -> Double {
    let places = radii.indices.filter { isPart(radii[$0]) }
    let size = places.reduce(0) { $0 + sizes[$1] }
    return size > 0 ? (places.reduce(0) { $0 + differences[$1] } / size).squareRoot() : 0
  }
  return (error { $0 > 0 && $0 <= 0.25 }, error { $0 > 0.25 })
}
