extension LoadingOptions {
  /// The folders of the parts that are named instead of the model's own.
  private var namedParts: [String] {
    get throws(ModelError) {
      var parts = textEncoder.map { [Self.encoder(in: $0)] } ?? []
      if let autoencoder { parts.append(try ModelLocation.autoencoderFolder(autoencoder)) }
      return parts
    }
  }

  /// The folder of a text encoder's weights.
  static func encoder(in folder: String) -> String { folder + "/text_encoder" }

  /// The variant of the weights to read of a part.
  ///
  /// Parts that are named may have it or not. Of the model's own, one must have it, unless a part
  /// that is named has it.
  ///
  /// - Parameter part: The part's folder.
  /// - Returns: The variant; nil is the weights without one.
  /// - Throws: `ModelError` where there is no autoencoder of the name that the options have.
  func variant(of part: String) throws(ModelError) -> String? {
    let named = try namedParts
    guard let variant,
      named.contains(part) || named.contains(where: { WeightFiles.has(variant, in: $0) })
    else { return variant }
    return WeightFiles.has(variant, in: part) ? variant : nil
  }

  /// Throws where a variant is asked for that no part has.
  ///
  /// A text encoder counts also where texts come encoded, so that the variant may stay the same.
  ///
  /// - Parameters:
  ///   - model: The path of the model.
  ///   - parts: The folders of its parts, those that are named in the place of its own.
  /// - Throws: `ModelError.unused`.
  func requireVariant(for model: String, in parts: [String]) throws(ModelError) {
    guard let variant, !parts.contains(where: { WeightFiles.has(variant, in: $0) }) else { return }
    throw .unused(
      model: model, part: "a variant (--variant)",
      reason: parts.map { "'\($0)'" }.joined(separator: " and ")
        + (parts.count == 1 ? " has" : " have") + " no weights of '\(variant)'")
  }
}
