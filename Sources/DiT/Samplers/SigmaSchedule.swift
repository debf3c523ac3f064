internal import Foundation

/// How the noise levels of a run are spread.
public enum SigmaSpacing: String, Sendable, CaseIterable {
  /// As the timesteps are.
  case discrete
  /// The seventh root of σ falls evenly.
  ///
  /// Reference: [Karras et al., 2022](https://arxiv.org/abs/2206.00364), equation 5.
  case karras
  /// The logarithm of σ falls evenly.
  case exponential

  /// Noise levels, falling.
  ///
  /// - Parameters:
  ///   - steps: The number of levels.
  ///   - largest: The first of them.
  ///   - smallest: The last of them.
  /// - Returns: The levels; nil where the timesteps decide them.
  func sigmas(_ steps: Int, from largest: Double, to smallest: Double) -> [Double]? {
    func line(_ start: Double, _ end: Double) -> [Double] {
      (0..<steps).map { start + (end - start) * Double($0) / Double(max(steps - 1, 1)) }
    }
    switch self {
    case .discrete: return nil
    case .karras:
      let ρ = 7.0
      return line(pow(largest, 1 / ρ), pow(smallest, 1 / ρ)).map { pow($0, ρ) }
    case .exponential: return line(log(largest), log(smallest)).map { exp($0) }
    }
  }
}

/// The noise level that a run ends with.
public enum FinalSigma: String, Sendable, CaseIterable {
  /// None: the last step's sample is the image that the model predicts.
  case zero
  /// That of the first training timestep.
  case smallest = "sigma_min"
}

/// The noise levels of a run, as ratios σ of noise to image, and the timesteps that stand for them.
struct SigmaSchedule: Sendable {
  /// The training timesteps, falling; they may lie between two.
  let timesteps: [Double]
  /// The levels, falling: one for each timestep and the final one.
  let sigmas: [Double]

  /// The levels for a solver of the differential equation, where the model's input is scaled.
  ///
  /// - Parameters:
  ///   - timesteps: Timesteps, falling.
  ///   - spacing: How levels are spread between those of the first and the last timestep.
  ///   - final: The level to end with.
  ///   - schedule: The noise that the model was trained with.
  init(
    timesteps: [Double], spacing: SigmaSpacing, final: FinalSigma = .zero, schedule: NoiseSchedule
  ) {
    let table = schedule.sigmas
    let given = timesteps.map { Self.interpolated(table, at: Double(Float($0))) }
    if let spread = spacing.sigmas(given.count, from: given[0], to: given[given.count - 1]) {
      sigmas = spread + [final == .zero ? 0 : table[0]]
      let logarithms = schedule.logarithms
      self.timesteps = spread.map { Self.timestep(of: $0, in: table, logarithms) }
    } else {
      sigmas = given + [final == .zero ? 0 : table[0]]
      self.timesteps = timesteps
    }
  }

  /// The levels for a multistep solver, whose timesteps are whole and whose levels, where they are
  /// spread otherwise, reach over all of the training's.
  ///
  /// - Parameters:
  ///   - wholeTimesteps: Timesteps, falling.
  ///   - spacing: How levels are spread.
  ///   - final: The level to end with.
  ///   - rounding: How the timesteps of levels that are spread otherwise become whole.
  ///   - schedule: The noise that the model was trained with.
  init(
    wholeTimesteps: [Int], spacing: SigmaSpacing, final: FinalSigma,
    rounding: FloatingPointRoundingRule, schedule: NoiseSchedule
  ) {
    let table = schedule.sigmas
    if let spread = spacing.sigmas(
      wholeTimesteps.count, from: table[table.count - 1], to: table[0])
    {
      sigmas = spread + [final == .zero ? 0 : table[0]]
      let logarithms = schedule.logarithms
      timesteps = spread.map { Self.timestep(of: $0, in: table, logarithms).rounded(rounding) }
    } else {
      sigmas = wholeTimesteps.map { table[$0] } + [final == .zero ? 0 : table[0]]
      timesteps = wholeTimesteps.map(Double.init)
    }
  }

  /// The value of a table at a place that may lie between two of its entries.
  private static func interpolated(_ table: [Double], at place: Double) -> Double {
    let below = min(Int(place), table.count - 1)
    let above = min(below + 1, table.count - 1)
    return table[below] + (place - Double(below)) * (table[above] - table[below])
  }

  /// The timestep at which the training had a level, interpolated in its logarithm.
  private static func timestep(
    of sigma: Double, in table: [Double], _ logarithms: [Double]
  ) -> Double {
    guard table.count > 1 else { return 0 }
    let above = min(max(table.firstIndex { $0 > sigma } ?? table.count, 1), table.count - 1)
    let (low, high) = (logarithms[above - 1], logarithms[above])
    let share = (low - log(max(sigma, 1e-10))) / (low - high)
    return Double(above - 1) + min(max(share, 0), 1)
  }
}

extension NoiseSchedule {
  /// The logarithms of the noise levels.
  ///
  /// Those of diffusers' squared cosine have 32 bits, as there: where a timestep is rounded down,
  /// that decides whether a level of the table is its own timestep or the one below. (Of the other
  /// schedules, the last bits of diffusers' table are those of a vector unit.)
  fileprivate var logarithms: [Double] {
    sigmas.map { isSquaredCosine ? Double(log(Float($0))) : log($0) }
  }
}
