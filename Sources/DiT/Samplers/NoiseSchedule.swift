internal import Tensor

/// How much noise the training added at each timestep.
public struct NoiseSchedule: Sendable, Hashable {
  /// ᾱ, the share of the image's variance that is left at each timestep, noise growing.
  public let cumulativeAlphas: [Double]
  /// Whether β is diffusers' squared cosine, for which its solvers round timesteps otherwise.
  var isSquaredCosine = false

  /// A schedule whose β grows evenly from the first timestep to the last.
  ///
  /// - Parameters:
  ///   - count: The number of training timesteps.
  ///   - start: β at the first timestep.
  ///   - end: β at the last timestep.
  /// - Returns: The schedule.
  /// - Precondition: `count` is positive and every β lies strictly between zero and one.
  public static func linear(count: Int = 1000, from start: Double = 1e-4, to end: Double = 0.02)
    -> NoiseSchedule
  {
    NoiseSchedule(betas: BetaSchedule.linear.betas(count: count, from: start, to: end))
  }

  /// A schedule of given β.
  ///
  /// - Parameters:
  ///   - betas: β of each timestep.
  ///   - singlePrecision: Whether β, 1 - β and ᾱ are rounded to 32 bits, as diffusers has them. At
  ///     the first timesteps that changes the noise by a ten-thousandth of it.
  /// - Precondition: Each lies strictly between zero and one, and there is at least one.
  public init(betas: [Double], singlePrecision: Bool = false) {
    check(
      !betas.isEmpty && betas.allSatisfy { 0 < $0 && $0 < 1 },
      "noise schedule: betas must lie between zero and one")
    var product = 1.0
    cumulativeAlphas = betas.map { beta in
      product *= singlePrecision ? Double(1 - Float(beta)) : 1 - beta
      return singlePrecision ? Double(Float(product)) : product
    }
  }

  private init(cumulativeAlphas: [Double]) { self.cumulativeAlphas = cumulativeAlphas }

  /// The schedule stretched so that at the last timestep there is nothing left of the image.
  ///
  /// Reference: [Lin et al., 2023](https://arxiv.org/abs/2305.08891), algorithm 1.
  public func rescaledToZeroSNR() -> NoiseSchedule {
    let roots = cumulativeAlphas.map { $0.squareRoot() }
    let (first, last) = (roots[0], roots[roots.count - 1])
    var schedule = NoiseSchedule(
      cumulativeAlphas: roots.map { root in
        let root = (root - last) * first / (first - last)
        return root * root
      })
    schedule.isSquaredCosine = isSquaredCosine
    return schedule
  }

  /// The number of training timesteps.
  public var count: Int { cumulativeAlphas.count }

  /// The ratio of noise to image at each timestep, `√((1 - ᾱ) / ᾱ)`, noise growing.
  ///
  /// Where nothing is left of the image, 2⁻²⁴ stands for that, so that the ratio is finite.
  var sigmas: [Double] {
    cumulativeAlphas.map { alpha in
      let alpha = alpha == 0 ? 0x1p-24 : alpha
      return ((1 - alpha) / alpha).squareRoot()
    }
  }
}
