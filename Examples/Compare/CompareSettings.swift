internal import DiT
internal import Foundation
internal import Kernels
internal import ShowcaseModel
internal import Tensor
internal import _ExampleCommandLine

/// What a run of `compare` is to do: the options, checked and completed from the model.
struct CompareSettings: Sendable {
  let pipeline: DiffusionPipeline
  let judge: Judge?
  let setup: Results.Setup
  let machine: Results.Machine
  let conditions: [Condition]
  /// What guidance leads away from; nil is the model's own.
  let negatives: [Condition]?
  let guidance: Guidance
  let samplerKind: SamplerKind
  let methods: [Candidate]
  let ladder: [Candidate]
  let rounds: Int
  let budget: Double?
  let isBudgetOfTime: Bool
  let batchSize, threads: Int
  let output: String
  let isQuiet: Bool
  let command: String

  init(_ o: CompareOptions, _ arguments: ParsedArguments, commandLine: [String]) throws {
    let folder = try arguments[o.model] ?? ShowcaseModel.generator.folder()
    let isShipped = arguments[o.model] == nil
    pipeline = try DiffusionPipeline(
      folder: folder, precision: Precision(rawValue: arguments[o.precision]))
    judge = isShipped ? try Judge(folder: ShowcaseModel.judge.folder()) : nil
    threads = arguments[o.threads] ?? Workspace().threads
    let count = arguments[o.images]
    let prompts = arguments[o.prompts]
    guard pipeline.classNames.isEmpty != prompts.isEmpty else {
      throw UsageError.other(
        prompts.isEmpty
          ? "this model draws what a text says: give it a --prompt"
          : "this model draws classes, not prompts: leave --prompt out")
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
    let steps = arguments[o.steps]
    for text in arguments[o.methods] {
      do { _ = try CacheMethods.method(text) } catch {
        throw UsageError.other("--method: \(error)")
      }
    }
    methods =
      arguments[o.methods].isEmpty
      ? Candidate.allMethods(steps: steps)
      : arguments[o.methods].map { .method($0, steps: steps) }
    ladder =
      arguments[o.ladder] == "none"
      ? [] : Candidate.ladder(below: steps, all: arguments[o.ladder] == "all")
    (rounds, batchSize) = (arguments[o.rounds], arguments[o.batchSize])
    (budget, isBudgetOfTime) = (arguments[o.budget], arguments[o.budgetUnit] == "time")
    (output, isQuiet) = (arguments[o.output], arguments[o.quiet])
    setup = Results.Setup(
      model: folder.split(separator: "/").last.map(String.init) ?? folder,
      fingerprint: pipeline.denoiser.fingerprint, precision: pipeline.denoiser.precision.rawValue,
      sampler: samplerKind.rawValue, steps: steps, referenceSteps: arguments[o.referenceSteps],
      guidanceScale: guidance.scale, images: count, seed: arguments[o.seed], prompts: prompts)
    machine = Results.Machine(
      processor: processorName(), instructionSet: Workspace().instructionSet,
      system: ProcessInfo.processInfo.operatingSystemVersionString, threads: threads,
      version: Compare.version)
    command = (["swift run -c release compare"] + commandLine).joined(separator: " ")
  }

  /// The references, which are drawn first.
  var references: [Candidate] {
    [
      Candidate(kind: .reference, steps: setup.steps, cache: nil),
      Candidate(kind: .longReference, steps: setup.referenceSteps, cache: nil),
    ]
  }

  /// The images that are drawn together.
  var batches: [Range<Int>] {
    stride(from: 0, to: setup.images, by: batchSize).map {
      $0..<min($0 + batchSize, setup.images)
    }
  }

  /// The sampler of some steps.
  func sampler(steps: Int) throws -> any Sampler {
    try pipeline.sampler(samplerKind, steps: steps)
  }

  /// Prepares a run of some images.
  ///
  /// - Parameters:
  ///   - candidate: How to draw them.
  ///   - images: Their numbers.
  ///   - cache: The candidate's cache.
  ///   - seedOffset: What is added to their seeds, so that settings are found on other images than
  ///     they are judged on.
  /// - Returns: A run that has not taken a step yet.
  /// - Throws: What the request does not fit: the model, the sampler or the cache.
  func run(
    _ candidate: Candidate, images: Range<Int>, cache: (any CacheMethod)?, seedOffset: Int = 0
  ) throws -> DenoisingRun {
    try pipeline.run(
      images.map { conditions[$0 % conditions.count] },
      negatives: negatives.map { texts in images.map { texts[$0 % texts.count] } },
      generators: images.map { TorchGenerator(seed: UInt64(setup.seed + seedOffset + $0)) },
      sampler: sampler(steps: candidate.steps), guidance: guidance, cache: cache,
      threads: threads)
  }
}

/// The name of the processor, as the system tells it.
private func processorName() -> String {
  let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
  let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
  let name = line?.split(separator: ":", maxSplits: 1).last
  return name.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown processor"
}
