internal import Kernels
internal import Tensor

/// Prompts as conditions of a denoiser, and the conditions that guidance leads away from.
public struct PromptConditions: Sendable {
  /// The condition of each prompt.
  public let prompts: [Condition]
  /// The condition that guidance leads each prompt away from.
  public let negatives: [Condition]
}

extension DiffusionPipeline {
  /// Encodes prompts for the denoiser; equal prompts are encoded once.
  ///
  /// - Parameters:
  ///   - prompts: The prompts.
  ///   - negativePrompt: The prompt that guidance leads away from. Nil is the null text that the
  ///     checkpoint has learned, and the empty prompt where it has none.
  ///   - file: Texts that were encoded before; nil encodes them with the text encoder.
  ///   - threads: The most threads to use; one for each processor by default.
  ///   - progress: Called after each layer of the text encoder.
  /// - Returns: The conditions.
  /// - Throws: `RunError.noTextEncoder` where there is neither a file nor a text encoder,
  ///   `ModelError` where the file lacks a prompt or is not for this model, and errors of reading
  ///   the text encoder.
  public func conditions(
    for prompts: [String], negativePrompt: String? = nil, encodedIn file: EncodedTextFile? = nil,
    threads: Int? = nil, progress: T5Encoder.Progress? = nil
  ) throws -> PromptConditions {
    let learned = negativePrompt == nil ? denoiser.unconditional : nil
    let wanted = learned == nil ? prompts + [negativePrompt ?? ""] : prompts
    let texts =
      if let file {
        try texts(of: wanted, in: file)
      } else {
        try texts(of: wanted, threads: threads, progress: progress)
      }
    let positives = texts.prefix(prompts.count)
    return PromptConditions(
      prompts: positives.map(Condition.text),
      negatives: positives.map { text in
        learned?.shortened(to: text.tokenCount) ?? .text(texts[prompts.count])
      })
  }

  /// The texts of prompts in a file, after a check that the file is for this model.
  private func texts(
    of prompts: [String], in file: EncodedTextFile
  ) throws -> [EncodedText] {
    guard let width = denoiser.textWidth else {
      throw RunError.condition("a text", expected: "classes")
    }
    try file.requireSource(
      width: width, tokenizer: tokenizer?.fingerprint, encoder: textEncoder?.encoder.fingerprint)
    return try prompts.map(file.text(of:))
  }

  /// The texts of prompts, encoded now.
  private func texts(
    of prompts: [String], threads: Int?, progress: T5Encoder.Progress?
  ) throws -> [EncodedText] {
    guard let textEncoder else { throw RunError.noTextEncoder }
    var distinct: [String] = []
    for prompt in prompts where !distinct.contains(prompt) { distinct.append(prompt) }
    let texts = try textEncoder.encode(
      distinct, in: Workspace(threads: threads), progress: progress)
    let encoded = Dictionary(uniqueKeysWithValues: zip(distinct, texts))
    return prompts.compactMap { encoded[$0] }
  }
}

extension Condition {
  /// The first tokens of the learned null text, as many as the prompt has: the original code
  /// applies the prompt's mask to both.
  fileprivate func shortened(to count: Int) -> Condition {
    guard case .text(let text) = self else { return self }
    return .text(
      EncodedText(hiddenStates: text.hiddenStates[0..<min(count, text.tokenCount)]))
  }
}
