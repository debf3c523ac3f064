/// How the steps of a run are spread over the training timesteps.
///
/// Reference: [Lin et al., 2023](https://arxiv.org/abs/2305.08891), table 2.
public enum TimestepSpacing: String, Sendable, CaseIterable {
  /// Multiples of the step's length, rounded down, from the offset on.
  case leading
  /// Multiples of the step's length down from the last timestep.
  case trailing
  /// Evenly from the last timestep to the first.
  case linspace

  /// The timesteps of a run, falling; those of `linspace` may lie between two.
  ///
  /// - Parameters:
  ///   - steps: The number of timesteps.
  ///   - count: The number of training timesteps.
  ///   - offset: What is added to each; with `leading` only.
  /// - Returns: `steps` timesteps below `count`.
  /// - Throws: `SamplerError` where there are not so many, or the offset leads beyond the last.
  func timesteps(
    _ steps: Int, of count: Int, offset: Int
  ) throws(SamplerError) -> [Double] {
    guard (1...count).contains(steps) else { throw .stepCount(steps, allowed: 1...count) }
    switch self {
    case .leading:
      let stride = count / steps
      let largest = count - 1 - (steps - 1) * stride
      guard (0...largest).contains(offset) else {
        throw .timestepOffset(offset, allowed: 0...largest)
      }
      return (0..<steps).reversed().map { Double($0 * stride + offset) }
    case .trailing:
      let stride = Double(count) / Double(steps)
      return (0..<steps).map {
        (Double(count) - Double($0) * stride).rounded(.toNearestOrEven) - 1
      }
    case .linspace:
      let stride = steps == 1 ? 0 : Double(count - 1) / Double(steps - 1)
      return (0..<steps).reversed().map { Double($0) * stride }
    }
  }

  /// The same in integers.
  func wholeTimesteps(
    _ steps: Int, of count: Int, offset: Int
  ) throws(SamplerError) -> [Int] {
    try timesteps(steps, of: count, offset: offset).map { Int($0.rounded(.toNearestOrEven)) }
  }

  /// The whole timesteps of a multistep solver, which lead from the noise to the first timestep but
  /// leave that one to the last step's end.
  func solverTimesteps(
    _ steps: Int, of count: Int, offset: Int
  ) throws(SamplerError) -> [Int] {
    if self == .trailing { return try wholeTimesteps(steps, of: count, offset: offset) }
    guard (1..<count).contains(steps) else {
      throw .stepCount(steps, allowed: 1...max(1, count - 1))
    }
    return try wholeTimesteps(steps + 1, of: count, offset: offset).dropLast()
  }
}
