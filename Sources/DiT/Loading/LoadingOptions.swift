internal import Kernels
internal import NN
internal import Tensor
internal import _KernelsActive
internal import _KernelsMicro

/// How a model is to be read.
struct LoadingOptions {
  /// Where its autoencoder is; nil is where the model's layout has it.
  var autoencoder: String?
  /// The folder with `text_encoder` and `tokenizer`; nil is where the model's layout has them.
  var textEncoder: String?
  /// Which of several files of weights to read, such as `fp16`.
  var variant: String?
  /// Whether the autoencoder is to encode.
  var encodesImages = false
  /// Whether the text encoder is to be read.
  var encodesTexts = true
  /// The numbers to multiply; nil for those that suit the machine and the size of the model.
  var precision: Precision?
  /// The numbers that the text encoder is to multiply; nil for those of `precision`, or where there are
  /// none either, for those that suit the machine and its size.
  var textPrecision: Precision?
  /// Called after each tensor of the denoiser.
  var progress: Weights.Progress?
  /// The kernels to pack weights for.
  var table = KernelTable.active
  /// The bytes of memory that the model may take.
  var availableMemory = DiT.availableMemory()

  /// The weights of a denoiser, from a source of tensors of these shapes.
  ///
  /// - Parameters:
  ///   - source: The tensors.
  ///   - shapes: Their shapes.
  ///   - autoencoder: The autoencoder that is read besides.
  ///   - textEncoder: The text encoder that is read besides.
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
