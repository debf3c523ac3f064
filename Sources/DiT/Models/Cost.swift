/// A number of multiply-adds, those of linear layers and those of attention products apart.
public struct MultiplyAdds: Sendable, Hashable, Codable {
  /// Of linear layers, which is what the papers count.
  public var linear: Double
  /// Of the two products of attention.
  public var attention: Double

  /// Both numbers.
  public init(linear: Double = 0, attention: Double = 0) {
    (self.linear, self.attention) = (linear, attention)
  }

  /// The sum of both.
  public var total: Double { linear + attention }

  static func + (a: Self, b: Self) -> Self {
    Self(linear: a.linear + b.linear, attention: a.attention + b.attention)
  }

  static func * (factor: Int, a: Self) -> Self {
    Self(linear: Double(factor) * a.linear, attention: Double(factor) * a.attention)
  }
}

extension DiffusionTransformer.Configuration {
  /// The multiply-adds of one block for one image, as the papers count: with its modulation.
  public var blockCost: MultiplyAdds {
    let (t, d) = (Double(tokenCount), Double(width))
    return MultiplyAdds(linear: blockTokenCost.linear + 6 * d * d, attention: 2 * t * t * d)
  }

  /// The multiply-adds of one block for the tokens of one image.
  var blockTokenCost: MultiplyAdds {
    let (t, d) = (Double(tokenCount), Double(width))
    return MultiplyAdds(
      linear: t * (4 * d * d + 2 * d * Double(hiddenWidth)), attention: 2 * t * t * d)
  }

  /// The multiply-adds of the patch embedding and the last layer for one image.
  var embeddingCost: MultiplyAdds {
    let patch = Double(patchSize * patchSize * (channels + outputChannels))
    return MultiplyAdds(linear: Double(tokenCount) * Double(width) * patch)
  }

  /// The multiply-adds of the conditions and all modulations for one timestep and label.
  ///
  /// - Parameter embeddings: The number of embeddings, each of which makes a condition.
  /// - Returns: The multiply-adds.
  func conditionCost(embeddings: Int) -> MultiplyAdds {
    let d = Double(width)
    return MultiplyAdds(
      linear: Double(embeddings) * d * (256 + d) + Double(6 * depth + 2) * d * d)
  }
}
