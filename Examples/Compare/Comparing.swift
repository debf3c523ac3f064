internal import DiT
internal import Foundation
internal import Kernels
internal import Tensor
internal import _ExampleCommandLine

/// Draws, measures and times all candidates, and keeps what is finished on disk.
struct Comparing {
  let settings: CompareSettings
  private(set) var results: Results
  private var references: [Drawn] = []
  private var referenceImages: [[Tensor<UInt8>]] = []
  private var bar: ProgressBar<ContinuousClock>
  private var done = 0

  /// Begins a comparison, or goes on where the output folder has one of the same setup.
  init(_ settings: CompareSettings) throws {
    self.settings = settings
    try FileManager.default.createDirectory(
      atPath: settings.output, withIntermediateDirectories: true)
    let path = settings.output + "/results.json"
    if FileManager.default.fileExists(atPath: path) {
      results = try Results(path: path)
      guard results.setup == settings.setup else { throw CompareError.otherSetup(path) }
    } else {
      results = Results(
        setup: settings.setup, machine: settings.machine, command: settings.command)
    }
    // A step of an image is a unit of work.
    let images = settings.setup.images
    let candidates = settings.methods + settings.ladder
    let drawing = (settings.references + candidates).reduce(0) { $0 + $1.steps * images }
    let timing = ([settings.references[0]] + candidates).reduce(0) { $0 + $1.steps }
    bar = ProgressBar(
      total: drawing + timing * settings.rounds * (settings.batches.first?.count ?? 0),
      quiet: settings.isQuiet)
  }

  /// Does all that is left to do; what is finished is kept where this throws.
  mutating func finish() async throws {
    defer { bar.finish() }
    try await drawReferences()
    var candidates = settings.methods + settings.ladder
    if let budget = settings.budget {
      let found = try await Search(settings).settings(within: budget, reference: results.entries[0])
      results.search = found.lines
      candidates += found.candidates.filter { !candidates.contains($0) }
    }
    for candidate in candidates { try await measure(candidate) }
    try await time([settings.references[0]] + candidates)
  }

  /// Draws both references, or reads those that an earlier run has drawn.
  private mutating func drawReferences() async throws {
    for (index, candidate) in settings.references.enumerated() {
      let path = settings.output + "/reference-\(index + 1).safetensors"
      let drawn: Drawn
      if results[candidate] != nil, let file = try? SafetensorsFile(path: path),
        let latents = try? file.tensor(named: "latents").converted(to: Float.self)
      {
        drawn = Drawn(latents: latents.copied())
        advance(candidate.steps * settings.setup.images)
      } else {
        drawn = try await draw(candidate, cache: nil)
        try Safetensors.write(["latents": AnyTensor(drawn.latents)], to: path)
      }
      references.append(drawn)
      referenceImages.append(settings.images(drawn.latents))
      if results[candidate] == nil { try keep(entry(candidate, drawn, referenceImages[index])) }
    }
  }

  /// Draws and measures the images of a candidate, where that is not done.
  private mutating func measure(_ candidate: Candidate) async throws {
    if results[candidate]?.isDrawn == true {
      advance(candidate.steps * settings.setup.images)
      return
    }
    do {
      let cache = try settings.cache(candidate)
      let drawn = try await draw(candidate, cache: cache)
      var entry = entry(candidate, drawn, settings.images(drawn.latents))
      entry.settings = cache?.text
      try keep(entry)
    } catch let error where !(error is CancellationError) && !(error is FileError) {
      // It does not work on this model; the others go on.
      var entry = Results.Entry(candidate)
      entry.failure = "\(error)"
      try keep(entry)
      advance(candidate.steps * settings.setup.images)
    }
  }

  private mutating func draw(
    _ candidate: Candidate, cache: (any CacheMethod)?
  ) async throws -> Drawn {
    let before = done
    let drawn = try await settings.draw(candidate, cache: cache, batches: settings.batches) {
      done += candidate.steps * $0
      bar.advance(to: done)
    }
    done = before + candidate.steps * settings.setup.images
    return drawn
  }

  private mutating func advance(_ work: Int) {
    done += work
    bar.advance(to: done)
  }

  /// What is measured of drawn images.
  private func entry(
    _ candidate: Candidate, _ drawn: Drawn, _ images: [Tensor<UInt8>]
  ) -> Results.Entry {
    var entry = Results.Entry(candidate)
    entry.multiplyAdds = drawn.report.blockCost.linear
    entry.executed = drawn.report.executedCost.total
    entry.cacheBytes = drawn.report.cachePeakBytes
    entry.trace = drawn.report.traces.first?.lines.map { [$0.title, $0.actions] } ?? []
    let distances = zip(references, referenceImages).map {
      settings.distances(drawn.latents, images, to: $0.latents, $1)
    }
    (entry.toReference, entry.toLongReference) = (distances.first, distances.dropFirst().first)
    if let judge = settings.judge {
      let pixels = Tensor(stacking: images).converted(to: Float.self) / 127.5 - 1
      let workspace = Workspace(threads: settings.threads)
      let labels = settings.conditions.map { if case .label(let label) = $0 { label } else { -1 } }
      entry.recognised = judge.recognised(pixels, labels: labels, in: workspace)
      entry.frechetDistance = judge.frechetDistance(pixels, in: workspace)
    }
    entry.thumbnails = settings.thumbnails(images)
    return entry
  }

  /// Times all candidates in turns, each round in another order.
  private mutating func time(_ candidates: [Candidate]) async throws {
    guard let batch = settings.batches.first else { return }
    for round in 0..<settings.rounds {
      for offset in candidates.indices {
        let candidate = candidates[(offset + round) % candidates.count]
        defer { advance(candidate.steps * batch.count) }
        guard var entry = results[candidate], entry.failure == nil, entry.seconds.count <= round
        else { continue }
        let drawn = try await settings.draw(
          candidate, cache: settings.cache(candidate), batches: [batch])
        entry.seconds.append(drawn.report.seconds)
        try keep(entry)
      }
    }
  }

  /// Keeps an entry, in memory and on disk.
  private mutating func keep(_ entry: Results.Entry) throws {
    results.update(entry)
    try write(results, to: settings.output)
  }
}
