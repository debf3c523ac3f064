internal import Foundation

/// How β, the noise that training adds in one timestep, grows.
public enum BetaSchedule: String, Sendable, CaseIterable {
  /// Evenly.
  case linear
  /// Its root grows evenly, as latent diffusion has it.
  case scaledLinear = "scaled_linear"
  /// The share of the image that is left falls as a squared cosine.
  ///
  /// Reference: [Nichol and Dhariwal, 2021](https://arxiv.org/abs/2102.09672), equation 17.
  case squaredCosine = "squaredcos_cap_v2"

  /// β of each timestep.
  ///
  /// - Parameters:
  ///   - count: The number of timesteps.
  ///   - start: β at the first timestep; the squared cosine does not use it.
  ///   - end: β at the last timestep; the squared cosine does not use it.
  /// - Returns: `count` numbers.
  public func betas(count: Int, from start: Double, to end: Double) -> [Double] {
    func line(_ start: Double, _ end: Double) -> [Double] {
      (0..<count).map { start + (end - start) * Double($0) / Double(max(count - 1, 1)) }
    }
    switch self {
    case .linear: return line(start, end)
    case .scaledLinear: return line(start.squareRoot(), end.squareRoot()).map { $0 * $0 }
    case .squaredCosine:
      func alpha(_ t: Int) -> Double {
        let cosine = cos((Double(t) / Double(count) + 0.008) / 1.008 * .pi / 2)
        return cosine * cosine
      }
      return (0..<count).map { min(1 - alpha($0 + 1) / alpha($0), 0.999) }
    }
  }
}
