import Kernels
import ShowcaseModel
import Tensor
import Testing

@Suite struct FrechetDistanceTests {
  private let features: Tensor<Double> = [
    [0.2, 1.5, -0.3], [1.1, 0.4, 0.8], [-0.7, 0.9, 0.1], [0.5, -1.2, 1.9], [1.8, 0.3, -0.6],
    [0.1, 0.2, 0.4], [-1.3, 2.1, 0.7],
  ]
  private let mean: Tensor<Double> = [0.3, -0.1, 0.6]
  private let covariance: Tensor<Double> = [[1.2, 0.3, -0.2], [0.3, 0.8, 0.1], [-0.2, 0.1, 0.5]]

  /// The covariance of rows by plain loops.
  private func moments(_ x: Tensor<Double>) -> (mean: [Double], covariance: Tensor<Double>) {
    let (n, d) = (x.shape[0], x.shape[1])
    let mean = (0..<d).map { j in (0..<n).reduce(0) { $0 + x[$1, j].item } / Double(n) }
    let numbers = (0..<d).flatMap { a in
      (0..<d).map { b in
        (0..<n).reduce(0) { $0 + (x[$1, a].item - mean[a]) * (x[$1, b].item - mean[b]) }
          / Double(n - 1)
      }
    }
    return (mean, Tensor(numbers, shape: [d, d]))
  }

  /// The square root of a matrix that need not be symmetric, by the iteration of Denman and Beavers.
  private func root(_ matrix: Tensor<Double>) throws -> Tensor<Double> {
    var (y, z) = (matrix, Tensor<Double>(identity: matrix.shape[0]))
    for _ in 0..<50 { (y, z) = try ((y + z.inverse()) / 2, (z + y.inverse()) / 2) }
    return y
  }

  @Test func agreesWithTheRootOfTheProduct() throws {
    let distance = try FrechetDistance(mean: mean, covariance: covariance)
    let own = moments(features)
    let shared = try root(own.covariance • covariance).trace().item
    let expected =
      zip(own.mean, mean.elements).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      + own.covariance.trace().item + covariance.trace().item - 2 * shared
    #expect(abs(try #require(distance(features)) - expected) < 1e-10)
  }

  /// Features with exactly these moments are at no distance from them.
  @Test func isZeroForTheSameMoments() throws {
    let own = moments(features)
    let distance = try FrechetDistance(mean: Tensor(own.mean), covariance: own.covariance)
    #expect(abs(try #require(distance(features))) < 1e-12)
  }

  /// Of one feature it is (μ₁ - μ₂)² + (σ₁ - σ₂)².
  @Test func isPlainForOneFeature() throws {
    let distance = try FrechetDistance(mean: [2], covariance: [[9]])
    // Mean 5, variance 2.
    let found = try #require(distance([[4], [6], [5], [5], [3], [7]]))
    let difference = 3 - Double(2).squareRoot()
    #expect(abs(found - (9 + difference * difference)) < 1e-12)
  }

  @Test func rowsCountAsOftenAsTheyAreNamed() throws {
    let distance = try FrechetDistance(mean: mean, covariance: covariance)
    let draw = [0, 0, 3, 6, 2]
    let drawn = Tensor(stacking: draw.map { features[$0] })
    #expect(distance(features, rows: draw) == distance(drawn))
    #expect(distance(features[0..<1]) == nil)
  }
}
