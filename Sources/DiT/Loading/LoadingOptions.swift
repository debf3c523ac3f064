internal import Kernels
internal import NN
internal import Tensor
internal import _KernelsMicro

/// How a model is to be read.
struct LoadingOptions {
  /// Where its autoencoder is; nil is where the model's layout has it.
  let autoencoder: String?
  /// The folder with `text_encoder` and `tokenizer`; nil is where the model's layout has them.
  let textEncoder: String?
  /// Which of several files of weights to read, such as `fp16`.
  let variant: String?
  /// Whether the autoencoder is to encode.
  let encodesImages: Bool
  /// The numbers to multiply; nil for those that suit the machine and the size of the model.
  let precision: Precision?
  /// Called after each tensor of the denoiser.
  let progress: Weights.Progress?
  /// The kernels to pack weights for.
  let table: KernelTable

  /// The weights of a denoiser, from a source of tensors of these shapes.
  ///
  /// - Throws: `ModelError.memory` where the machine has less memory than they take.
  func weights(_ source: some WeightSource, shapes: [[Int]]) throws(ModelError) -> Weights {
    let count = shapes.reduce(0) { $0 + $1.product }
    let precision =
      precision ?? source.quantizedPrecision
      ?? .automatic(parameterCount: count, table: table)
    let (needed, available) = (precision.byteCount(of: count), availableMemory())
    guard needed <= available else {
      throw .memory(
        file: source.description, needed: needed, available: available,
        precision: precision.rawValue,
        alternatives: Precision.allCases.filter { $0.byteCount(of: count) <= available }
          .map(\.rawValue))
    }
    return Weights(source, precision: precision, table: table, progress: progress)
  }

  /// The autoencoder for latents of a denoiser.
  ///
  /// - Parameters:
  ///   - standard: Its folder where the options name none.
  ///   - channels: The channels of the denoiser's latents.
  /// - Returns: The autoencoder.
  /// - Throws: An error that names the file, where it cannot be read or is not for such latents.
  func autoencoder(
    else standard: String, forLatentsOf channels: Int
  ) throws -> AutoencoderKL {
    let folder = try autoencoder.map { try ModelLocation.autoencoderFolder($0) } ?? standard
    let file = folder + "/config.json"
    let configuration = try AutoencoderKL.Configuration(path: file)
    try FileSettings(file: file).require(
      configuration.latentChannels == channels, "latent_channels", configuration.latentChannels,
      "\(channels), the channels that the transformer draws")
    let checkpoint = try Checkpoint(
      component: folder, variant: autoencoder == nil ? variant : nil)
    return try AutoencoderKL(
      configuration, from: Weights(checkpoint, precision: .float32, table: table),
      includesEncoder: encodesImages)
  }
}

extension WeightSource {
  /// The precision that quantized weights are for; nil where none are.
  fileprivate var quantizedPrecision: Precision? {
    let names = names
    if names.contains(where: { $0.hasSuffix(".weight_packed") }) { return .weights4 }
    return names.contains { $0.hasSuffix(".weight_scale") } ? .int8 : nil
  }
}
