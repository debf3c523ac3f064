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
    let side = s.pipeline.imageSize
    let classes = item.map { [$0.label] } ?? s.classes
    var fields: [ImageParameters.Field] = [
      .init("Steps", "\(s.steps)"), .init("Sampler", s.sampler.name),
      .init("CFG scale", "\(s.guidance.scale)"), .init("Seed", "\(item?.seed ?? s.firstSeed)"),
      .init("Size", "\(side.width)x\(side.height)"), .init("Model", s.modelName),
      .init("RNG", s.rng),
    ]
    fields += s.samplerChoice.fields
    if let autoencoder = s.autoencoder { fields.append(.init("VAE", autoencoder)) }
    if let variant = s.variant { fields.append(.init("Variant", variant)) }
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
    fields.append(.init("Class", classes.map { "\($0)" }.joined(separator: " ")))
    if item == nil {
      if s.classes.count * s.countPerClass > 1 {
        fields.append(.init("Batch count", "\(s.countPerClass)"))
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
      prompt: classes.map { s.pipeline.classNames[$0] }.joined(separator: "; "), fields: fields
    ).text
  }
}
