extension DiffusionTransformer.Configuration {
  /// The sizes and costs of a model of this configuration.
  public var architecture: Architecture {
    let (t, d, hidden) = (Double(tokenCount), Double(width), Double(hiddenWidth))
    let patch = Double(patchSize * patchSize * (channels + outputChannels))
    return Architecture(
      name: "DiT", sampleShape: sampleShape, outputChannels: outputChannels,
      tokenCount: tokenCount, width: width, depth: depth,
      branches: [
        .init(.attention, MultiplyAdds(linear: t * 4 * d * d, attention: 2 * t * t * d)),
        .init(.feedForward, MultiplyAdds(linear: t * 2 * d * hidden)),
      ],
      blockConditioning: MultiplyAdds(linear: 6 * d * d),
      embedding: MultiplyAdds(linear: t * d * patch))
  }

  /// The multiply-adds of the embeddings and all modulations for one timestep and label.
  ///
  /// - Parameter embeddings: The number of embeddings: one for all blocks, or one for each.
  /// - Returns: The multiply-adds.
  func conditionCost(embeddings: Int) -> MultiplyAdds {
    let d = Double(width)
    return MultiplyAdds(
      linear: Double(embeddings) * d * (256 + d) + Double(6 * depth + 2) * d * d)
  }
}
