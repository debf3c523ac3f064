package import Kernels
package import Tensor

/// How far features of images are from those of some other images, as if both were normally
/// distributed.
///
/// It falls with the number of images, so it compares only sets of one size.
///
/// Reference: Heusel et al., 2017, "GANs trained by a two time-scale update rule".
package struct FrechetDistance: Sendable {
  private let mean: Tensor<Double>
  private let root: Tensor<Double>
  private let trace: Double

  /// The distance from features with a mean and a covariance.
  ///
  /// - Parameters:
  ///   - mean: `[features]`.
  ///   - covariance: `[features, features]`, symmetric and without negative eigenvalues.
  /// - Throws: `LinearAlgebraError` where the eigenvalues are not found, such as of NaN.
  package init(mean: Tensor<Double>, covariance: Tensor<Double>) throws(LinearAlgebraError) {
    let (values, vectors) = try covariance.symmetricEigen()
    self.mean = mean
    root = (vectors * maximum(values, 0).squareRoot()) • vectors.transposed()
    trace = covariance.trace().item
  }

  /// The distance of some features; nil for fewer than two rows.
  ///
  /// - Parameters:
  ///   - features: `[images, features]`.
  ///   - rows: The images that count, as often as they are named; nil is each once.
  /// - Returns: |μ₁ − μ₂|² + tr(C₁ + C₂ − 2 (C₁ C₂)^½).
  package func callAsFunction(_ features: Tensor<Double>, rows: [Int]? = nil) -> Double? {
    let x = rows.map { features.gathered(Tensor($0.map(Int64.init))) } ?? features
    guard x.shape[0] > 1 else { return nil }
    let own = x.mean(axes: [0])
    let centred = x - own
    let covariance = (centred.transposed() • centred) / Double(x.shape[0] - 1)
    // The eigenvalues of C₁ C₂ are those of the symmetric C₂^½ C₁ C₂^½.
    guard let values = try? (root • covariance • root).symmetricEigenvalues() else { return nil }
    let difference = own - mean
    return (difference * difference).sum().item + covariance.trace().item + trace
      - 2 * maximum(values, 0).squareRoot().sum().item
  }
}

extension Judge {
  /// The Fréchet distance of the features of images to those of the test set, with this judge's
  /// features in the place of Inception's; nil for fewer than two images.
  ///
  /// - Parameters:
  ///   - images: `[batch, 28, 28, 1]`, values from -1 to 1.
  ///   - draws: Lists of images, of which the distance is found too.
  ///   - workspace: What to compute with.
  /// - Returns: The distance of all images, and that of each list.
  package func frechetDistance(
    _ images: Tensor<Float>, draws: [[Int]] = [], in workspace: Workspace
  ) -> (value: Double, replicates: [Double])? {
    let features = features(of: images, in: workspace).converted(to: Double.self)
    guard
      let distance = try? FrechetDistance(
        mean: testMean.converted(to: Double.self),
        covariance: testCovariance.converted(to: Double.self)),
      let value = distance(features)
    else { return nil }
    return (value, draws.compactMap { distance(features, rows: $0) })
  }
}
