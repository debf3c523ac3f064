extension PixArtTransformer {
  /// The sizes of a model.
  public struct Configuration: Sendable, Hashable {
    /// The size of the latents that the model was trained for.
    public var sampleSize: SampleSize
    /// The channels of a latent.
    public var channels: Int
    /// The channels of a prediction: those of a latent, and as many again for the variance.
    public var outputChannels: Int
    /// The side of a patch.
    public var patchSize: Int
    /// The number of elements of a token.
    public var width: Int
    /// The number of blocks.
    public var depth: Int
    /// The number of attention heads.
    public var headCount: Int
    /// The width between the two layers of the feed-forward branch.
    public var hiddenWidth: Int
    /// The number of elements of a text token, as it comes from the text encoder.
    public var textWidth: Int
    /// The most tokens of a text: 120 for PixArt-α, 300 for PixArt-Σ.
    public var textTokens: Int
    /// What positions are divided by: 2 for models of 1024 pixels, 1 for smaller ones.
    public var interpolationScale: Double
    /// Whether the height, width and aspect ratio of the image are a condition of the model.
    public var isToldSize: Bool
    /// The side of the squares of tokens that share a key and a value, in blocks that compress
    /// them; 1 where no block does.
    public var keyCompression: Int
    /// The ε of every LayerNorm.
    public var epsilon: Float
    /// Whose code the model follows.
    public var flavor: Flavor

    /// A configuration; the defaults are those of the published models at 1024 × 1024.
    public init(
      sampleSize: SampleSize = .square(128), channels: Int = 4, outputChannels: Int = 8,
      patchSize: Int = 2, width: Int = 1152, depth: Int = 28, headCount: Int = 16,
      hiddenWidth: Int? = nil, textWidth: Int = 4096, textTokens: Int = 120,
      interpolationScale: Double? = nil,
      isToldSize: Bool? = nil, keyCompression: Int = 1, epsilon: Float = 1e-6,
      flavor: Flavor = .diffusers
    ) {
      (self.sampleSize, self.channels, self.patchSize) = (sampleSize, channels, patchSize)
      (self.outputChannels, self.width, self.depth) = (outputChannels, width, depth)
      self.headCount = headCount
      (self.textWidth, self.textTokens) = (textWidth, textTokens)
      self.hiddenWidth = hiddenWidth ?? 4 * width
      self.interpolationScale = interpolationScale ?? Double(max(sampleSize.height / 64, 1))
      self.isToldSize = isToldSize ?? (sampleSize.height == 128)
      self.keyCompression = keyCompression
      (self.epsilon, self.flavor) = (epsilon, flavor)
    }

    /// The sizes and costs of a model of this configuration, for latents of the size that it was
    /// trained for.
    public var architecture: Architecture { architecture(for: sampleSize) }

    /// The same for latents of another size.
    ///
    /// Texts differ in length. Costs are those of the longest, as papers count them.
    func architecture(for size: SampleSize) -> Architecture {
      let tokens = size.height / patchSize * (size.width / patchSize)
      let (t, d, text) = (Double(tokens), Double(width), Double(textTokens))
      let patch = Double(patchSize * patchSize * (channels + outputChannels))
      return Architecture(
        name: "PixArt", sampleShape: [channels, size.height, size.width],
        outputChannels: outputChannels, tokenCount: tokens, width: width, depth: depth,
        branches: [
          .init(.attention, MultiplyAdds(linear: t * 4 * d * d, attention: 2 * t * t * d)),
          .init(
            .crossAttention, MultiplyAdds(linear: t * 2 * d * d, attention: 2 * t * text * d)),
          .init(.feedForward, MultiplyAdds(linear: t * 2 * d * Double(hiddenWidth))),
        ],
        blockConditioning: MultiplyAdds(linear: text * 2 * d * d),
        embedding: MultiplyAdds(linear: t * d * patch))
    }
  }
}
