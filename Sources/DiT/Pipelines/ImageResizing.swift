internal import Foundation
package import Tensor

/// An image in another size, by Lanczos' filter of three lobes, widened where the image becomes
/// smaller, as Pillow does it.
///
/// - Parameters:
///   - image: `[height, width, channels]`.
///   - height: The rows of the result.
///   - width: Its columns.
/// - Returns: `[height, width, channels]`.
package func resized(_ image: Tensor<UInt8>, height: Int, width: Int) -> Tensor<UInt8> {
  let shape = image.shape
  let elements = image.withUnsafeElements { Array($0) }
  let rows = resampled(
    elements, groups: shape[0], from: shape[1], to: width, stride: shape[2])
  return Tensor(
    resampled(rows, groups: 1, from: shape[0], to: height, stride: width * shape[2]),
    shape: [height, width, shape[2]])
}

/// Groups of `length` entries of `stride` levels each, with another number of entries.
private func resampled(
  _ levels: [UInt8], groups: Int, from length: Int, to newLength: Int, stride: Int
) -> [UInt8] {
  guard newLength != length else { return levels }
  var result = [UInt8](repeating: 0, count: groups * newLength * stride)
  var sums = [Float](repeating: 0, count: stride)
  for place in 0..<newLength {
    let (first, weights) = lanczosWeights(of: place, from: length, to: newLength)
    for group in 0..<groups {
      for i in 0..<stride { sums[i] = 0 }
      for (offset, weight) in weights.enumerated() {
        let source = (group * length + first + offset) * stride
        for i in 0..<stride { sums[i] += weight * Float(levels[source + i]) }
      }
      let target = (group * newLength + place) * stride
      for i in 0..<stride {
        result[target + i] = UInt8(min(max(sums[i].rounded(), 0), 255))
      }
    }
  }
  return result
}

/// The first entry that a new one is made of, and the weights of it and those behind it.
private func lanczosWeights(
  of place: Int, from length: Int, to newLength: Int
) -> (first: Int, weights: [Float]) {
  let scale = Double(length) / Double(newLength)
  let widening = max(scale, 1)
  let center = (Double(place) + 0.5) * scale
  let first = max(0, Int(center - 3 * widening + 0.5))
  let end = min(length, Int(center + 3 * widening + 0.5))
  let weights = (first..<end).map { lanczos((Double($0) + 0.5 - center) / widening) }
  let sum = weights.reduce(0, +)
  return (first, weights.map { Float($0 / sum) })
}

/// Lanczos' filter of three lobes, `sinc x · sinc x/3`.
private func lanczos(_ x: Double) -> Double {
  func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(.pi * x) / (.pi * x) }
  return abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0
}
