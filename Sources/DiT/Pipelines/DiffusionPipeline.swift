internal import Foundation
public import Kernels
internal import NN
public import Tensor
internal import _KernelsActive
package import _KernelsMicro

/// A model with all that it takes to make pictures with it.
public struct DiffusionPipeline: Sendable {
  /// The denoiser.
  public let model: DiffusionTransformer
  /// The names of the classes, by label.
  public let classNames: [String]
  /// The noise that the model was trained with.
  public let schedule: NoiseSchedule
  /// How the model is meant to be sampled.
  public let defaults: Defaults
  private let range: ClosedRange<Float>
  private let crop: (rows: Range<Int>, columns: Range<Int>)

  /// How a model is meant to be sampled.
  public struct Defaults: Sendable, Hashable {
    /// The sampler.
    public var sampler = SamplerKind.ddim
    /// The number of steps.
    public var steps = 20
    /// How the steps are spread.
    public var spacing = TimestepSpacing.leading
    /// The guidance scale.
    public var guidanceScale: Float = 4
  }

  /// Opens a model folder, which holds `config.json` and `model.safetensors`.
  ///
  /// The weights are read from the mapped file and packed layer by layer, for the instruction set
  /// that is active.
  ///
  /// - Parameters:
  ///   - folder: The path of the folder.
  ///   - precision: The numbers that the model is to multiply; nil for those that suit the machine
  ///     and the size of the model, `Precision.automatic(parameterCount:)`.
  /// - Throws: `ModelError`, `SafetensorsError` or `WeightError`, each naming the file.
  public init(folder: String, precision: Precision? = .float32) throws {
    try self.init(folder: folder, precision: precision, table: .active)
  }

  package init(folder: String, precision: Precision?, table: KernelTable) throws {
    let file = folder + "/config.json"
    let description: ModelDescription = try FileSettings.decoded(path: file)
    let configuration = try description.configuration(file: file)
    range = try description.range(file: file)
    crop = try description.crop(file: file)
    schedule = .linear(
      count: description.diffusion.numTrainTimesteps, from: description.diffusion.betaStart,
      to: description.diffusion.betaEnd)
    classNames = (0..<configuration.classCount).map {
      description.id2label?[String($0)] ?? "class \($0)"
    }
    defaults = try Self.defaults(
      description.sampler, timestepCount: schedule.count, file: file)
    let weights = try SafetensorsFile(path: folder + "/model.safetensors")
    let precision =
      precision
      ?? .automatic(
        parameterCount: weights.entries.reduce(0) { $0 + $1.shape.product }, table: table)
    model = try DiffusionTransformer(
      configuration, from: Weights(weights, precision: precision, table: table))
  }

  private static func defaults(
    _ sampler: ModelDescription.Sampler?, timestepCount: Int, file: String
  ) throws(ModelError) -> Defaults {
    var defaults = Defaults()
    let settings = FileSettings(file: file)
    defaults.sampler = try settings.choice(
      "sampler.name", sampler?.name, else: defaults.sampler,
      of: SamplerKind.allCases.filter { $0 != .flowEuler })
    defaults.spacing = try settings.choice(
      "sampler.timestep_spacing", sampler?.timestepSpacing, else: defaults.spacing)
    defaults.guidanceScale = sampler?.guidanceScale ?? defaults.guidanceScale
    defaults.steps = try settings.number(
      "sampler.steps", sampler?.steps, else: min(defaults.steps, timestepCount),
      in: 1...timestepCount)
    return defaults
  }

  /// The settings that samplers of this model are made from.
  public var sampling: SamplerConfiguration {
    SamplerConfiguration(
      kind: defaults.sampler, spacing: defaults.spacing, schedule: schedule,
      learnsVariance: model.configuration.learnsSigma)
  }

  /// The size of a picture in pixels.
  public var pictureSize: (height: Int, width: Int) { (crop.rows.count, crop.columns.count) }

  /// The pictures that finished samples are.
  ///
  /// - Parameter latents: Samples, `[batch, channels, side, side]`.
  /// - Returns: 8-bit pictures, `[batch, height, width, channels]`.
  public func pictures(_ latents: Tensor<Float>) -> Tensor<UInt8> {
    let (low, high) = (range.lowerBound, range.upperBound)
    let cropped = latents[.all, .all, crop.rows, crop.columns].permuted([0, 2, 3, 1])
    return ((cropped.clamped(to: range) - low) * (255 / (high - low))).rounded()
      .converted(to: UInt8.self)
  }
}
