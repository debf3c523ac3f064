internal import Tensor

/// How much noise the training added at each timestep.
public struct NoiseSchedule: Sendable, Hashable {
  /// ᾱ, the share of the picture's variance that is left at each timestep, noise growing.
  public let cumulativeAlphas: [Double]

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
    let betas = (0..<count).map {
      start + (end - start) * Double($0) / Double(max(count - 1, 1))
    }
    return NoiseSchedule(betas: betas)
  }

  /// A schedule of given β.
  ///
  /// - Precondition: Each lies strictly between zero and one, and there is at least one.
  public init(betas: [Double]) {
    check(
      !betas.isEmpty && betas.allSatisfy { 0 < $0 && $0 < 1 },
      "noise schedule: betas must lie between zero and one")
    var product = 1.0
    cumulativeAlphas = betas.map { beta in
      product *= 1 - beta
      return product
    }
  }

  /// The number of training timesteps.
  public var count: Int { cumulativeAlphas.count }
}
