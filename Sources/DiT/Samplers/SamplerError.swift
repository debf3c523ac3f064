/// A sampler cannot be made from these settings.
public enum SamplerError: Error, Equatable, CustomStringConvertible {
  /// More steps than the timesteps allow, or fewer than the method needs.
  case stepCount(Int, allowed: ClosedRange<Int>)
  /// η is not from zero to one.
  case eta(Double)
  /// The offset would lead to a timestep that there is not.
  case timestepOffset(Int, allowed: ClosedRange<Int>)
  /// The method does not have this order.
  case order(Int, allowed: ClosedRange<Int>)
  /// An image is to be changed by a share that is not from zero to one, or too small for a step.
  case strength(Double, steps: Int)
  /// The model predicts what the sampler cannot use.
  case prediction(Prediction.Kind, sampler: String)

  /// The error in a sentence.
  public var description: String {
    switch self {
    case .stepCount(let count, let allowed):
      "\(count) steps are not possible: from \(allowed.lowerBound) to \(allowed.upperBound) are"
    case .eta(let eta): "eta must be from 0 to 1, not \(eta)"
    case .timestepOffset(let offset, let allowed):
      "the offset of the timesteps must be from \(allowed.lowerBound) to \(allowed.upperBound), "
        + "not \(offset)"
    case .order(let order, let allowed):
      "the order must be from \(allowed.lowerBound) to \(allowed.upperBound), not \(order)"
    case .strength(let strength, let steps):
      (0...1).contains(strength)
        ? "strength \(strength) of \(steps) steps leaves none to take"
        : "the strength must be from 0 to 1, not \(strength)"
    case .prediction(let kind, let sampler):
      "sampler '\(sampler)' is not for models that predict '\(kind.rawValue)'"
    }
  }
}
