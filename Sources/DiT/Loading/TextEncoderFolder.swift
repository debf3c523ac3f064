public import Kernels
internal import Tensor

/// The folders `tokenizer` and `text_encoder`, whose configuration is checked and whose weights are
/// not read yet.
struct TextEncoderFolder {
  /// The folder that has both.
  let path: String
  let configuration: T5Encoder.Configuration
  /// The most tokens of a text.
  let tokenLimit: Int
  let options: LoadingOptions

  var encoder: String { LoadingOptions.encoder(in: path) }

  /// The precision: that of the options, or what suits the machine and the size of the model.
  var precision: Precision {
    options.textPrecision ?? options.precision
      ?? .automatic(parameterCount: configuration.parameterCount, table: options.table)
  }

  /// Reads the tokenizer, and the weights where they are not streamed.
  func textEncoder() throws -> T5TextEncoder {
    try T5TextEncoder(
      tokenizer: path + "/tokenizer", encoder: encoder, variant: options.variant(of: encoder),
      tokenLimit: tokenLimit, precision: precision)
  }
}

extension LoadingOptions {
  /// The text encoder in the folders `tokenizer` and `text_encoder`, or where the options say.
  ///
  /// - Parameters:
  ///   - folder: The folder of the model.
  ///   - c: The model that reads the texts.
  /// - Returns: The folders; nil where the options want no text encoder, or the model's folder has
  ///   none, because the model shares it with another one.
  /// - Throws: An error that names the file where it is damaged, or makes texts of another width.
  func textEncoder(
    beside folder: String, _ c: PixArtTransformer.Configuration
  ) throws -> TextEncoderFolder? {
    let folder = textEncoder ?? folder
    let encoder = Self.encoder(in: folder)
    guard encodesTexts, textEncoder != nil || hasFile(encoder) else { return nil }
    let file = encoder + "/config.json"
    let configuration = try T5Encoder.Configuration(path: file)
    try FileSettings(file: file).require(
      configuration.width == c.textWidth, "d_model", configuration.width,
      "\(c.textWidth), the width of the texts that the transformer reads")
    return TextEncoderFolder(
      path: folder, configuration: configuration, tokenLimit: c.textTokens, options: self)
  }

  /// Throws where a text encoder was asked for, and the model draws classes.
  func requireNoTextEncoder(for model: String) throws(ModelError) {
    guard textEncoder == nil, textPrecision == nil else {
      throw .unused(
        model: model, part: "a text encoder (--text-encoder, --text-precision)",
        reason: "the model draws classes")
    }
  }

  /// The tokenizer in the folder `tokenizer`, or where the options say; nil where there is none.
  ///
  /// - Throws: `ModelError` where it is damaged.
  func tokenizer(beside folder: String) throws(ModelError) -> UnigramTokenizer? {
    let path = (textEncoder ?? folder) + "/tokenizer"
    return hasFile(path) ? try UnigramTokenizer(path: path) : nil
  }
}

extension DiffusionPipeline {
  /// Opens the text encoder of a model alone, as to encode prompts for another machine.
  ///
  /// - Parameters:
  ///   - folder: The path of a folder or checkpoint, or the name, as for `init`.
  ///   - textEncoder: The path of another folder with `text_encoder` and `tokenizer`; nil is the
  ///     model's.
  ///   - variant: Which of several files of weights to read, such as `fp16`.
  ///   - precision: The precision; nil chooses what suits the machine and the size of the model.
  /// - Returns: The encoder; nil where the model draws classes, or has none.
  /// - Throws: An error that names the file, where one is missing, damaged or not supported, and
  ///   `ModelError.memory` where the machine has less memory than it takes.
  public static func textEncoder(
    folder: String, textEncoder: String? = nil, variant: String? = nil,
    precision: Precision? = nil
  ) throws -> T5TextEncoder? {
    try self.textEncoder(
      folder: folder,
      LoadingOptions(textEncoder: textEncoder, variant: variant, precision: precision))
  }

  /// Opens a text encoder in so much memory.
  package static func textEncoder(
    folder: String, precision: Precision?, availableMemory: Int
  ) throws -> T5TextEncoder? {
    try textEncoder(
      folder: folder,
      LoadingOptions(precision: precision, availableMemory: availableMemory))
  }

  private static func textEncoder(
    folder: String, _ options: LoadingOptions
  ) throws -> T5TextEncoder? {
    let found: TextEncoderFolder?
    switch try ModelLocation(folder) {
    case .ownFolder: return nil
    case .diffusersFolder(let path):
      let folder = try DiffusersFolder(path)
      guard let tokens = folder.textTokens else { return nil }
      found = try options.textEncoder(
        beside: path, folder.pixArtConfiguration(textTokens: tokens))
    case .originalCheckpoint(let path):
      let checkpoint = try Checkpoint(path: path).trained()
      guard PixArtTransformer.Configuration.isOriginal(checkpoint) else { return nil }
      found = try options.textEncoder(
        beside: ModelLocation.parent(path), PixArtTransformer.Configuration(checkpoint))
    }
    guard let found else { return nil }
    try MemoryEstimate(textEncoder: found.configuration).require(
      found.precision, textPrecision: found.precision, file: found.encoder,
      available: options.availableMemory)
    if options.textEncoder != nil {
      try options.requireVariant(for: folder, in: [found.encoder])
    }
    return try found.textEncoder()
  }
}
