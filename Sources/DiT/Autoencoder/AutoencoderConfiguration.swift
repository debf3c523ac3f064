internal import Tensor

extension AutoencoderKL {
  /// The sizes of an autoencoder.
  public struct Configuration: Sendable, Hashable {
    /// The channels of the images that it takes.
    public var inputChannels: Int
    /// The channels of the images that it gives.
    public var outputChannels: Int
    /// The channels of a latent.
    public var latentChannels: Int
    /// The channels of each stage, from that of the image's resolution to that of the latent's.
    public var stageChannels: [Int]
    /// The residual blocks of a stage of the encoder; the decoder's have one more.
    public var blocksPerStage: Int
    /// The groups of a group norm.
    public var groups: Int
    /// Whether there is attention where the features are smallest.
    public var hasAttention: Bool
    /// Whether a 1 × 1 convolution follows the encoder.
    public var quantizes: Bool
    /// Whether a 1 × 1 convolution precedes the decoder.
    public var dequantizes: Bool
    /// The side of the images that the model was trained on.
    public var sampleSide: Int
    /// What a latent is multiplied with for a diffusion model.
    public var scalingFactor: Double
    /// What is subtracted from a latent before that.
    public var latentShift: Double

    /// A configuration; the defaults are those of Stable Diffusion and DiT.
    public init(
      inputChannels: Int = 3, outputChannels: Int = 3, latentChannels: Int = 4,
      stageChannels: [Int] = [128, 256, 512, 512], blocksPerStage: Int = 2, groups: Int = 32,
      hasAttention: Bool = true, quantizes: Bool = true, dequantizes: Bool = true,
      sampleSide: Int = 256, scalingFactor: Double = 0.18215, latentShift: Double = 0
    ) {
      check(
        !stageChannels.isEmpty && stageChannels.allSatisfy { $0 % groups == 0 },
        "autoencoder: \(groups) groups do not divide the stages' channels \(stageChannels)")
      (self.inputChannels, self.outputChannels) = (inputChannels, outputChannels)
      (self.latentChannels, self.stageChannels) = (latentChannels, stageChannels)
      (self.blocksPerStage, self.groups) = (blocksPerStage, groups)
      self.hasAttention = hasAttention
      (self.quantizes, self.dequantizes) = (quantizes, dequantizes)
      self.sampleSide = sampleSide
      (self.scalingFactor, self.latentShift) = (scalingFactor, latentShift)
    }

    /// Reads diffusers' `config.json` of an autoencoder.
    ///
    /// - Parameter path: The path of the file.
    /// - Throws: `ModelError` where it cannot be read or is no JSON, or where a field has a value
    ///   that is not served; it names the file and the field.
    public init(path: String) throws(ModelError) {
      let fields: AutoencoderFields = try FileSettings.decoded(path: path)
      self = try fields.configuration(FileSettings(file: path))
    }

    /// The side of an image over that of its latent.
    public var scale: Int { 1 << (stageChannels.count - 1) }
    /// The tiles that suit the model, those of the size it was trained on.
    public var tiling: Tiling { Tiling(side: max(1, sampleSide / scale)) }
    /// The channels at the resolution of the image.
    var outerChannels: Int { stageChannels[0] }
    /// The channels at the resolution of the latent.
    var innerChannels: Int { stageChannels[stageChannels.count - 1] }
  }
}
