public import Kernels
public import NN
public import Tensor
internal import _KernelsActive
package import _KernelsMicro

/// A model and all that is needed to draw images with it: the denoiser, the sampler's settings, the
/// text encoder where the model draws prompts, and the autoencoder where samples are latents.
public struct DiffusionPipeline: Sendable {
  /// The model that predicts the noise.
  public let denoiser: any Denoiser
  /// The names of the classes, by label; several names of one class stand with commas between them.
  ///
  /// Empty where the model draws no classes.
  public let classNames: [String]
  /// Encodes prompts; nil where the model draws classes, its folder has no text encoder, or it was
  /// opened without.
  public let textEncoder: T5TextEncoder?
  /// Cuts prompts into tokens; nil where the model draws classes, or its folder has no tokenizer.
  public let tokenizer: UnigramTokenizer?
  /// The settings that samplers of this model are made from.
  public let sampling: SamplerConfiguration
  /// The noise that the model was trained with.
  public let schedule: NoiseSchedule
  /// How the model is meant to be sampled.
  public let defaults: Defaults
  let space: SampleSpace

  /// How a model is meant to be sampled.
  public struct Defaults: Sendable, Hashable {
    /// The sampler.
    public var sampler = SamplerKind.ddim
    /// The number of steps.
    public var steps = 20
    /// How the steps are spread; nil is as `sampling` says.
    public var spacing: TimestepSpacing?
    /// The guidance scale.
    public var guidanceScale: Float = 4
    /// The channels that are guided.
    public var guidedChannels = Guidance.Channels.all
    /// The guidance of this scale and these channels.
    public var guidance: Guidance { Guidance(scale: guidanceScale, channels: guidedChannels) }
  }

  /// Opens a model.
  ///
  /// It may be
  ///
  /// - a folder with `config.json` and `model.safetensors`, in the layout of this package;
  /// - a folder of diffusers' `DiTPipeline`, `PixArtAlphaPipeline` or `PixArtSigmaPipeline`, with
  ///   `model_index.json`, `transformer`, `vae` and `scheduler`; safetensors are read before
  ///   PyTorch's files, each in one or several files;
  /// - a checkpoint of DiT's or PixArt's original code, with an autoencoder in a folder `vae`
  ///   beside it;
  /// - a name such as `facebook/DiT-XL-2-256`, of a folder of these in the cache of Hugging Face's
  ///   libraries (`HF_HUB_CACHE`, `HF_HOME`); nothing is downloaded.
  ///
  /// The weights are read from the mapped file and packed layer by layer, for the instruction set
  /// that is active. The autoencoder multiplies 32-bit numbers.
  ///
  /// - Parameters:
  ///   - folder: The path of the folder or checkpoint, or the name.
  ///   - autoencoder: The path of another autoencoder's folder, or its name; nil is the model's.
  ///   - textEncoder: The path of another folder with `text_encoder` and `tokenizer`; nil is the
  ///     model's.
  ///   - variant: Which of several files of weights to read, such as `fp16`, of the parts that have
  ///     it; one of them must.
  ///   - encodesImages: Whether the autoencoder's encoder is read too, for `encoded(_:)`.
  ///   - encodesTexts: Whether the text encoder is read too, where the model has one; texts that were
  ///     encoded before need none.
  ///   - precision: The precision of the model's products; nil chooses what suits the machine and
  ///     the size of the model, `Precision.automatic(parameterCount:)`.
  ///   - textPrecision: The precision of the text encoder; nil is `precision`.
  ///   - progress: Called after each tensor of the denoiser that was read and packed.
  /// - Throws: `ModelError`, `SafetensorsError`, `CheckpointError` or `WeightError`, each naming
  ///   the file; `ModelError.memory` before any weights are read, where the machine has less memory
  ///   than they take.
  public init(
    folder: String, autoencoder: String? = nil, textEncoder: String? = nil,
    variant: String? = nil, encodesImages: Bool = false, encodesTexts: Bool = true,
    precision: Precision? = .float32, textPrecision: Precision? = nil,
    progress: Weights.Progress? = nil
  ) throws {
    try self.init(
      folder: folder,
      LoadingOptions(
        autoencoder: autoencoder, textEncoder: textEncoder, variant: variant,
        encodesImages: encodesImages, encodesTexts: encodesTexts, precision: precision,
        textPrecision: textPrecision, progress: progress))
  }

  /// Opens a model for a given table of kernels and a given amount of memory.
  package init(
    folder: String, textEncoder: String? = nil, encodesTexts: Bool = true,
    precision: Precision?, progress: Weights.Progress? = nil, table: KernelTable,
    availableMemory: Int? = nil
  ) throws {
    try self.init(
      folder: folder,
      LoadingOptions(
        textEncoder: textEncoder, encodesTexts: encodesTexts, precision: precision,
        progress: progress, table: table,
        availableMemory: availableMemory ?? DiT.availableMemory()))
  }

  private init(folder: String, _ options: LoadingOptions) throws {
    switch try ModelLocation(folder) {
    case .ownFolder(let folder): try self.init(ownFolder: folder, options)
    case .diffusersFolder(let folder): self = try DiffusersFolder(folder).pipeline(options)
    case .originalCheckpoint(let path): try self.init(originalCheckpoint: path, options)
    }
  }

  init(
    denoiser: any Denoiser, space: SampleSpace, classNames: [String] = [],
    textEncoder: T5TextEncoder? = nil, tokenizer: UnigramTokenizer? = nil,
    sampling: SamplerConfiguration, defaults: Defaults
  ) throws(ModelError) {
    (self.denoiser, self.space, self.classNames) = (denoiser, space, classNames)
    (self.textEncoder, self.tokenizer) = (textEncoder, tokenizer)
    (self.sampling, self.defaults) = (sampling, defaults)
    schedule = try sampling.schedule(sampling.kind)
  }

  /// The decoder of samples that are latents; nil where they are images.
  public var autoencoder: AutoencoderKL? {
    if case .latents(let autoencoder) = space { autoencoder } else { nil }
  }

  /// The size in pixels of an image of the size that the model was trained for.
  public var imageSize: (height: Int, width: Int) { space.imageSize(denoiser.sampleSize) }

  /// The channels of an image.
  public var imageChannels: Int {
    autoencoder?.configuration.outputChannels ?? denoiser.architecture.channels
  }

  /// Encodes an image, for runs that start from it.
  ///
  /// - Parameters:
  ///   - image: 8-bit levels, `[height, width, imageChannels]`; resized to the size of the run.
  ///   - size: The size of a sample; nil is the one that the model was trained for.
  ///   - threads: The most threads to encode with; one for each processor by default.
  /// - Returns: The encoded image.
  /// - Precondition: The model was opened with `encodesImages` where its samples are latents.
  public func encoded(
    _ image: Tensor<UInt8>, size: SampleSize? = nil, threads: Int? = nil
  ) -> EncodedImage {
    check(
      image.rank == 3 && image.shape[2] == imageChannels && image.count > 0,
      "encoded: \(image.shape) is no image of \(imageChannels) channels")
    let size = size ?? denoiser.sampleSize
    return space.encoded(
      fitting(image, size)[.newAxis], size, in: autoencoderWorkspace(threads: threads))
  }

  /// The mask of a sample, for an `InitialImage`.
  ///
  /// - Parameters:
  ///   - image: 8-bit levels, `[height, width, 1]`, white where the image is to be drawn anew;
  ///     resized to the size of the run.
  ///   - size: The size of a sample; nil is the one that the model was trained for.
  /// - Returns: Ones, where the levels are at least half of white, and zeros;
  ///   `[1, 1, height, width]`.
  public func mask(_ image: Tensor<UInt8>, size: SampleSize? = nil) -> Tensor<Float> {
    check(
      image.rank == 3 && image.shape[2] == 1 && image.count > 0,
      "mask: \(image.shape) is no image of one channel")
    let size = size ?? denoiser.sampleSize
    return space.mask(fitting(image, size)[.all, .all, 0], size)
  }

  /// An image, resized to the image of a sample of a size.
  private func fitting(_ image: Tensor<UInt8>, _ size: SampleSize) -> Tensor<UInt8> {
    let size = space.imageSize(size)
    return resized(image, height: size.height, width: size.width)
  }

  /// Whether latents are decoded in one piece or in tiles.
  public enum Decoding: Sendable, Hashable {
    /// In one piece where the decoder's features fit in half of the machine's memory, else in tiles
    /// of the size that the autoencoder was trained on.
    case automatic
    /// In one piece.
    case whole
    /// In tiles.
    case tiles(AutoencoderKL.Tiling)
  }

  /// Turns finished samples into images.
  ///
  /// - Parameters:
  ///   - samples: Images or latents, `[batch, channels, height, width]`.
  ///   - decoding: Whether latents are decoded in tiles, which changes the image slightly.
  ///   - threads: The most threads to decode with; one for each processor by default.
  /// - Returns: 8-bit images, `[batch, height, width, imageChannels]`.
  public func images(
    _ samples: Tensor<Float>, decoding: Decoding = .automatic, threads: Int? = nil
  ) -> Tensor<UInt8> {
    let size = SampleSize(height: samples.shape[2], width: samples.shape[3])
    return space.images(
      samples, tiling: autoencoder?.tiling(decoding, for: size),
      in: autoencoderWorkspace(threads: threads))
  }

  /// A workspace for the autoencoder, which multiplies 32-bit numbers whatever the denoiser does.
  private func autoencoderWorkspace(threads: Int?) -> Workspace {
    Workspace(threads: threads, table: denoiser.workspace(threads: threads).table)
  }
}
