/// A number of multiply-adds: of linear layers, and apart from them of attention's products.
public struct MultiplyAdds: Sendable, Hashable, Codable {
  /// Those of linear layers, which are what papers count.
  public var linear: Double
  /// Those of the two products of attention.
  public var attention: Double

  /// Both numbers.
  public init(linear: Double = 0, attention: Double = 0) {
    (self.linear, self.attention) = (linear, attention)
  }

  /// The sum of both.
  public var total: Double { linear + attention }

  /// The sum of two costs.
  public static func + (a: Self, b: Self) -> Self {
    Self(linear: a.linear + b.linear, attention: a.attention + b.attention)
  }

  /// The difference of two costs.
  public static func - (a: Self, b: Self) -> Self {
    Self(linear: a.linear - b.linear, attention: a.attention - b.attention)
  }

  /// Adds a cost.
  public static func += (a: inout Self, b: Self) { a = a + b }

  /// A cost so many times.
  public static func * (factor: Int, a: Self) -> Self {
    Self(linear: Double(factor) * a.linear, attention: Double(factor) * a.attention)
  }
}
