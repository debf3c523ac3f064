/// The height and width of a sample: of an image in pixels, or of a latent in its own elements.
public struct SampleSize: Sendable, Hashable, CustomStringConvertible {
  /// The number of rows.
  public var height: Int
  /// The number of columns.
  public var width: Int

  /// A size.
  public init(height: Int, width: Int) { (self.height, self.width) = (height, width) }

  /// A square.
  public static func square(_ side: Int) -> Self { Self(height: side, width: side) }

  /// The size as `height × width`.
  public var description: String { "\(height) × \(width)" }
}

/// The sizes of samples that a model draws.
public enum SampleSizes: Sendable, Hashable {
  /// One size.
  case only(SampleSize)
  /// Any height and width that are multiples of a number, up to a largest one.
  case multiples(of: Int, upTo: Int)

  /// Whether a size is among them.
  public func contains(_ size: SampleSize) -> Bool {
    switch self {
    case .only(let only): size == only
    case .multiples(let unit, let largest):
      [size.height, size.width].allSatisfy { $0 > 0 && $0 % unit == 0 && $0 <= largest }
    }
  }

  /// The sizes in words.
  ///
  /// - Parameter scale: How many times as large as a sample its image is, along a side.
  /// - Returns: A size, or a rule.
  public func described(scale: Int = 1) -> String {
    switch self {
    case .only(let size):
      "\(SampleSize(height: scale * size.height, width: scale * size.width))"
    case .multiples(let unit, let largest):
      "multiples of \(scale * unit), up to \(scale * largest)"
    }
  }
}
