package import DiT
internal import Foundation
internal import Kernels
internal import ShowcaseModel
package import _ExampleCommandLine

/// The same images drawn in many ways: the options, checked and completed from the model.
package struct Study: Sendable {
  /// What is drawn; results of another setup are not compared with it.
  package struct Setup: Codable, Hashable, Sendable {
    package let model, fingerprint, precision, sampler: String
    package let steps: Int
    package let guidanceScale: Float
    package let images, seed, batchSize: Int
    package let prompts: [String]
    /// The autoencoder that was named instead of the model's: its canonical path, or its name in the
    /// cache.
    package let autoencoder: String?
    /// The variant of the weights that was asked for.
    package let variant: String?

    /// The one spelling of an autoencoder, which is a path or a name in the cache.
    package static func canonicalAutoencoder(_ name: String) -> String {
      FileManager.default.fileExists(atPath: name) ? canonical(name) : name
    }

    /// What was asked for instead of the model's own, in words.
    package var changes: [(term: String, meaning: String)] {
      [("autoencoder", autoencoder), ("variant of the weights", variant)].compactMap { term, text in
        text.map { (term, $0) }
      }
    }

    /// The classes or prompts, in words.
    package var subject: String {
      prompts.isEmpty ? "the classes in turn" : prompts.joined(separator: " · ")
    }
  }

  /// The model.
  package let pipeline: DiffusionPipeline
  /// What judges images of the shipped model; nil with all others.
  let judge: Judge?
  /// What is drawn.
  package let setup: Setup
  /// Where it is drawn.
  package let machine: Machine
  /// The condition of each image.
  package let conditions: [Condition]
  /// The most threads to use.
  package let threads: Int
  /// What guidance leads each image away from; nil is the model's own.
  let negatives: [Condition]?
  let guidance: Guidance
  let samplerKind: SamplerKind

  /// Reads the options and the model.
  ///
  /// - Throws: `UsageError` where options and model do not fit, and what loading throws.
  package init(_ o: StudyOptions, _ arguments: ParsedArguments, version: String) throws {
    try selectInstructionSet()
    let path = arguments[o.model]
    let folder = try path ?? ShowcaseModel.generator.folder()
    pipeline = try opening {
      try DiffusionPipeline(
        folder: folder, autoencoder: arguments[o.autoencoder], variant: arguments[o.variant],
        precision: Precision(rawValue: arguments[o.precision]))
    }
    judge = path == nil ? try Judge(folder: ShowcaseModel.judge.folder()) : nil
    threads = arguments[o.threads] ?? Workspace().threads
    machine = Machine(threads: threads, version: version)
    let (count, prompts) = (arguments[o.images], arguments[o.prompts])
    guard pipeline.classNames.isEmpty != prompts.isEmpty else {
      throw UsageError.other(
        prompts.isEmpty
          ? "this model draws what a text says: give it a --prompt"
          : "this model draws classes, not prompts: leave --prompt out")
    }
    guard prompts.count <= count else {
      throw UsageError.other(
        "--images \(count) draws only the first of \(prompts.count) prompts: give as many images")
    }
    if prompts.isEmpty {
      let classes = pipeline.classNames.count
      conditions = (0..<count).map { .label($0 % classes) }
      negatives = nil
    } else {
      let texts = try pipeline.conditions(for: prompts, threads: threads)
      conditions = (0..<count).map { texts.prompts[$0 % prompts.count] }
      negatives = (0..<count).map { texts.negatives[$0 % prompts.count] }
    }
    guidance = Guidance(
      scale: arguments[o.guidanceScale].map(Float.init) ?? pipeline.defaults.guidanceScale,
      channels: pipeline.defaults.guidedChannels)
    samplerKind =
      arguments[o.sampler].flatMap(SamplerKind.init(rawValue:))
      ?? (prompts.isEmpty ? .ddim : pipeline.defaults.sampler)
    setup = Setup(
      model: folder.split(separator: "/").last.map(String.init) ?? folder,
      fingerprint: pipeline.denoiser.fingerprint, precision: pipeline.denoiser.precision.rawValue,
      sampler: samplerKind.rawValue, steps: arguments[o.steps], guidanceScale: guidance.scale,
      images: count, seed: arguments[o.seed], batchSize: arguments[o.batchSize], prompts: prompts,
      autoencoder: arguments[o.autoencoder].map(Setup.canonicalAutoencoder),
      variant: arguments[o.variant])
    try require(steps: setup.steps, of: "--steps")
  }

  /// Throws `UsageError` where no run can have as many steps as an option says.
  package func require(steps: Int, of option: String) throws {
    do {
      _ = try pipeline.sampler(samplerKind, steps: steps)
    } catch let error as SamplerError {
      if case .prediction = error { throw UsageError.other("--sampler: \(error)") }
      throw UsageError.other("\(option): \(error)")
    }
  }

  /// The images that are drawn together.
  package var batches: [Range<Int>] {
    stride(from: 0, to: setup.images, by: setup.batchSize).map {
      $0..<min($0 + setup.batchSize, setup.images)
    }
  }
}
