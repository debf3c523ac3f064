/// What a sample is to show.
public enum Condition: Sendable, CustomStringConvertible {
  /// A class of the model.
  case label(Int)
  /// A text.
  case text(EncodedText)

  /// The condition in words.
  public var description: String {
    switch self {
    case .label(let label): "class \(label)"
    case .text(let text): "a text of \(text.tokenCount) tokens of width \(text.width)"
    }
  }
}
