/// The height and width of a sample: of an image in pixels, or of a latent in its own.
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
