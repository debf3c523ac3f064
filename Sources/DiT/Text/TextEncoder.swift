public import Kernels

/// Turns prompts into what a denoiser reads.
public protocol TextEncoder: Sendable {
  /// Encodes prompts.
  ///
  /// A prompt's result does not depend on the others. The empty prompt has a result too, which
  /// stands for "no text" in guidance.
  ///
  /// - Parameters:
  ///   - prompts: The texts; what is beyond the encoder's limit of tokens is cut off.
  ///   - workspace: What to compute with.
  /// - Returns: The hidden states of each prompt, in the order of the prompts.
  /// - Throws: What reading the weights throws, where they are read from the file as they are used.
  func encode(_ prompts: [String], in workspace: Workspace) throws -> [EncodedText]
}
