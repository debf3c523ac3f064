internal import DiT
internal import Foundation
internal import Tensor
internal import _ExampleCommandLine

/// Writes images and samples to the files that the settings name.
struct Writer {
  private let settings: Settings

  init(_ settings: Settings) { self.settings = settings }

  /// Writes finished samples.
  ///
  /// - Parameter samples: The first of the settings' items, all of them as a rule.
  /// - Returns: The paths of what was written.
  /// - Throws: Where a file cannot be written; it is then as it was.
  func write(_ samples: Samples) throws -> [String] {
    let latents = samples.latents
    let items = settings.items.prefix(samples.count)
    let images = settings.pipeline.images(latents, threads: settings.threads)
    var paths = settings.imagePaths
    switch settings.format {
    case .png where settings.isGrid:
      try PNG.write(
        grid(images, items), to: paths[0], text: [("parameters", parameters(Array(items)))])
    case .png:
      paths = Array(paths.prefix(items.count))
      for (index, item) in items.enumerated() {
        try PNG.write(
          images[index], to: paths[index], text: [("parameters", parameters([item]))])
      }
    case .npy: try NumPyFile.write(AnyTensor(images), to: paths[0])
    case .safetensors:
      try Safetensors.write(
        [
          "images": AnyTensor(images), "latents": AnyTensor(latents),
          "labels": AnyTensor(Tensor(items.map { Int64($0.label) })),
          "seeds": AnyTensor(Tensor(items.map { Int64($0.seed) })),
        ], metadata: ["parameters": parameters(Array(items))], to: paths[0])
    }
    if let path = settings.latentsOut {
      if OutputFormat(path: path) == .npy {
        try NumPyFile.write(AnyTensor(latents), to: path)
      } else {
        try Safetensors.write(["latents": AnyTensor(latents)], metadata: [:], to: path)
      }
      paths.append(path)
    }
    return paths
  }

  /// Writes what the images of a batch look like so far, as a grid.
  func writePreview(_ samples: Tensor<Float>, batch: Range<Int>, step: Int) throws {
    try PNG.write(
      grid(
        settings.pipeline.images(samples, threads: settings.threads), settings.items[batch]),
      to: settings.previewPath(batch: batch, step: step))
  }

  /// The images side by side with the names of their classes.
  private func grid(
    _ images: Tensor<UInt8>, _ items: ArraySlice<Settings.Item>
  ) -> Tensor<UInt8> {
    let perClass = items.count(where: { $0.label == items.first?.label })
    return LabelledGrid(
      (0..<items.count).map { images[$0] },
      captions: items.map { settings.pipeline.classNames[$0.label] },
      columns: perClass > 1 ? min(perClass, 10) : 5, scale: max(1, 112 / images.shape[2])
    ).image()
  }

  /// How images were made, so that the same options make them again.
  private func parameters(_ items: [Settings.Item]) -> String {
    let s = settings
    let side = s.pipeline.imageSize
    let classes = stride(from: 0, to: items.count, by: items.count > 1 ? s.countPerClass : 1)
      .map { items[$0].label }
    var fields: [ImageParameters.Field] = [
      .init("Steps", "\(s.steps)"), .init("Sampler", s.sampler.name),
      .init("CFG scale", "\(s.guidance.scale)"), .init("Seed", "\(items[0].seed)"),
      .init("Size", "\(side.width)x\(side.height)"), .init("Model", s.modelName),
      .init("RNG", s.rng),
    ]
    fields += s.samplerChoice.fields
    if let autoencoder = s.autoencoder { fields.append(.init("VAE", autoencoder)) }
    if let variant = s.variant { fields.append(.init("Variant", variant)) }
    if s.guidance.channels != s.pipeline.defaults.guidedChannels {
      fields.append(.init("CFG channels", s.guidance.channels.rawValue))
    }
    if let edit = s.editOptions {
      fields.append(.init("Init image", edit.image))
      fields.append(.init("Denoising strength", "\(edit.strength)"))
      if let mask = edit.mask { fields.append(.init("Mask", mask)) }
    }
    if let path = s.latentsIn { fields.append(.init("Latents", path)) }
    fields.append(.init("Class", classes.map { "\($0)" }.joined(separator: " ")))
    if items.count > 1 { fields.append(.init("Batch count", "\(s.countPerClass)")) }
    if items.count < classes.count * s.countPerClass, items.count > 1 {
      fields.append(.init("Finished", "\(items.count)"))
    }
    if s.isGrid { fields.append(.init("Layout", "grid")) }
    if let cache = s.cache { fields.append(.init("Cache", cache.method.text)) }
    fields.append(.init("Precision", s.precision.rawValue))
    fields.append(.init("Instruction set", s.instructionSet))
    fields.append(.init("Version", "swift-dit \(Generate.version)"))
    return ImageParameters(
      prompt: classes.map { s.pipeline.classNames[$0] }.joined(separator: "; "), fields: fields
    ).text
  }
}

extension Settings {
  /// Throws, before any work, where an output could not be written.
  func checkOutputs() throws {
    try _ExampleCommandLine.checkOutputs(
      imagePaths + previewPaths + [latentsOut].compactMap { $0 }, clobber: isClobbering)
  }

  /// Where the preview of a batch after a step goes.
  func previewPath(batch: Range<Int>, step: Int) -> String {
    let stem = (output as NSString).deletingPathExtension
    let part = batches.count > 1 ? "-\(batch.lowerBound + 1)" : ""
    return "\(stem)-preview\(part)-step-\(step + 1).png"
  }

  /// Where all previews go.
  private var previewPaths: [String] {
    guard let previewInterval else { return [] }
    let steps = (0..<sampler.stepCount).filter { ($0 + 1) % previewInterval == 0 }
    return batches.flatMap { batch in steps.map { previewPath(batch: batch, step: $0) } }
  }
}
