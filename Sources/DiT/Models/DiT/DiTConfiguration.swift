extension DiffusionTransformer {
  /// The sizes of a model.
  public struct Configuration: Sendable, Hashable {
    /// The size of an image or latent.
    public var inputSize: SampleSize
    /// The channels of an image or latent.
    public var channels: Int
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
    /// The number of classes, the null class not counted.
    public var classCount: Int
    /// Whether the model also predicts the variance of a step.
    public var learnsSigma: Bool
    /// Whose code the model follows: the original's or diffusers'.
    public var flavor: Flavor
    /// The ε of the LayerNorm before the feed-forward branch.
    public var feedForwardEpsilon: Float

    /// A configuration; the defaults are those of the published models at 256 × 256.
    public init(
      inputSize: SampleSize = .square(32), channels: Int = 4, patchSize: Int, width: Int,
      depth: Int,
      headCount: Int, hiddenWidth: Int? = nil, classCount: Int = 1000, learnsSigma: Bool = true,
      flavor: Flavor = .original, feedForwardEpsilon: Float? = nil
    ) {
      (self.inputSize, self.channels, self.patchSize) = (inputSize, channels, patchSize)
      (self.width, self.depth, self.headCount) = (width, depth, headCount)
      self.hiddenWidth = hiddenWidth ?? 4 * width
      (self.classCount, self.learnsSigma) = (classCount, learnsSigma)
      self.flavor = flavor
      self.feedForwardEpsilon = feedForwardEpsilon ?? flavor.feedForwardEpsilon
    }

    /// DiT-S, 33 million parameters.
    public static func small(patchSize: Int, inputSize: SampleSize = .square(32)) -> Self {
      Self(inputSize: inputSize, patchSize: patchSize, width: 384, depth: 12, headCount: 6)
    }

    /// DiT-B, 130 million parameters.
    public static func base(patchSize: Int, inputSize: SampleSize = .square(32)) -> Self {
      Self(inputSize: inputSize, patchSize: patchSize, width: 768, depth: 12, headCount: 12)
    }

    /// DiT-L, 458 million parameters.
    public static func large(patchSize: Int, inputSize: SampleSize = .square(32)) -> Self {
      Self(inputSize: inputSize, patchSize: patchSize, width: 1024, depth: 24, headCount: 16)
    }

    /// DiT-XL, 675 million parameters.
    public static func extraLarge(patchSize: Int, inputSize: SampleSize = .square(32)) -> Self {
      Self(inputSize: inputSize, patchSize: patchSize, width: 1152, depth: 28, headCount: 16)
    }

    /// The rows and columns of patches.
    public var grid: (rows: Int, columns: Int) {
      (inputSize.height / patchSize, inputSize.width / patchSize)
    }
    /// The number of tokens.
    public var tokenCount: Int { grid.rows * grid.columns }
    /// The channels of a prediction.
    public var outputChannels: Int { learnsSigma ? 2 * channels : channels }
    /// The label that stands for no class.
    public var nullClass: Int { classCount }
    /// The shape of one image or latent.
    public var sampleShape: [Int] { [channels, inputSize.height, inputSize.width] }
  }
}
