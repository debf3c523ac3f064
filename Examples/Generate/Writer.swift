internal import DiT
internal import Foundation
internal import Tensor
internal import _ExampleCommandLine

/// Writes images and samples as their batches finish.
///
/// Images with files of their own are written at once. A file of all images is written with those
/// that are finished, anew after each batch, as long as that takes less than a tenth of the time;
/// `finish` writes the rest. So a process that is killed loses a batch, and never a whole run.
struct Writer {
  private let settings: Settings
  private let clock = ContinuousClock()
  /// The finished samples, where a file of all of them needs them, and their number.
  private var kept: [Tensor<Float>] = []
  private var keptCount = 0
  /// What has not been written yet.
  private var isBehind = false
  private var lastWriting = Duration.zero
  private var lastWritten: ContinuousClock.Instant?
  /// The files that were written, in the order in which they came into being.
  private(set) var files: [String] = []
  private(set) var previews: [String] = []

  init(_ settings: Settings) { self.settings = settings }

  private var outputs: Outputs { settings.outputs }

  /// Writes the finished samples of a batch.
  ///
  /// - Parameters:
  ///   - samples: `[batch] + sampleShape`.
  ///   - batch: Their places in the settings' items, which follow on the last batch's.
  /// - Throws: Where a file cannot be written; it is then as it was.
  mutating func append(_ samples: Tensor<Float>, batch: Range<Int>) throws {
    let items = settings.items[batch]
    if case .each = outputs.images {
      let images = images(samples)
      for (index, item) in items.enumerated() {
        guard let path = outputs.path(of: item, at: outputs.images) else { continue }
        try write(
          images[index..<index + 1], samples[index..<index + 1], [item], of: item, to: path)
        files.append(path)
      }
    }
    if case .each = outputs.latents {
      for (index, item) in items.enumerated() {
        guard let path = outputs.path(of: item, at: outputs.latents) else { continue }
        try writeLatents(samples[index..<index + 1], to: path)
        files.append(path)
      }
    }
    guard outputs.images.isTogether || outputs.latents.isTogether else { return }
    kept.append(samples)
    keptCount += batch.count
    isBehind = true
    let isDue = lastWritten.map { $0.duration(to: clock.now) >= lastWriting * 10 } ?? true
    if isDue, batch.upperBound < settings.items.count { try writeTogether(isLast: false) }
  }

  /// Writes what is finished and not written yet.
  mutating func finish() throws {
    if isBehind { try writeTogether(isLast: true) }
  }

  /// Writes what the images of a batch look like so far, as a grid.
  mutating func writePreview(_ samples: Tensor<Float>, batch: Range<Int>, step: Int) throws {
    let path = settings.previewPath(batch: batch, step: step)
    try PNG.write(grid(images(samples), settings.items[batch]), to: path)
    previews.append(path)
  }

  /// Writes the files of all images that are finished.
  private mutating func writeTogether(isLast: Bool) throws {
    let start = clock.now
    let samples = Tensor(concatenating: kept, axis: 0)
    kept = [samples]
    let items = settings.items[0..<keptCount]
    switch outputs.images {
    case .together(let path):
      try write(images(samples), samples, items, to: path)
      note(path)
    case .standardOutput where isLast:
      try writeToStandardOutput(samples, items)
    case .each, .standardOutput, .nothing: break
    }
    if case .together(let path) = outputs.latents {
      try writeLatents(samples, to: path)
      note(path)
    }
    (lastWritten, isBehind) = (clock.now, outputs.images.isStandardOutput && !isLast)
    lastWriting = start.duration(to: clock.now)
  }

  private mutating func note(_ path: String) {
    if !files.contains(path) { files.append(path) }
  }

  private func images(_ samples: Tensor<Float>) -> Tensor<UInt8> {
    settings.pipeline.images(samples, threads: settings.threads)
  }

  /// Writes a file of images.
  ///
  /// - Parameters:
  ///   - images: `[count, height, width, channels]`.
  ///   - samples: What the images were made of.
  ///   - items: What they are.
  ///   - item: The image that the file is for; nil for a file of all.
  ///   - path: The path of the file.
  /// - Throws: Where the file cannot be written; it is then as it was.
  private func write(
    _ images: Tensor<UInt8>, _ samples: Tensor<Float>, _ items: ArraySlice<Item>,
    of item: Item? = nil, to path: String
  ) throws {
    let text = Parameters(settings, item: item, finished: items.count).text
    switch outputs.request.format {
    case .png:
      let image = outputs.request.isGrid ? grid(images, items) : images[0]
      try PNG.write(image, to: path, text: [("parameters", text)])
    case .npy: try NumPyFile.write(AnyTensor(images), to: path)
    case .safetensors:
      let labels = items.map { settings.subjects.label(of: $0.subject) ?? $0.subject }
      try Safetensors.write(
        [
          "images": AnyTensor(images), "latents": AnyTensor(samples),
          // Prompts are counted from zero.
          settings.subjects.prompts == nil ? "labels" : "prompts":
            AnyTensor(Tensor(labels.map { Int64($0) })),
          // The format has no unsigned numbers of 64 bits that all readers know.
          "seeds": AnyTensor(Tensor(items.map { Int64(bitPattern: $0.seed) })),
        ], metadata: ["parameters": text], to: path)
    }
  }

  private func writeLatents(_ samples: Tensor<Float>, to path: String) throws {
    if OutputFormat(path: path) == .npy {
      try NumPyFile.write(AnyTensor(samples), to: path)
    } else {
      try Safetensors.write(["latents": AnyTensor(samples)], metadata: [:], to: path)
    }
  }

  /// Writes the file of all images to standard output, by way of a file: its length goes first.
  private func writeToStandardOutput(_ samples: Tensor<Float>, _ items: ArraySlice<Item>) throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("generate-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    try write(images(samples), samples, items, to: url.path)
    try StandardStream.output.write([UInt8](Data(contentsOf: url)))
  }

  /// The images side by side with their classes or prompts.
  private func grid(_ images: Tensor<UInt8>, _ items: ArraySlice<Item>) -> Tensor<UInt8> {
    let perSubject = items.count(where: { $0.subject == items.first?.subject })
    return LabelledGrid(
      (0..<items.count).map { images[$0] },
      captions: items.map { settings.subjects.caption(of: $0.subject) },
      columns: perSubject > 1 ? min(perSubject, 10) : 5, scale: max(1, 112 / images.shape[2])
    ).image()
  }
}
