public import Tensor

/// The tokenizer and the text encoder that made hidden states.
public struct EncodedTextSource: Sendable, Hashable {
  /// The fingerprint of the tokenizer, `UnigramTokenizer.fingerprint`.
  public let tokenizer: String
  /// The fingerprint of the encoder, `T5Encoder.fingerprint`.
  public let encoder: String

  /// The source with these fingerprints.
  public init(tokenizer: String, encoder: String) {
    (self.tokenizer, self.encoder) = (tokenizer, encoder)
  }
}

/// Prompts and their hidden states in a file, so that a text encoder is needed once.
///
/// It is a safetensors file with tensors `hidden_states.0` and so on, `[tokens, width]` in 32 bits.
/// Its metadata has the prompts, `prompt.0` and so on, and the fingerprints `tokenizer` and
/// `encoder` of the models that made the hidden states.
public struct EncodedTextFile: Sendable {
  /// A prompt and its hidden states.
  public struct Entry: Sendable {
    /// The prompt, as it was typed.
    public let prompt: String
    /// Its hidden states.
    public let text: EncodedText

    /// A prompt and its hidden states.
    public init(prompt: String, text: EncodedText) {
      (self.prompt, self.text) = (prompt, text)
    }
  }

  /// The prompts, in the order in which they were written; all hidden states are of one width.
  public let entries: [Entry]
  /// The models that made the hidden states.
  public let source: EncodedTextSource
  /// The path that it was read from; nil where it was not read.
  public let path: String?

  private static let format = "swift-dit encoded texts"

  /// Prompts to be written to a file.
  ///
  /// - Precondition: There is at least one, and all hidden states are of one width.
  public init(_ entries: [Entry], source: EncodedTextSource) {
    check(
      !entries.isEmpty && entries.allSatisfy { $0.text.width == entries[0].text.width },
      "encoded texts: \(entries.count) of widths \(Set(entries.map(\.text.width)).sorted())")
    (self.entries, self.source, path) = (entries, source, nil)
  }

  /// Reads a file.
  ///
  /// - Parameter path: The path of a file that `write(to:)` wrote.
  /// - Throws: `SafetensorsError` where it cannot be read, `ModelError.malformed` where it holds
  ///   something else.
  public init(path: String) throws {
    try self.init(SafetensorsFile(path: path))
  }

  /// Reads a file that is open.
  package init(_ file: SafetensorsFile) throws {
    func defect(_ reason: String) -> ModelError { .malformed(file: file.path, reason: reason) }
    let metadata = file.metadata
    guard metadata["format"] == Self.format, let tokenizer = metadata["tokenizer"],
      let encoder = metadata["encoder"]
    else {
      throw defect("it holds no prompts that were encoded; --save-embeddings writes such files")
    }
    let count = file.entries.count
    var entries: [Entry] = []
    for place in 0..<count {
      let name = "hidden_states.\(place)"
      guard let prompt = metadata["prompt.\(place)"], file.names.contains(name) else {
        throw defect("it has \(count) tensors, but no prompt or no '\(name)' for number \(place)")
      }
      guard let states: Tensor<Float> = try file.tensor(named: name).tensor(), states.rank == 2,
        !states.shape.contains(0), states.shape[1] == entries.first?.text.width ?? states.shape[1]
      else {
        throw defect(
          "tensor '\(name)' must hold 32-bit numbers, [tokens, width], of one width for all")
      }
      entries.append(Entry(prompt: prompt, text: EncodedText(hiddenStates: states.copied())))
    }
    guard !entries.isEmpty else { throw defect("it holds no prompt") }
    self.entries = entries
    source = EncodedTextSource(tokenizer: tokenizer, encoder: encoder)
    path = file.path
  }

  /// Writes a file, and replaces one of the same name.
  ///
  /// - Throws: `SafetensorsError`; an old file is then unchanged.
  public func write(to path: String) throws(SafetensorsError) {
    var metadata = [
      "format": Self.format, "tokenizer": source.tokenizer, "encoder": source.encoder,
    ]
    var tensors: [(name: String, tensor: AnyTensor)] = []
    for (place, entry) in entries.enumerated() {
      metadata["prompt.\(place)"] = entry.prompt
      tensors.append(("hidden_states.\(place)", AnyTensor(entry.text.hiddenStates)))
    }
    try Safetensors.write(tensors, metadata: metadata, to: path)
  }

  /// The hidden states of a prompt; nil where it is not in the file.
  public subscript(prompt: String) -> EncodedText? {
    // Compared by bytes: texts that Unicode calls equivalent may have different tokens.
    entries.first { $0.prompt.utf8.elementsEqual(prompt.utf8) }?.text
  }

  /// The hidden states of a prompt.
  ///
  /// - Throws: `ModelError.malformed`, which lists prompts of the file, where it is not among them.
  public func text(of prompt: String) throws(ModelError) -> EncodedText {
    if let text = self[prompt] { return text }
    let known = entries.prefix(5).map { "'\($0.prompt)'" }.joined(separator: ", ")
    throw .malformed(
      file: path ?? "prompts",
      reason: "there is no prompt '\(prompt)' in it; there are \(known)"
        + (entries.count > 5 ? " and \(entries.count - 5) more" : ""))
  }

  /// Checks that the hidden states suit a model.
  ///
  /// - Parameters:
  ///   - width: The width that the denoiser takes.
  ///   - tokenizer: The fingerprint of the model's tokenizer; nil where it is not at hand.
  ///   - encoder: The fingerprint of the model's encoder; nil where it is not at hand.
  /// - Throws: `ModelError.malformed` where one of them differs.
  public func requireSource(
    width: Int, tokenizer: String? = nil, encoder: String? = nil
  ) throws(ModelError) {
    let remedy = "encode the prompts anew, with --save-embeddings, by this model's text encoder"
    func require(_ condition: Bool, _ reason: String) throws(ModelError) {
      if !condition { throw .malformed(file: path ?? "prompts", reason: "\(reason); \(remedy)") }
    }
    let found = entries[0].text.width
    try require(found == width, "its hidden states have width \(found), the model takes \(width)")
    for (name, expected, found) in [
      ("tokenizer", tokenizer, source.tokenizer), ("text encoder", encoder, source.encoder),
    ] {
      guard let expected else { continue }
      try require(
        expected == found,
        "it was made by another \(name) (\(found.prefix(12))…) than the model's "
          + "(\(expected.prefix(12))…)")
    }
  }
}
