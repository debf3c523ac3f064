internal import DiT
internal import Kernels
internal import ShowcaseModel
package import Tensor

extension Study {
  /// Whether the judge finds each image, `[height, width, channels]`, in its class; empty where there
  /// is no judge.
  package func recognised(_ images: [Tensor<UInt8>]) -> [Bool] {
    guard let judge else { return [] }
    let labels = conditions.map { if case .label(let label) = $0 { label } else { -1 } }
    return judge.recognised(pixels(images), labels: labels, in: Workspace(threads: threads))
  }

  /// The images that a Fréchet distance needs: of fewer it tells their number more than anything else.
  package static let leastForFrechetDistance = 64

  /// The Fréchet distance of the judge's features to those of the test set; nil where there is no
  /// judge, and for fewer than `leastForFrechetDistance` images.
  ///
  /// - Parameters:
  ///   - images: `[height, width, channels]` each.
  ///   - draws: Lists of images, of which the distance is found too.
  /// - Returns: The distance of all images, and that of each list.
  package func frechetDistance(
    _ images: [Tensor<UInt8>], draws: [[Int]]
  ) -> (value: Double, replicates: [Double])? {
    guard let judge, images.count >= Self.leastForFrechetDistance else { return nil }
    return judge.frechetDistance(pixels(images), draws: draws, in: Workspace(threads: threads))
  }

  /// Values from -1 to 1.
  private func pixels(_ images: [Tensor<UInt8>]) -> Tensor<Float> {
    Tensor(stacking: images).converted(to: Float.self) / 127.5 - 1
  }
}
