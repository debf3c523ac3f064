internal import Kernels
internal import NN
internal import Tensor
internal import _KernelsActive
internal import _KernelsMicro

/// The options with which a model is read.
struct LoadingOptions {
  /// The path of another autoencoder; nil is the model's own.
  var autoencoder: String?
  /// The path of another folder with `text_encoder` and `tokenizer`; nil is the model's own.
  var textEncoder: String?
  /// Which of several files of weights to read, such as `fp16`.
  var variant: String?
  /// Whether the autoencoder's encoder is read.
  var encodesImages = false
  /// Whether the text encoder is read.
  var encodesTexts = true
  /// The precision; nil chooses what suits the machine and the size of the model.
  var precision: Precision?
  /// The precision of the text encoder; nil is `precision` or, where that is nil too, what suits
  /// the machine and the size of the encoder.
  var textPrecision: Precision?
  /// Called after each tensor of the denoiser.
  var progress: Weights.Progress?
  /// The kernels to pack weights for.
  var table = KernelTable.active
  /// The bytes of memory that the model may take.
  var availableMemory = DiT.availableMemory()

  /// The weights of a denoiser, once the memory that the whole model needs is known to be there.
  ///
  /// - Parameters:
  ///   - source: The tensors.
  ///   - shapes: Their shapes.
  ///   - autoencoder: The autoencoder that will be read too.
  ///   - textEncoder: The text encoder that will be read too.
  /// - Returns: The weights, of which nothing is read yet.
  /// - Throws: `ModelError.memory` where there is less memory than all of them take.
  func weights(
    _ source: some WeightSource, shapes: [[Int]], besides autoencoder: AutoencoderFolder? = nil,
    _ textEncoder: TextEncoderFolder? = nil
  ) throws(ModelError) -> Weights {
    let count = shapes.reduce(0) { $0 + $1.product }
    let precision =
      precision ?? source.quantizedPrecision
      ?? .automatic(parameterCount: count, table: table)
    try MemoryEstimate(
      parameters: count, autoencoder: autoencoder?.byteCount ?? 0,
      textEncoder: textEncoder?.configuration
    ).require(
      precision, textPrecision: textEncoder?.precision ?? precision, file: source.description,
      available: availableMemory)
    return Weights(source, precision: precision, table: table, progress: progress)
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
