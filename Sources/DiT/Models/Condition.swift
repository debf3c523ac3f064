/// What a sample is to show.
public enum Condition: Sendable, CustomStringConvertible {
  /// A class of the model.
  case label(Int)

  /// The condition in words.
  public var description: String {
    switch self {
    case .label(let label): "class \(label)"
    }
  }
}
