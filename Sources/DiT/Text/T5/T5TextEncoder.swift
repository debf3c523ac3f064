public import Kernels
internal import Tensor

/// A tokenizer and a T5 encoder, which together turn prompts into hidden states for a denoiser.
public struct T5TextEncoder: Sendable {
  /// Cuts prompts into tokens.
  public let tokenizer: UnigramTokenizer
  /// Makes hidden states of tokens.
  public let encoder: T5Encoder
  /// The most tokens of a prompt, the end token included: 120 for PixArt-α, 300 for PixArt-Σ.
  public let tokenLimit: Int
  /// How a prompt is changed first.
  public let preparation: PromptPreparation

  /// Puts a tokenizer and an encoder together.
  ///
  /// - Parameters:
  ///   - tokenizer: Cuts prompts into tokens.
  ///   - encoder: Makes hidden states of tokens.
  ///   - tokenLimit: The most tokens of a prompt, the end token included.
  ///   - preparation: How a prompt is changed first.
  /// - Throws: `ModelError`, where the tokenizer has ids that the encoder has no embedding for.
  public init(
    tokenizer: UnigramTokenizer, encoder: T5Encoder, tokenLimit: Int,
    preparation: PromptPreparation = .lowercased
  ) throws(ModelError) {
    let count = encoder.configuration.vocabularySize
    guard tokenizer.vocabularySize <= count else {
      throw .malformed(
        file: tokenizer.path,
        reason: "it has \(tokenizer.vocabularySize) tokens, and the encoder embeddings for \(count)"
      )
    }
    check(tokenLimit > 0, "text encoder: a limit of \(tokenLimit) tokens has no room for the end")
    (self.tokenizer, self.encoder) = (tokenizer, encoder)
    (self.tokenLimit, self.preparation) = (tokenLimit, preparation)
  }

  /// Opens a tokenizer and an encoder as diffusers keeps them.
  ///
  /// - Parameters:
  ///   - tokenizer: The path of the folder `tokenizer`, or of a file as `UnigramTokenizer` reads it.
  ///   - folder: The path of the folder `text_encoder`, with `config.json` and the weights:
  ///     safetensors before PyTorch's, in one file or several.
  ///   - variant: Which of several files of weights to read, such as `fp16`; nil is the one without
  ///     a name.
  ///   - tokenLimit: The most tokens of a prompt, the end token included.
  ///   - preparation: How a prompt is changed first.
  ///   - precision: The precision; nil chooses what suits the machine and the size of the model.
  ///   - layerStorage: Where the layers are between two calls; nil for what suits the size.
  /// - Throws: An error that names the file, where one is missing, damaged or not supported.
  public init(
    tokenizer: String, encoder folder: String, variant: String? = nil, tokenLimit: Int,
    preparation: PromptPreparation = .lowercased, precision: Precision? = nil,
    layerStorage: T5Encoder.LayerStorage? = nil
  ) throws {
    let configuration = try T5Encoder.Configuration(path: "\(folder)/config.json")
    let checkpoint = try Checkpoint(.transformers, component: folder, variant: variant)
    try self.init(
      tokenizer: UnigramTokenizer(path: tokenizer),
      encoder: T5Encoder(
        configuration, from: checkpoint, precision: precision, layerStorage: layerStorage),
      tokenLimit: tokenLimit, preparation: preparation)
  }

  /// The end of a prompt that is cut off by the limit of tokens; nil where nothing is.
  public func droppedText(of prompt: String) -> String? {
    tokenizer.tokenize(preparation(prompt), limit: tokenLimit).droppedText
  }

  /// Encodes prompts; a streamed encoder is read once for all of them.
  ///
  /// The hidden states of a prompt do not depend on the others. The empty prompt has hidden states
  /// too, which stand for "no text" in guidance.
  ///
  /// - Parameters:
  ///   - prompts: The prompts; what exceeds the limit of tokens is cut off.
  ///   - workspace: Whose threads to use. The call has memory of its own, and frees it at its end.
  ///   - progress: Called after each layer.
  /// - Returns: The hidden states of each prompt, `[tokens, width]`, in the order of the prompts.
  /// - Throws: Errors of reading streamed layers, and `CancellationError` within one layer of the
  ///   task's cancellation.
  public func encode(
    _ prompts: [String], in workspace: Workspace, progress: T5Encoder.Progress? = nil
  ) throws -> [EncodedText] {
    guard !prompts.isEmpty else { return [] }
    let texts = prompts.map { tokenizer.tokenize(preparation($0), limit: tokenLimit).ids }
    let hiddenStates = try encoder(
      TokenBatch(texts, paddingID: tokenizer.paddingID),
      in: Workspace(
        threads: workspace.threads, precision: encoder.precision, table: encoder.table),
      progress: progress)
    return texts.enumerated().map { place, ids in
      EncodedText(hiddenStates: hiddenStates[place, 0..<ids.count].copied())
    }
  }

  /// The models that make the hidden states.
  public var source: EncodedTextSource {
    EncodedTextSource(tokenizer: tokenizer.fingerprint, encoder: encoder.fingerprint)
  }
}
