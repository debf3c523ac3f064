public import Kernels
public import Tensor
internal import _KernelsActive
package import _KernelsMicro

/// A model with all that it takes to make pictures with it: the embedding of the class, the
/// denoiser, the sampler's settings, and the decoder where samples are latents.
public struct DiffusionPipeline: Sendable {
  /// The denoiser, with the embedding of the class.
  public let model: DiffusionTransformer
  /// The names of the classes, by label; a name may be several, with commas between them.
  public let classNames: [String]
  /// The settings that samplers of this model are made from.
  public let sampling: SamplerConfiguration
  /// The noise that the model was trained with.
  public let schedule: NoiseSchedule
  /// How the model is meant to be sampled.
  public let defaults: Defaults
  private let form: SampleForm

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
  }

  /// Opens a model.
  ///
  /// It may be
  ///
  /// - a folder with `config.json` and `model.safetensors`, in the layout of this package;
  /// - a folder of diffusers' `DiTPipeline`, with `model_index.json`, `transformer`, `vae` and
  ///   `scheduler`; safetensors are read before PyTorch's files, each in one or several files;
  /// - a checkpoint of the original code, with an autoencoder in a folder `vae` beside it;
  /// - a name such as `facebook/DiT-XL-2-256`, of a folder of these in the cache of Hugging Face's
  ///   libraries (`HF_HUB_CACHE`, `HF_HOME`); nothing is downloaded.
  ///
  /// The weights are read from the mapped file and packed layer by layer, for the instruction set
  /// that is active. The autoencoder multiplies 32-bit numbers.
  ///
  /// - Parameters:
  ///   - folder: The path of the folder or checkpoint, or the name.
  ///   - autoencoder: The path of another autoencoder's folder, or its name; nil is the model's.
  ///   - variant: Which of several files of weights to read, such as `fp16`.
  ///   - precision: The numbers that the model is to multiply; nil for those that suit the machine
  ///     and the size of the model, `Precision.automatic(parameterCount:)`.
  /// - Throws: `ModelError`, `SafetensorsError`, `CheckpointError` or `WeightError`, each naming the
  ///   file.
  public init(
    folder: String, autoencoder: String? = nil, variant: String? = nil,
    precision: Precision? = .float32
  ) throws {
    try self.init(
      folder: folder, autoencoder: autoencoder, variant: variant, precision: precision,
      table: .active)
  }

  package init(
    folder: String, autoencoder: String? = nil, variant: String? = nil, precision: Precision?,
    table: KernelTable
  ) throws {
    let options = LoadingOptions(
      autoencoder: autoencoder, variant: variant, precision: precision, table: table)
    switch try ModelLocation(folder) {
    case .ownFolder(let folder): try self.init(ownFolder: folder, options)
    case .diffusersFolder(let folder): try self.init(diffusersFolder: folder, options)
    case .originalCheckpoint(let path): try self.init(originalCheckpoint: path, options)
    }
  }

  init(
    model: DiffusionTransformer, form: SampleForm, labels: [String: String]?,
    sampling: SamplerConfiguration, defaults: Defaults
  ) throws(ModelError) {
    (self.model, self.form, self.sampling, self.defaults) = (model, form, sampling, defaults)
    schedule = try sampling.schedule(sampling.kind)
    classNames = (0..<model.configuration.classCount).map {
      labels?[String($0)] ?? "class \($0)"
    }
  }

  /// The decoder of samples that are latents; nil where they are pictures.
  public var autoencoder: AutoencoderKL? {
    if case .latents(let autoencoder) = form { autoencoder } else { nil }
  }

  /// The size of a picture in pixels.
  public var pictureSize: (height: Int, width: Int) { form.pictureSize(model.configuration) }

  /// The channels of a picture.
  public var pictureChannels: Int {
    autoencoder?.configuration.outputChannels ?? model.configuration.channels
  }

  /// The pictures that finished samples are.
  ///
  /// - Parameters:
  ///   - samples: Pictures or latents, `[batch, channels, side, side]`.
  ///   - threads: The most threads to decode with; one for each processor by default.
  /// - Returns: 8-bit pictures, `[batch, height, width, pictureChannels]`.
  public func pictures(_ samples: Tensor<Float>, threads: Int? = nil) -> Tensor<UInt8> {
    form.pictures(samples, in: Workspace(threads: threads, table: model.table))
  }
}
