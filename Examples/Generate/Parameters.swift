internal import DiT
internal import _ExampleCommandLine

/// How images were made, so that the same options make them again.
struct Parameters {
  private let settings: Settings
  private let item: Item?
  private let finished: Int

  /// The parameters of a file.
  ///
  /// - Parameters:
  ///   - settings: What the run was to do.
  ///   - item: The image that is alone in the file; nil where all of the run are in it.
  ///   - finished: The number of images in the file.
  init(_ settings: Settings, item: Item?, finished: Int) {
    (self.settings, self.item, self.finished) = (settings, item, finished)
  }

  /// The parameters as PNG files hold them.
  var text: String {
    let s = settings
    let subjects = item.map { [$0.subject] } ?? Array(0..<s.subjects.count)
    var fields: [ImageParameters.Field] = [
      .init("Steps", "\(s.steps)"), .init("Sampler", s.sampler.name),
      .init("CFG scale", "\(s.guidance.scale)"), .init("Seed", "\(item?.seed ?? s.firstSeed)"),
      .init("Size", "\(s.size.image.width)x\(s.size.image.height)"), .init("Model", s.modelName),
      .init("RNG", s.rng),
    ]
    fields += s.samplerChoice.fields + modelFields
    if s.guidance.channels != s.pipeline.defaults.guidedChannels {
      fields.append(.init("CFG channels", s.guidance.channels.rawValue))
    }
    if s.guidance.belowOne != .mixes {
      fields.append(.init("CFG below one", s.guidance.belowOne.rawValue))
    }
    if let edit = s.editOptions {
      fields.append(.init("Init image", edit.image))
      fields.append(.init("Denoising strength", "\(edit.strength)"))
      if let mask = edit.mask { fields.append(.init("Mask", mask)) }
    }
    if let path = s.latentsIn { fields.append(.init("Latents", path)) }
    let asked = AskedText(s.subjects, subjects, learned: s.pipeline.denoiser.unconditional)
    fields += asked.fields
    if item == nil {
      if s.subjects.count * s.countPerSubject > 1 {
        fields.append(.init("Batch count", "\(s.countPerSubject)"))
      }
      if let shard = s.shard { fields.append(.init("Shard", "\(shard)")) }
      if finished < s.requestedCount { fields.append(.init("Finished", "\(finished)")) }
    }
    if s.outputs.request.isGrid { fields.append(.init("Layout", "grid")) }
    if let cache = s.cache { fields.append(.init("Cache", cache.method.text)) }
    fields.append(.init("Precision", s.precision.rawValue))
    fields.append(.init("Instruction set", s.instructionSet))
    fields.append(.init("Version", "swift-dit \(Generate.version)"))
    return ImageParameters(
      prompt: asked.prompt, negativePrompt: asked.negativePrompt, fields: fields
    ).text
  }

  /// What was read instead of the model's own parts.
  private var modelFields: [ImageParameters.Field] {
    let s = settings
    let text = s.pipeline.textEncoder?.encoder.precision
    let fields: [(key: String, value: String?)] = [
      ("VAE", s.autoencoder), ("Variant", s.variant), ("Text encoder", s.textEncoder),
      ("Text precision", text.flatMap { $0 == s.precision ? nil : $0.rawValue }),
      ("Embeddings", s.embeddings),
    ]
    return fields.compactMap { key, value in value.map { .init(key, $0) } }
  }
}
